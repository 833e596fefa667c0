// What processes share about their upstreams: which channels and keys rest, and whose turn it is in a rotation.
// Read on the way of every call, so it answers from memory; an implementation for several replicas mirrors in the
// background what the others write. That a key is disabled is not here: the database says so to everyone.
import type { Clock } from '../lib/clock.ts';

export interface UpstreamBoard {
  /** A channel or a key, by its id, is not used for `ms` from now; a shorter rest does not cut a longer one. */
  rest(id: string, ms: number): void;
  /** How long it still rests, in ms; 0 = it may be used. */
  restingMs(id: string): number;
  /** These may be used again at once: an administrator saved them, or a try went well. */
  wake(ids: Iterable<string>): void;
  /** The next number of a channel's rotation: whole, growing, about evenly shared between replicas. */
  nextTurn(channelId: string): number;
  /** Forgets everything, in this process and for all. */
  clear(): void;
}

/** No rest is longer, whatever an upstream asks for. */
export const MAX_REST_MS = 60 * 60_000;
const MAX_TRACKED = 10_000;

/** For one process. A restart starts hopeful, but for cooling keys, which the database remembers. */
export class MemoryBoard implements UpstreamBoard {
  readonly #clock: Clock;
  /** Monotonic ms by id. */
  readonly #restUntil = new Map<string, number>();
  readonly #turns = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  rest(id: string, ms: number): void {
    const until = this.#clock.monotonic() + Math.min(ms, MAX_REST_MS);
    if ((this.#restUntil.get(id) ?? 0) >= until) return;
    if (this.#restUntil.size >= MAX_TRACKED) this.#dropPast();
    this.#restUntil.set(id, until);
  }

  restingMs(id: string): number {
    if (this.#restUntil.size === 0) return 0;
    const until = this.#restUntil.get(id);
    return until === undefined ? 0 : Math.max(0, until - this.#clock.monotonic());
  }

  wake(ids: Iterable<string>): void {
    for (const id of ids) this.#restUntil.delete(id);
  }

  nextTurn(channelId: string): number {
    const turn = this.#turns.get(channelId) ?? 0;
    if (this.#turns.size >= MAX_TRACKED) this.#turns.clear();
    this.#turns.set(channelId, turn + 1);
    return turn;
  }

  clear(): void {
    this.#restUntil.clear();
    this.#turns.clear();
  }

  /** Bounded: what is past goes first, and everything where that is not enough. */
  #dropPast(): void {
    const now = this.#clock.monotonic();
    for (const [id, until] of this.#restUntil) if (until <= now) this.#restUntil.delete(id);
    if (this.#restUntil.size >= MAX_TRACKED) this.#restUntil.clear();
  }
}
