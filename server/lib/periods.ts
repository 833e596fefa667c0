// Budget periods and calendar days, in a time zone. Whole days, weeks and months follow the calendar, as LiteLLM's
// resets do (midnight, Monday, the first); every other length is counted from an anchor.
import { type Duration, parseDuration } from './durations.ts';
import { remember } from './remember.ts';

export interface Period {
  /** Epoch ms, inclusive. */
  start: number;
  /** Epoch ms, exclusive. */
  end: number;
}

const FIXED_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;
const DAY_MS = 86_400_000;
/** Periods and days remembered: the same few are asked for with every call. */
const MAX_REMEMBERED = 5_000;

const remembered = new Map<string, Period>();

/**
 * The period an instant lies in.
 * @param text a LiteLLM duration such as `1d`, `7d`, `1mo`, `12h`.
 * @param anchorAt where periods that do not follow the calendar are counted from, epoch ms.
 * @throws RangeError for a text that is no duration: it was checked when it was stored.
 */
export function periodOf(text: string, anchorAt: number, timeZone: string, at: number): Period {
  const key = `${text} ${timeZone} ${anchorAt}`;
  const known = remembered.get(key);
  if (known && at >= known.start && at < known.end) return known;
  const duration = parseDuration(text);
  if (!duration) throw new RangeError(`${text} is not a budget period`);
  const period = periodAt(duration, { anchorAt, timeZone, at });
  return remember(remembered, key, period, MAX_REMEMBERED);
}

interface Place {
  anchorAt: number;
  timeZone: string;
  at: number;
}

/** 1d → that day; 7d and 1w → the week from Monday; 30d and 1mo → the month; n months from January. */
function periodAt({ count, unit }: Duration, place: Place): Period {
  if (unit === 's' || unit === 'm' || unit === 'h') return fixedPeriod(count * FIXED_MS[unit], place);
  const { timeZone, at } = place;
  const midnight = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).startOfDay();
  const days = unit === 'mo' ? undefined : count * (unit === 'w' ? 7 : 1);
  if (days === 1) return between(midnight, midnight.add({ days: 1 }));
  if (days === 7) {
    const monday = midnight.subtract({ days: midnight.dayOfWeek - 1 }).startOfDay();
    return between(monday, monday.add({ days: 7 }));
  }
  if (days !== undefined && days !== 30) return daysPeriod(days, place);
  const months = days === 30 ? 1 : count;
  const since1970 = (midnight.year - 1970) * 12 + midnight.month - 1;
  const first = midnight
    .with({ day: 1 })
    .subtract({ months: since1970 % months })
    .startOfDay();
  return between(first, first.add({ months }));
}

function fixedPeriod(lengthMs: number, { anchorAt, at }: Place): Period {
  const start = anchorAt + Math.floor((at - anchorAt) / lengthMs) * lengthMs;
  return { start, end: start + lengthMs };
}

/** So many calendar days from the anchor's own time of day, on both sides of a change of the clock. */
function daysPeriod(days: number, { anchorAt, timeZone, at }: Place): Period {
  const anchor = Temporal.Instant.fromEpochMilliseconds(anchorAt).toZonedDateTimeISO(timeZone);
  const startOf = (index: number) => anchor.add({ days: index * days }).epochMilliseconds;
  let index = Math.floor((at - anchorAt) / (days * DAY_MS));
  if (at < startOf(index)) index -= 1;
  if (at >= startOf(index + 1)) index += 1;
  return { start: startOf(index), end: startOf(index + 1) };
}

function between(start: Temporal.ZonedDateTime, end: Temporal.ZonedDateTime): Period {
  // A day may begin later than midnight where the clock jumps over it.
  return { start: start.epochMilliseconds, end: end.startOfDay().epochMilliseconds };
}

/** The calendar day, such as `2026-11-21`. */
export function dayIn(timeZone: string, at: number): string {
  const { start } = periodOf('1d', 0, timeZone, at);
  const key = `${start} ${timeZone}`;
  const known = days.get(key);
  if (known !== undefined) return known;
  const day = Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(timeZone).toPlainDate().toString();
  return remember(days, key, day, MAX_REMEMBERED);
}

const days = new Map<string, string>();
