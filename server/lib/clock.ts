// Time, randomness and ids, injected so that tests can hold them still.
import { randomBytes } from 'node:crypto';

export interface Clock {
  /** Epoch milliseconds, wall time: periods, class hours, stamps. */
  now(): number;
  /** Milliseconds that never go back: rates, time-outs, durations. */
  monotonic(): number;
}

export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

export interface Ids {
  /** A prefix and a UUIDv7, such as `pass_01939f…`; sorts by time. */
  next(prefix: string): string;
  /** `length` random bytes in base64url. */
  secret(length: number): string;
}

export function createIds(clock: Clock): Ids {
  return {
    next: (prefix) => `${prefix}_${Bun.randomUUIDv7('hex', clock.now())}`,
    secret: (length) => randomBytes(length).toString('base64url'),
  };
}
