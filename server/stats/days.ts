// Calendar days and weeks of a zone in whole UTC hours, and which of them are already added up. Pure.
import { addUp, type Hours, type Sum, within } from './sums.ts';

const HOUR_MS = 3_600_000;
const WEEK_DAYS = 7;

export interface Day extends Hours {
  /** ISO date; of a week its Monday. */
  day: string;
}

export type Unit = 'day' | 'week';

/** What has been added up: one sum of everything for each day and week. */
export type Added = Record<Unit, ReadonlyMap<string, Sum>>;

/** Where the sums of some days are to be read: of these weeks and days as they are added up, of the rest by hour. */
export interface Source {
  timeZone: string;
  week: string[];
  day: string[];
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

/** Whole calendar days from an ISO date on. */
export function daysBetween(from: string, count: number, timeZone: string): Day[] {
  const first = Temporal.PlainDate.from(from);
  const hourOf = (date: Temporal.PlainDate) =>
    Math.ceil(date.toZonedDateTime({ timeZone }).epochMilliseconds / HOUR_MS);
  return Array.from({ length: count }, (_, index) => {
    const day = first.add({ days: index });
    return { day: day.toString(), from: hourOf(day), until: hourOf(day.add({ days: 1 })) };
  });
}

/** The weeks from Monday to Sunday that are whole in these days. */
export function wholeWeeks(days: readonly Day[]): Day[] {
  return days.flatMap((day, index) => {
    const last = days[index + WEEK_DAYS - 1];
    return last && isMonday(day) ? [{ ...day, until: last.until }] : [];
  });
}

const isMonday = ({ day }: Day) => Temporal.PlainDate.from(day).dayOfWeek === 1;

/** The sum of each day or week. @param hourly one row an hour. */
export function sumsOfEach(days: readonly Day[], hourly: readonly (Sum & { hour: number })[]): (Day & Sum)[] {
  return days.map((day) => ({ ...day, ...addUp(within(hourly, day)) }));
}

/**
 * A week or a day counts as added up when its sum is that of its hours: a call that was settled late, or another time
 * zone, makes it read by hour again.
 */
export function sourceOf(timeZone: string, days: readonly (Day & Sum)[], added: Added): Source {
  const weeks = wholeWeeks(days).filter((week) => {
    const sum = addUp(days.filter(({ from }) => from >= week.from && from < week.until));
    return isSame(sum, added.week.get(week.day));
  });
  const isInWeek = ({ from }: Day) => weeks.some((week) => from >= week.from && from < week.until);
  const single = days.filter((day) => !isInWeek(day));
  const isAdded = (day: Day & Sum) => isSame(day, added.day.get(day.day));
  return {
    timeZone,
    week: weeks.map(({ day }) => day),
    day: single.filter(isAdded).map(({ day }) => day),
    hours: joined(single.filter((day) => !isAdded(day))),
  };
}

/** @param found undefined: nothing is added up, which is right where nobody called. */
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
