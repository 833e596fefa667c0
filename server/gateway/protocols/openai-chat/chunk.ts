// Looks at one event of a chat stream and says what to relay. Its bytes stay as they are unless the model's
// alias, usage, reasoning's second name or a repair asks for a rewrite.
import type { TokenUsage } from '../../../ledger/ledger.ts';
import { errorInEvent } from '../event-errors.ts';
import { type Delta, nameReasoningTwice, textOf } from './reasoning.ts';
import { type ThinkMode, ThinkSplitter } from './think-tags.ts';
import { readUsage } from './usage.ts';

interface Choice {
  index?: number;
  delta?: Delta | null;
  finish_reason?: string | null;
}

export interface ChatChunk {
  id?: string;
  created?: number;
  model?: string;
  choices?: unknown[];
  usage?: unknown;
  /** Groq's own place for it, with the last choice. */
  x_groq?: { usage?: unknown } | null;
  error?: unknown;
}

export interface ChunkRules {
  /** The name the client asked for, where the upstream knows the model by another; else undefined. */
  publicModel: string | undefined;
  /** Whether the client asked for usage (`stream_options.include_usage`). */
  wantsUsage: boolean;
  /** Whether reasoning stands between tags in the content; undefined = it does not, and costs nothing. */
  thinkTags?: ThinkMode | undefined;
  /** Told of every piece of a tool call. */
  onCalls?: (calls: readonly unknown[]) => void;
}

/** What one event turned out to be. `relay` is the data to send on; absent = nothing. */
export type ChunkReading =
  | {
      kind: 'chunk';
      relay?: string;
      text: string;
      /** Every answer that was begun has had its finish reason. */
      finished: boolean;
      usage?: TokenUsage;
      usageRelay?: string;
    }
  | { kind: 'done' }
  | { kind: 'error'; error: unknown }
  | { kind: 'malformed' };

/** Reads the events of one answer in order; remembers what later events need. */
export class ChunkReader {
  readonly #rules: ChunkRules;
  /** Answers, by index, that called a tool. */
  readonly #calledTool = new Set<number>();
  /** Answers begun, by index (`n` may ask for several). */
  readonly #answers = new Map<number, 'begun' | 'finished'>();
  #unfinished = 0;
  /** By index; empty where answers carry no tags. */
  readonly #splitters = new Map<number, ThinkSplitter>();
  /** The first chunk's identity, for heartbeats and the usage chunk. */
  head: { id: string; created: number; model: string } | undefined;

  constructor(rules: ChunkRules) {
    this.#rules = rules;
  }

  read(data: string): ChunkReading {
    if (data === '[DONE]') return { kind: 'done' };
    const chunk = parse(data);
    if (!chunk) return { kind: 'malformed' };
    const error = errorInEvent(chunk);
    if (error !== undefined) return { kind: 'error', error };
    const choices = Array.isArray(chunk.choices) ? chunk.choices : [];
    this.#noteHead(chunk);
    const usage = readUsage(chunk.usage ?? chunk.x_groq?.usage);
    const reading: ChunkReading = { kind: 'chunk', text: '', finished: false, ...(usage ? { usage } : {}) };
    let changed = false;
    for (const choice of choices) if (isObject(choice)) changed = this.#readChoice(choice, reading) || changed;
    reading.finished = this.#answers.size > 0 && this.#unfinished === 0;
    if (choices.length === 0 && chunk.usage) {
      if (this.#rules.wantsUsage) reading.usageRelay = this.#usageEvent(data, chunk);
      return reading;
    }
    if (chunk.usage) return this.#splitUsage(chunk, reading);
    reading.relay = this.#hideUsage(data, chunk, changed);
    return reading;
  }

  /** An empty, valid chunk that keeps proxies and clients from giving up; never an SSE comment. */
  heartbeat(): string {
    return this.#own([{ index: 0, delta: {}, finish_reason: null }], null);
  }

  /** The usage chunk of an upstream that sent none, from what was counted here. */
  usageChunk({ promptTokens, completionTokens }: TokenUsage): string {
    return this.#own([], {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    });
  }

  #own(choices: unknown[], usage: object | null): string {
    const shown = this.#rules.wantsUsage ? { usage } : {};
    return JSON.stringify({ ...this.head, object: 'chat.completion.chunk', choices, ...shown });
  }

