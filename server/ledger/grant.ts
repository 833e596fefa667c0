// Decides what a call may hold: pure arithmetic over the balances of its accounts.
import { divideUp, PRICE_UNIT_TOKENS } from '@hallpass/shared/money.ts';

import type { HoldBound } from './ledger.ts';

/** What an account has; null cap = uncapped. */
export interface Balance {
  capNanos: number | null;
  settledNanos: number;
  heldNanos: number;
}

/** What a call is let in with; null tokens = not bounded. */
export interface Grant {
  holdNanos: number;
  outputTokens: number | null;
}

export type Decision =
  | ({ kind: 'granted' } & Grant)
  /** `index` = the tightest balance. `waitable`: it would be enough if the open holds were given back. */
  | { kind: 'blocked'; index: number; waitable: boolean };

/** An uncapped account still cannot go beyond what a whole number of nanos can count. */
const LIMIT = Number.MAX_SAFE_INTEGER;

/** What is left, never below zero: a call that costs nothing is always affordable. */
export function availableNanos({ capNanos, settledNanos, heldNanos }: Balance): number {
  return Math.max(0, (capNanos ?? LIMIT) - settledNanos - heldNanos);
}

/** The largest grant that every balance affords, or the balance that forbids even the smallest. */
export function decideGrant(bound: HoldBound, balances: readonly Balance[]): Decision {
  const tightest = indexOfLeast(balances, availableNanos);
  const room = budgetMicros(tightest < 0 ? LIMIT : availableNanos(balances[tightest]!));
  const perToken = BigInt(bound.answers) * BigInt(bound.outputNanos);
  const least = BigInt(Math.min(bound.minOutputTokens, bound.wantedOutputTokens));
  const leastMicros = bound.fixedMicros + perToken * least;
  if (leastMicros > room) return blocked(balances, leastMicros, tightest);
  const affordable = perToken === 0n ? null : (room - bound.fixedMicros) / perToken;
  const wanted = BigInt(bound.wantedOutputTokens);
  const granted = affordable === null || affordable > wanted ? wanted : affordable;
  return {
    kind: 'granted',
    holdNanos: divideUp(bound.fixedMicros + perToken * granted),
    outputTokens: Number(granted),
  };
}

/** An account that is used up for good is named before one that only waits for others to finish. */
function blocked(balances: readonly Balance[], leastMicros: bigint, tightest: number): Decision {
  const usedUp = indexOfLeast(balances, (balance) =>
    leastMicros > budgetMicros(availableNanos({ ...balance, heldNanos: 0 })) ? availableNanos(balance) : Infinity,
  );
  return usedUp < 0
    ? { kind: 'blocked', index: tightest, waitable: true }
    : { kind: 'blocked', index: usedUp, waitable: false };
}

/** The first of the least; -1 when there is none below infinity. */
function indexOfLeast(balances: readonly Balance[], measure: (balance: Balance) => number): number {
  let index = -1;
  let least = Infinity;
  for (const [position, balance] of balances.entries()) {
    const value = measure(balance);
    if (value < least) [index, least] = [position, value];
  }
  return index;
}

function budgetMicros(nanos: number): bigint {
  return BigInt(nanos) * PRICE_UNIT_TOKENS;
}
