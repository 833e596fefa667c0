// Counts tokens when an upstream reports none. The tokenizer lives in a thread of its own and is loaded at the
// first need: importing it costs 330 ms and 110 MB.
import type { TokenUsage } from '../ledger/ledger.ts';
import type { Call } from './call.ts';
import { type DeliveredText, MAX_COUNTED_CHARS } from './delivered-text.ts';

/** The quick estimate is used when the thread does not answer in time. */
const ANSWER_WITHIN_MS = 700;
/** Counts under way at once; beyond that the quick estimate is used. */
const MAX_WAITING = 1_000;

export class Estimator implements Disposable {
  #worker: Worker | undefined;
  readonly #waiting = new Map<number, (counts: number[] | undefined) => void>();
  #nextId = 1;

  /** What the call most likely used: its prompt and the text that was delivered. Never rejects: every call must end. */
  async estimate(call: Call, delivered: DeliveredText): Promise<TokenUsage> {
    if (call.size.untold) return call.size.untold;
    const { text } = delivered;
    const counts = text === undefined ? undefined : this.#count([promptText(call), text]).catch(() => undefined);
    const [promptTokens, completionTokens] = (await counts) ?? [call.size.estimateTokens, delivered.roughTokens];
    const media = call.size.images > 0 || call.size.audioTokens > 0;
    return {
      promptTokens: media ? Math.max(promptTokens!, call.size.estimateTokens) : promptTokens!,
      cachedTokens: 0,
      cacheWriteTokens: 0,
      completionTokens: completionTokens!,
      reasoningTokens: 0,
    };
  }

  [Symbol.dispose](): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const resolve of this.#waiting.values()) resolve(undefined);
    this.#waiting.clear();
  }

  async #count(texts: string[]): Promise<number[] | undefined> {
    const chars = texts.reduce((sum, text) => sum + text.length, 0);
    if (chars > MAX_COUNTED_CHARS || this.#waiting.size >= MAX_WAITING) return undefined;
    const id = this.#nextId++;
    this.#worker ??= this.#start();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#waiting.get(id)?.(undefined), ANSWER_WITHIN_MS);
      this.#waiting.set(id, (counts) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(counts);
      });
      this.#worker!.postMessage({ id, texts });
    });
  }

  #start(): Worker {
    const worker = new Worker(new URL('./estimator-worker.ts', import.meta.url).href, { ref: false });
    worker.onmessage = ({ data }: MessageEvent<{ id: number; counts: number[] }>) =>
      this.#waiting.get(data.id)?.(data.counts);
    worker.onerror = () => {
      this.#worker = undefined;
      for (const resolve of this.#waiting.values()) resolve(undefined);
    };
    return worker;
  }
}

function promptText({ request }: Call): string {
  const { system, instructions } = request.fields;
  const parts = [textIn(system), textIn(instructions)];
  for (const { role, content, tool_calls: calls } of request.messages) {
    parts.push(role, textIn(content));
    if (calls) parts.push(JSON.stringify(calls));
  }
  if (request.tools.length > 0) parts.push(JSON.stringify(request.tools));
  return parts.join('\n');
}

/** What a model reads of a message's content: texts, thoughts, calls and their results; pictures have a rule of their own. */
function textIn(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return (content as (Record<string, unknown> | null)[])
    .map((part) => {
      if (part?.type === 'tool_use') return `${String(part.name)} ${JSON.stringify(part.input)}`;
      const texts = [part?.text, part?.thinking].filter((text) => typeof text === 'string');
      return texts.join('\n') + (part?.type === 'tool_result' ? textIn(part.content) : '');
    })
    .join('\n');
}