  /** Azure's first event has an empty id: the first that has one counts. */
  #noteHead(chunk: ChatChunk): void {
    if (this.head?.id) return;
    this.head = {
      id: String(chunk.id ?? ''),
      created: Number(chunk.created ?? 0),
      model: this.#rules.publicModel ?? String(chunk.model ?? ''),
    };
  }

  /** @returns whether the choice was changed. */
  #readChoice(choice: Choice, reading: Extract<ChunkReading, { kind: 'chunk' }>): boolean {
    let changed = false;
    const { delta, index = 0 } = choice;
    const isFirst = !this.#answers.has(index);
    if (isFirst) this.#mark(index, 'begun', 1);
    if (isObject<Delta>(delta)) {
      reading.text += textOf(delta);
      if (Array.isArray(delta.tool_calls) && delta.tool_calls.length > 0) {
        this.#calledTool.add(index);
        this.#rules.onCalls?.(delta.tool_calls);
      }
      if (this.#rules.thinkTags) changed = this.#split(this.#rules.thinkTags, choice, delta);
      changed = nameReasoningTwice(delta) || changed;
      if (isFirst && delta.role === undefined) {
        delta.role = 'assistant';
        changed = true;
      }
    }
    if (choice.finish_reason === undefined) {
      choice.finish_reason = null;
      changed = true;
    }
    if (choice.finish_reason && this.#answers.get(index) === 'begun') this.#mark(index, 'finished', -1);
    if (choice.finish_reason === 'stop' && this.#calledTool.has(index)) {
      choice.finish_reason = 'tool_calls';
      changed = true;
    }
    return changed;
  }

  /** Moves what stands between tags into `reasoning_content`. @returns whether the delta was changed. */
  #split(mode: ThinkMode, { index = 0, finish_reason }: Choice, delta: Delta): boolean {
    let splitter = this.#splitters.get(index);
    if (!splitter) this.#splitters.set(index, (splitter = new ThinkSplitter(mode)));
    const isEnd = finish_reason !== undefined && finish_reason !== null;
    if (typeof delta.content !== 'string' && !isEnd) return false;
    const written = typeof delta.content === 'string' ? delta.content : '';
    const part = splitter.push(written);
    if (isEnd) {
      const tail = splitter.end();
      part.reasoning += tail.reasoning;
      part.content += tail.content;
    }
    if (part.reasoning === '' && part.content === written) return false;
    delta.content = part.content;
    if (part.reasoning !== '') delta.reasoning_content = part.reasoning;
    return true;
  }

  #mark(index: number, as: 'begun' | 'finished', change: number): void {
    this.#answers.set(index, as);
    this.#unfinished += change;
  }

  /** Usage beside choices: the choices go on, usage follows as its own chunk if it was asked for. */
  #splitUsage(chunk: ChatChunk, reading: Extract<ChunkReading, { kind: 'chunk' }>): ChunkReading {
    const { usage, ...rest } = chunk;
    const model = this.#rules.publicModel ?? chunk.model;
    const named = model === undefined ? rest : { ...rest, model };
    reading.relay = JSON.stringify(this.#rules.wantsUsage ? { ...named, usage: null } : named);
    if (this.#rules.wantsUsage) reading.usageRelay = JSON.stringify({ ...named, choices: [], usage });
    return reading;
  }

  /** The usage chunk has an empty list of choices, which some upstreams leave out. */
  #usageEvent(data: string, chunk: ChatChunk): string {
    if (Array.isArray(chunk.choices)) return this.#rename(data, chunk, false);
    return this.#rename(data, { ...chunk, choices: [] }, true);
  }

  /** A client that asked for usage finds `usage: null` in every other chunk, one that did not in none. */
  #hideUsage(data: string, chunk: ChatChunk, changed: boolean): string {
    if (this.#rules.wantsUsage) return this.#rename(chunk.usage === null ? data : addNull(data, chunk), chunk, changed);
    if (chunk.usage === undefined) return this.#rename(data, chunk, changed);
    const tail = ',"usage":null}';
    if (!changed && data.endsWith(tail)) return this.#rename(`${data.slice(0, -tail.length)}}`, chunk, false);
    delete chunk.usage;
    return this.#rename(data, chunk, true);
  }

  /** Puts the public name in; by text where that is safe, because writing JSON anew costs more. */
  #rename(data: string, chunk: ChatChunk, changed: boolean): string {
    const { publicModel } = this.#rules;
    if (publicModel === undefined || chunk.model === publicModel) return changed ? JSON.stringify(chunk) : data;
    const written = `"model":${JSON.stringify(chunk.model)}`;
    const at = data.indexOf(written);
    if (!changed && at >= 0 && data.indexOf(written, at + 1) < 0)
      return `${data.slice(0, at)}"model":${JSON.stringify(publicModel)}${data.slice(at + written.length)}`;
    return JSON.stringify({ ...chunk, model: publicModel });
  }
}

/** The same event with `usage: null`, by text where that is safe: writing JSON anew costs more. */
function addNull(data: string, chunk: ChatChunk): string {
  const isPlain = chunk.usage === undefined && data.endsWith('}');
  chunk.usage = null;
  return isPlain && Object.keys(chunk).length > 1 ? `${data.slice(0, -1)},"usage":null}` : JSON.stringify(chunk);
}

function isObject<T extends object = Choice>(value: unknown): value is T {
  return typeof value === 'object' && value !== null;
}

function parse(data: string): ChatChunk | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as ChatChunk) : undefined;
  } catch {
    return undefined;
  }
}
