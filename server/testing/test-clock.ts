// A clock that moves only when told.
import type { Clock } from '../lib/clock.ts';

export class TestClock implements Clock {
  #now: number;
  #monotonic = 0;

  /** @param at Saturday 21 November 2026, 10:00 in Shanghai, unless told. */
  constructor(at = Date.UTC(2026, 10, 21, 2, 0, 0)) {
    this.#now = at;
  }

  now = (): number => this.#now;
  monotonic = (): number => this.#monotonic;

  advance(ms: number): void {
    this.#now += ms;
    this.#monotonic += ms;
  }

  /** Wall time jumps; monotonic time does not. */
  setWall(at: number): void {
    this.#now = at;
  }
}
