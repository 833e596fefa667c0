// Collects what was said in a call whose content policy asks for it. Calls without one never make this.
import { callContent, CONTENT_MAX_CHARS } from '../calls/content.ts';
import type { CallContent } from '../ledger/ledger.ts';
import type { Call } from './call.ts';

interface ToolCall {
  index: number;
  id?: unknown;
  type?: unknown;
  function: { name: string; arguments: string };
}

interface Answer {
  index: number;
  content: string;
  reasoning: string;
  refusal: string;
  toolCalls: Map<number, ToolCall>;
  finishReason: unknown;
}

interface Delta {
  content?: unknown;
  reasoning_content?: unknown;
  reasoning?: unknown;
  refusal?: unknown;
  tool_calls?: unknown;
}

/** Answers (`n`) and tool calls looked at; more are counted as cut. */
const PARTS_MAX = 128;

export class ContentRecord {
  #written: string | undefined;
  #whole: Record<string, unknown> | undefined;
  #head: Record<string, unknown> | undefined;
  readonly #answers = new Map<number, Answer>();
  #chars = 0;
  #truncated = false;

  constructor(readonly call: Call) {}

  /** The reply of a call without streaming, as it is sent on. @param written its text where it is no chat completion. */
  whole(relay: string, written?: string): void {
    this.#written = written;
    this.#whole = JSON.parse(relay) as Record<string, unknown>;
  }

  /** One event of a stream, as it is sent on. */
  event(relay: string): void {
    const { choices, ...rest } = JSON.parse(relay) as { choices?: unknown } & Record<string, unknown>;
    this.#head ??= { id: rest.id, created: rest.created, model: rest.model };
    for (const choice of Array.isArray(choices) ? choices : []) {
      if (typeof choice !== 'object' || choice === null) continue;
      const { index = 0, delta, finish_reason } = choice as { index?: number; delta?: Delta; finish_reason?: unknown };
      const answer = this.#answer(index);
      if (!answer) continue;
      if (typeof delta === 'object' && delta !== null) this.#read(answer, delta);
      answer.finishReason = finish_reason ?? answer.finishReason;
    }
  }

  /** What a model wrote in one event of another format. */
  written(text: string): void {
    this.#head ??= {};
    const answer = this.#answer(0);
    if (answer) answer.content += this.#text(text);
  }

  /** What is kept of it, for the settle. */
  content(): CallContent {
    const { request, contentPolicy } = this.call;
    const { messages: _, ...params } = request.fields;
    const reply = this.#whole ?? this.#assembled();
    const text = reply && (this.#written ?? textIn(reply));
    const truncated = this.#truncated;
    return callContent({ messages: request.messages, params, reply, text, policy: contentPolicy, truncated });
  }

  #answer(index: number): Answer | undefined {
    const known = this.#answers.get(index);
    if (known) return known;
    if (this.#answers.size >= PARTS_MAX) {
      this.#truncated = true;
      return undefined;
    }
    const made = { index, content: '', reasoning: '', refusal: '', toolCalls: new Map(), finishReason: null };
    this.#answers.set(index, made);
    return made;
  }

  #read(answer: Answer, delta: Delta): void {
    answer.content += this.#text(delta.content);
    answer.reasoning += this.#text(delta.reasoning_content ?? delta.reasoning);
    answer.refusal += this.#text(delta.refusal);
    for (const [place, part] of Array.isArray(delta.tool_calls) ? delta.tool_calls.entries() : []) {
      if (typeof part !== 'object' || part === null) continue;
      const { index = place, id, type, function: called } = part as Partial<ToolCall> & { index?: number };
      const known = answer.toolCalls.get(index) ?? { index, function: { name: '', arguments: '' } };
      if (!answer.toolCalls.has(index) && answer.toolCalls.size >= PARTS_MAX) continue;
      answer.toolCalls.set(index, known);
      known.id ??= id;
      known.type ??= type;
      known.function.name += this.#text(called?.name);
      known.function.arguments += this.#text(called?.arguments);
    }
  }

  /** The text as long as there is room. */
  #text(value: unknown): string {
    if (typeof value !== 'string' || value === '') return '';
    const room = CONTENT_MAX_CHARS - this.#chars;
    if (value.length > room) this.#truncated = true;
    const kept = value.slice(0, Math.max(0, room));
    this.#chars += kept.length;
    return kept;
  }

  #assembled(): Record<string, unknown> | null {
    if (!this.#head) return null;
    const choices = [...this.#answers.values()].map(({ index, finishReason, ...answer }) => ({
      index,
      message: {
        role: 'assistant',
        content: answer.content,
        ...(answer.reasoning ? { reasoning_content: answer.reasoning } : {}),
        ...(answer.refusal ? { refusal: answer.refusal } : {}),
        ...(answer.toolCalls.size > 0 ? { tool_calls: [...answer.toolCalls.values()] } : {}),
      },
      finish_reason: finishReason,
    }));
    return { ...this.#head, object: 'chat.completion', choices };
  }
}

/** The text of every answer. */
function textIn({ choices }: Record<string, unknown>): string {
  if (!Array.isArray(choices)) return '';
  return (choices as { message?: { content?: unknown } }[])
    .map((choice) => choice?.message?.content)
    .filter((content) => typeof content === 'string' && content !== '')
    .join('\n\n');
}
