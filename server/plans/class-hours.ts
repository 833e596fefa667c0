// Class hours on the hot path: the answer for a timetable is remembered until the next bell.
import { openSpans, type Timetable } from '@hallpass/shared/timetable.ts';

interface Lesson {
  open: boolean;
  /** The answer holds from here … */
  from: number;
  /** … to here, exclusive. */
  until: number;
}

/** Answers about timetables; a timetable is never changed in place, so they hold for as long as it lives. */
const remembered = new WeakMap<Timetable, Lesson>();
/** An answer without a bell in sight is worked out again after this long. */
const FORGET_MS = 3_600_000;

/** As `isOpen` of shared/timetable.ts. */
export function isOpenAt(hours: Timetable, at: number): boolean {
  let lesson = remembered.get(hours);
  if (!lesson || at < lesson.from || at >= lesson.until) {
    lesson = lessonAt(hours, at);
    remembered.set(hours, lesson);
  }
  return lesson.open;
}

/** When class opens next; null when it never does. */
export function nextOpeningAt(hours: Timetable, at: number): number | null {
  return openSpans(hours, at).find(({ from }) => from > at)?.from ?? null;
}

function lessonAt(hours: Timetable, at: number): Lesson {
  const next = openSpans(hours, at).find(({ until }) => until > at);
  if (!next) return { open: false, from: at, until: at + FORGET_MS };
  return next.from <= at ? { open: true, from: at, until: next.until } : { open: false, from: at, until: next.from };
}
