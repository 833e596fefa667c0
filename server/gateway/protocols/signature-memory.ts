// Remembers the reasoning that led to a tool call, for clients that drop it: upstreams that sign their reasoning want
// it back unchanged with the tool's result. Bounded in entries and bytes; what is longest unused goes first.
import type { ReasoningPart } from './neutral.ts';

/** What went before a tool call; what signs the call itself (Gemini) is the last of it. */
export interface Remembered {
  reasoning: readonly ReasoningPart[];
}

const MAX_ENTRIES = 20_000;
const MAX_BYTES = 64 * 1024 * 1024;
/** A signature rarely grows beyond some kilobytes; a larger one is not kept. */
const MAX_ENTRY_BYTES = 256 * 1024;

export class SignatureMemory {
  readonly #entries = new Map<string, { value: Remembered; bytes: number }>();
  #bytes = 0;

  constructor(
    readonly maxEntries = MAX_ENTRIES,
    readonly maxBytes = MAX_BYTES,
  ) {}

  get size(): number {
    return this.#entries.size;
  }

  /** @param owner whose call it was: nobody else gets it back. */
  remember(owner: string, callId: string, value: Remembered): void {
    const key = `${owner}\n${callId}`;
    const bytes = key.length + JSON.stringify(value).length;
    if (bytes > MAX_ENTRY_BYTES) return;
    this.#forget(key);
    this.#entries.set(key, { value, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.maxEntries && this.#bytes <= this.maxBytes) break;
      this.#forget(oldest);
    }
  }

  recall(owner: string, callId: string): Remembered | undefined {
    const key = `${owner}\n${callId}`;
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  #forget(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }
}
