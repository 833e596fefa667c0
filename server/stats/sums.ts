// What is counted, added up. Pure.
import { nanosToDollars } from '@hallpass/shared/money.ts';
import type { StatsTotal } from '@hallpass/shared/stats.ts';

export interface Sum {
  calls: number;
  errors: number;
  promptTokens: number;
  completionTokens: number;
  costNanos: number;
}

export interface Hours {
  /** UTC hours: from, inclusive; until, exclusive. */
  from: number;
  until: number;
}

const NOTHING: Sum = { calls: 0, errors: 0, promptTokens: 0, completionTokens: 0, costNanos: 0 };

export function addUp(sums: readonly Sum[]): Sum {
  return sums.reduce(
    (all, one) => ({
      calls: all.calls + one.calls,
      errors: all.errors + one.errors,
      promptTokens: all.promptTokens + one.promptTokens,
      completionTokens: all.completionTokens + one.completionTokens,
      costNanos: all.costNanos + one.costNanos,
    }),
    NOTHING,
  );
}

/** What is left of a sum without a part of it. */
export function less(sum: Sum, part: Sum): Sum {
  return {
    calls: sum.calls - part.calls,
    errors: sum.errors - part.errors,
    promptTokens: sum.promptTokens - part.promptTokens,
    completionTokens: sum.completionTokens - part.completionTokens,
    costNanos: sum.costNanos - part.costNanos,
  };
}

export function within<Row extends { hour: number }>(rows: readonly Row[], { from, until }: Hours): Row[] {
  return rows.filter(({ hour }) => hour >= from && hour < until);
}

/** The most expensive first, then the most called; sums of one id are added up. */
export function largestOf(rows: readonly (Sum & { id: string })[], limit: number): (Sum & { id: string })[] {
  return [...Map.groupBy(rows, ({ id }) => id)]
    .map(([id, sums]) => ({ id, ...addUp(sums) }))
    .toSorted((a, b) => b.costNanos - a.costNanos || b.calls - a.calls || (a.id < b.id ? -1 : 1))
    .slice(0, limit);
}

export function totalOf(sum: Sum): StatsTotal {
  return {
    calls: sum.calls,
    errors: sum.errors,
    prompt_tokens: sum.promptTokens,
    completion_tokens: sum.completionTokens,
    cost: nanosToDollars(sum.costNanos),
  };
}

/** The value below which this share of a list lies; null for an empty list. Nearest rank. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}
