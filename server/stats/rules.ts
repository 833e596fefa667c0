// Adds hours up to calendar days of a zone. Pure.
import { nanosToDollars } from '@hallpass/shared/money.ts';
import type { StatsTotal } from '@hallpass/shared/stats.ts';

import { dayIn } from '../lib/periods.ts';
import type { Hours, Sum } from './store.ts';

const HOUR_MS = 3_600_000;
const NOTHING: Sum = { calls: 0, errors: 0, promptTokens: 0, completionTokens: 0, costNanos: 0 };

/**
 * Whole hours from a moment until now. Where a zone's midnight is not at a whole UTC hour (India, Nepal), the hour
 * that holds it counts to the day it begins in.
 */
export function hoursSince(start: number, now: number): Hours {
  return { from: Math.ceil(start / HOUR_MS), until: Math.floor(now / HOUR_MS) + 1 };
}

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

export function within<Row extends { hour: number }>(rows: readonly Row[], { from, until }: Hours): Row[] {
  return rows.filter(({ hour }) => hour >= from && hour < until);
}

/** The last `days` calendar days up to today, the oldest first. */
export function lastDays(days: number, timeZone: string, now: number): { day: string; start: number }[] {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).startOfDay();
  return Array.from({ length: days }, (_, index) => {
    const day = today.subtract({ days: days - 1 - index }).startOfDay();
    return { day: day.toPlainDate().toString(), start: day.epochMilliseconds };
  });
}

/** The sums of each of these days; what lies in none is left out. */
export function byDay(
  days: readonly { day: string }[],
  rows: readonly (Sum & { hour: number })[],
  timeZone: string,
): (StatsTotal & { day: string })[] {
  const groups = Map.groupBy(rows, ({ hour }) => dayIn(timeZone, hour * HOUR_MS));
  return days.map(({ day }) => ({ day, ...totalOf(addUp(groups.get(day) ?? [])) }));
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
