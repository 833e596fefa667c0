// Budget periods and calendar days, in a time zone. Whole days, weeks and months follow the calendar, as LiteLLM's
// resets do (midnight, Monday, the first); every other length is counted from an anchor.
import { type Duration, parseDuration } from './durations.ts';

export interface Period {
  /** Epoch ms, inclusive. */
  start: number;
  /** Epoch ms, exclusive. */
  end: number;
}

const FIXED_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
/** Periods remembered; they end, so the map is emptied when it is full. */
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
  const period = calendarPeriod(duration, timeZone, at) ?? fixedPeriod(duration, anchorAt, at);
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(key, period);
  return period;
}

/** 1d → that day; 7d and 1w → the week from Monday; 30d and 1mo → the month; n months from January. */
function calendarPeriod({ count, unit }: Duration, timeZone: string, at: number): Period | undefined {
  const midnight = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).startOfDay();
  const days = unit === 'd' ? count : unit === 'w' ? count * 7 : undefined;
  if (days === 1) return between(midnight, midnight.add({ days: 1 }));
  if (days === 7) {
    const monday = midnight.subtract({ days: midnight.dayOfWeek - 1 }).startOfDay();
    return between(monday, monday.add({ days: 7 }));
  }
  if (days !== 30 && unit !== 'mo') return undefined;
  const months = days === 30 ? 1 : count;
  const since1970 = (midnight.year - 1970) * 12 + midnight.month - 1;
  const first = midnight
    .with({ day: 1 })
    .subtract({ months: since1970 % months })
    .startOfDay();
  return between(first, first.add({ months }));
}

function fixedPeriod({ count, unit }: Duration, anchorAt: number, at: number): Period {
  const length = count * FIXED_MS[unit as keyof typeof FIXED_MS];
  const start = anchorAt + Math.floor((at - anchorAt) / length) * length;
  return { start, end: start + length };
}

function between(start: Temporal.ZonedDateTime, end: Temporal.ZonedDateTime): Period {
  // A day may begin later than midnight where the clock jumps over it.
  return { start: start.epochMilliseconds, end: end.startOfDay().epochMilliseconds };
}

/** The calendar day, such as `2026-11-21`. */
export function dayIn(timeZone: string, at: number): string {
  const { start } = periodOf('1d', 0, timeZone, at);
  const key = `${start} ${timeZone}`;
  let day = days.get(key);
  if (day === undefined) {
    day = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate().toString();
    if (days.size >= MAX_REMEMBERED) days.clear();
    days.set(key, day);
  }
  return day;
}

const days = new Map<string, string>();
