// One timer for all open streams: heartbeats, stalls, and progress marks for the ledger.
import type { Clock } from '../lib/clock.ts';

export interface Watched {
  tick(now: number): void;
}

/** Streams are looked at this often, so beats and stalls are exact to about as much. */
const TICK_MS = 500;

export class StreamWatch {
  readonly #clock: Clock;
  readonly #streams = new Set<Watched>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#streams.size;
  }

  add(stream: Watched): void {
    this.#streams.add(stream);
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
  }

  remove(stream: Watched): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    const now = this.#clock.monotonic();
    for (const stream of this.#streams) stream.tick(now);
  }
}
