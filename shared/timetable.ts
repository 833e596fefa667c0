// Class hours, in the shape proposed to LiteLLM (permissions.access_schedule): start inclusive, end exclusive.
// Plain Intl, so that the same answer is given by the server, an old phone and Node 20.
import { z } from 'zod';

import { DAYS } from './lists.ts';

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'is not a time such as 08:00');

/** A window whose end is not after its start runs past midnight and belongs to the day it starts on. */
export const timetableWindow = z.object({
  days: z.array(z.enum(DAYS)).min(1).max(7),
  start: time,
  end: time,
});

export const timetable = z.object({
  timezone: z.string().min(1).max(64).refine(isTimeZone, 'is not a time zone such as Asia/Taipei'),
  windows: z.array(timetableWindow).max(100),
});

export type Timetable = z.infer<typeof timetable>;

/** A stretch of opening hours in epoch ms; `until` is exclusive. */
export interface OpenSpan {
  from: number;
  until: number;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Two weeks: a weekly window that a clock change swallows one week is there the next. */
const LOOK_AHEAD_DAYS = 15;

/** Whether this runtime knows the time zone. */
export function isTimeZone(zone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
  } catch {
    return false;
  }
}

/** Whether class is open at this instant. A timetable without windows, or one that makes no sense, is never open. */
export function isOpen(hours: Timetable, at: number): boolean {
  return openSpans(hours, at).some(({ from, until }) => from <= at && at < until);
}

/** When class opens next after this instant; null when it never does. While it is open: the opening after this one. */
export function nextOpening(hours: Timetable, at: number): number | null {
  return openSpans(hours, at).find(({ from }) => from > at)?.from ?? null;
}

/** The opening hours around an instant, from the day before to two weeks on, in order, overlaps joined. */
export function openSpans(hours: Timetable, at: number): OpenSpan[] {
  if (hours.windows.length === 0 || !isTimeZone(hours.timezone)) return [];
  const zone = zoneClock(hours.timezone);
  const spans: OpenSpan[] = [];
  const today = Math.floor(zone.wallClock(at) / DAY_MS);
  for (let day = today - 1; day <= today + LOOK_AHEAD_DAYS; day++) {
    // Day 0, 1 January 1970, was a Thursday.
    const name = DAYS[(((day + 3) % 7) + 7) % 7]!;
    for (const { days, start, end } of hours.windows) {
      if (!days.includes(name)) continue;
      const [opens, closes] = [minutes(start), minutes(end)];
      if (Number.isNaN(opens + closes)) continue;
      const from = zone.instantOf(day * DAY_MS + opens * MINUTE_MS);
      const until = zone.instantOf((closes > opens ? day : day + 1) * DAY_MS + closes * MINUTE_MS);
      if (from < until) spans.push({ from, until });
    }
  }
  return joined(spans);
}

function joined(spans: OpenSpan[]): OpenSpan[] {
  const result: OpenSpan[] = [];
  for (const span of spans.sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last && span.from <= last.until) last.until = Math.max(last.until, span.until);
    else result.push({ ...span });
  }
  return result;
}

/** `NaN` for what is not a time; such a window never opens. */
function minutes(text: string): number {
  const match = /^(\d{2}):(\d{2})$/.exec(text);
  return match ? Number(match[1]) * 60 + Number(match[2]) : Number.NaN;
}

interface ZoneClock {
  /** What a clock on the wall there shows, as if it were UTC. */
  wallClock(at: number): number;
  /**
   * The first instant at which the wall clock there shows this time or a later one: a time that a clock change
   * skips is where the change is, one that comes twice is the first.
   */
  instantOf(wall: number): number;
}

function zoneClock(timeZone: string): ZoneClock {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const offsets = new Map<number, number>();
  const wallClock = (at: number): number => {
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(at)) part[type] = Number(value);
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour % 24, minute, second) + (((at % 1000) + 1000) % 1000);
  };
  /** Local minus UTC; remembered, for windows share their days. */
  const offset = (at: number): number => {
    let found = offsets.get(at);
    if (found === undefined) offsets.set(at, (found = wallClock(at) - at));
    return found;
  };
  const instantOf = (wall: number): number => {
    const day = Math.floor(wall / DAY_MS) * DAY_MS;
    const [before, after] = [offset(day - DAY_MS), offset(day + 2 * DAY_MS)];
    if (before === after) return wall - before;
    const [early, late] = [wall - Math.max(before, after), wall - Math.min(before, after)];
    if (wallClock(early) === wall) return early;
    if (wallClock(late) === wall) return late;
    return firstReaching(early, late, wall);
  };
  /** Inside the skipped time the wall clock only grows, so halving finds the change. */
  const firstReaching = (low: number, high: number, wall: number): number => {
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (wallClock(middle) >= wall) high = middle;
      else low = middle;
    }
    return high;
  };
  return { wallClock, instantOf };
}
