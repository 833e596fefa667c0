// What one process may let in by itself while Redis is away, so that all of them together stay within a limit.
//
// At the change everybody said what it had counted; the sum is P. What is left of a limit, L − P, is divided; as P
// leaves the window, the share grows to L ÷ N. What does not divide goes to the first ones: a limit of 1 on three
// processes is kept by one of them, and the other two refuse.
import type { Clock } from '../lib/clock.ts';
import { Counter, WINDOW_SECONDS } from './counter.ts';
import type { LimitScope, Windows } from './limits.ts';

export interface SharesOptions {
  clock: Clock;
  /** Exact, by this process's own clock at that time; its calls since then are what is left of its count. */
  own: { windows: Windows; atMs: number };
  others: readonly { windows: Windows; agedMs: number }[];
  /** This process's place among those that share, from 0, and how many they are. */
  rank: number;
  count: number;
}

/** The n-th of `count` parts of `left`; all parts together are exactly `left`. */
export function partOf(left: number, rank: number, count: number): number {
  return left <= 0 ? 0 : Math.floor((left + count - 1 - rank) / count);
}

/** @returns the scope with the limits this process may go to now. */
export type Shares = (scope: LimitScope) => LimitScope;

export function createShares({ clock, own, others, rank, count }: SharesOptions): Shares {
  // A process that has just begun looks back to before its own clock's beginning.
  const secondOf = (ms: number) => Math.floor(ms / 1000) + 2 * WINDOW_SECONDS;
  const seconds = () => secondOf(clock.monotonic());
  const mine = new Map<string, Before>();
  const theirs = new Map<string, Before>();
  include(mine, own.windows, 0, secondOf(own.atMs));
  for (const { windows, agedMs } of others) include(theirs, windows, agedMs, seconds());
  const at = (from: Map<string, Before>, key: string) => {
    const before = from.get(key);
    before?.counter.advance(seconds());
    return { requests: before?.counter.requests ?? 0, tokens: before?.counter.tokens ?? 0, open: before?.open ?? 0 };
  };
  return (scope) => {
    const [a, b] = [at(mine, scope.key), at(theirs, scope.key)];
    const share = (limit: number | null, what: 'requests' | 'tokens' | 'open') => {
      if (limit === null) return null;
      return a[what] + partOf(limit - a[what] - b[what], rank, count);
    };
    return {
      ...scope,
      rpm: share(scope.rpm, 'requests'),
      tpm: share(scope.tpm, 'tokens'),
      maxParallel: share(scope.maxParallel, 'open'),
    };
  };
}

interface Before {
  counter: Counter;
  open: number;
}

function include(into: Map<string, Before>, windows: Windows, agedMs: number, second: number): void {
  const aged = Math.max(0, Math.floor(agedMs / 1000) - 1);
  for (const [key, { slots, open }] of Object.entries(windows)) {
    const before = into.get(key) ?? { counter: new Counter(), open: 0 };
    before.counter.advance(second);
    for (const [age, requests, tokens] of slots)
      if (age + aged < WINDOW_SECONDS) before.counter.add(second - age - aged, requests, tokens);
    before.open += open;
    into.set(key, before);
  }
}
