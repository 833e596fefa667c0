import { expect, test } from 'bun:test';

import { isOpen, nextOpening, type Timetable } from '@hallpass/shared/timetable.ts';

import { isOpenAt, nextOpeningAt } from './class-hours.ts';

const HOUR = 3_600_000;

test('the remembered answer is the right one at every quarter of an hour of three weeks, forwards and backwards', () => {
  const hours: Timetable = {
    timezone: 'Europe/Berlin',
    windows: [
      { days: ['mon', 'wed'], start: '08:00', end: '09:30' },
      { days: ['sat'], start: '22:00', end: '03:00' },
    ],
  };
  const start = Date.UTC(2026, 9, 12);
  const instants = Array.from({ length: 21 * 24 * 4 }, (_, index) => start + (index * HOUR) / 4);
  for (const at of [...instants, ...instants.toReversed()]) {
    expect(isOpenAt(hours, at)).toBe(isOpen({ ...hours }, at));
  }
  expect(nextOpeningAt(hours, start)).toBe(nextOpening(hours, start));
});

test('a timetable that never opens stays closed, one without gaps stays open', () => {
  const never: Timetable = { timezone: 'UTC', windows: [] };
  const always: Timetable = {
    timezone: 'UTC',
    windows: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], start: '00:00', end: '24:00' }],
  };
  for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2026, 3, 1); at += 7 * HOUR) {
    expect(isOpenAt(never, at)).toBe(false);
    expect(isOpenAt(always, at)).toBe(true);
  }
});
