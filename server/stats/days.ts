// Calendar days of a zone in whole UTC hours, and which of them are already added up. Pure.
import { addUp, type Hours, type Sum, within } from './sums.ts';

const HOUR_MS = 3_600_000;

export interface Day extends Hours {
  /** ISO date. */
  day: string;
}

/** Where the sums of some days are to be read: of these days by day, of the rest by hour. */
export interface Source {
  timeZone: string;
  days: string[];
  hours: Hours[];
}

/**
 * Whole hours from a moment until now. Where a zone's midnight is not at a whole UTC hour (India, Nepal), the hour
 * that holds it counts to the day it begins in.
 */
export function hoursSince(start: number, now: number): Hours {
  return { from: Math.ceil(start / HOUR_MS), until: Math.floor(now / HOUR_MS) + 1 };
}

/** The last `count` calendar days up to today, the oldest first; today ends with the hour that runs. */
export function lastDays(count: number, timeZone: string, now: number): Day[] {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).startOfDay();
  const starts = Array.from({ length: count }, (_, index) => today.subtract({ days: count - 1 - index }).startOfDay());
  return starts.map((start, index) => ({
    day: start.toPlainDate().toString(),
    from: Math.ceil(start.epochMilliseconds / HOUR_MS),
    until: Math.ceil((starts[index + 1]?.epochMilliseconds ?? now + 1) / HOUR_MS),
  }));
}

/** The sum of each day. @param hourly one row an hour. */
export function byDay(days: readonly Day[], hourly: readonly (Sum & { hour: number })[]): (Day & Sum)[] {
  return days.map((day) => ({ ...day, ...addUp(within(hourly, day)) }));
}

/**
 * A day counts as added up when its sum is that of its hours: a call that was settled late, or another time zone, makes
 * it read by hour again.
 */
export function sourceOf(
  timeZone: string,
  days: readonly (Day & Sum)[],
  daily: readonly (Sum & { day: string })[],
): Source {
  const added = new Map(daily.map((sum) => [sum.day, sum]));
  const isAdded = (day: Day & Sum) => isSame(day, added.get(day.day));
  return {
    timeZone,
    days: days.filter(isAdded).map(({ day }) => day),
    hours: joined(days.filter((day) => !isAdded(day))),
  };
}

/** @param found undefined: nothing is added up, which is right for a day without calls. */
export function isSame(sum: Sum, found: Sum | undefined): boolean {
  if (!found) return sum.calls === 0;
  return (
    sum.calls === found.calls &&
    sum.errors === found.errors &&
    sum.promptTokens === found.promptTokens &&
    sum.completionTokens === found.completionTokens &&
    sum.costNanos === found.costNanos
  );
}

/** Days one after the other are one stretch. */
function joined(days: readonly Hours[]): Hours[] {
  const stretches: Hours[] = [];
  for (const { from, until } of days) {
    const last = stretches.at(-1);
    if (last?.until === from) last.until = until;
    else stretches.push({ from, until });
  }
  return stretches;
}
