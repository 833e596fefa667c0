import { describe, expect, test } from 'bun:test';

import { isOpen, nextOpening, openSpans, type Timetable, timetable } from './timetable.ts';

const at = (iso: string): number => Date.parse(iso);
const hours = (timezone: string, ...windows: [days: string, start: string, end: string][]): Timetable =>
  ({ timezone, windows: windows.map(([days, start, end]) => ({ days: days.split(' '), start, end })) }) as Timetable;

// 21 November 2026 is a Saturday.
const MORNINGS = hours('Asia/Taipei', ['mon tue wed thu fri', '08:00', '12:00']);

describe('a plain week', () => {
  const cases: [string, boolean][] = [
    ['2026-11-20T07:59:59.999+08:00', false],
    ['2026-11-20T08:00:00.000+08:00', true],
    ['2026-11-20T11:59:59.999+08:00', true],
    ['2026-11-20T12:00:00.000+08:00', false],
    ['2026-11-21T09:00:00+08:00', false],
    ['2026-11-23T09:00:00+08:00', true],
  ];
  test.each(cases)('%s → %p', (iso, open) => expect(isOpen(MORNINGS, at(iso))).toBe(open));

  test('the next opening is after now, across the weekend, and never the one under way', () => {
    expect(nextOpening(MORNINGS, at('2026-11-20T07:00:00+08:00'))).toBe(at('2026-11-20T08:00:00+08:00'));
    expect(nextOpening(MORNINGS, at('2026-11-20T12:00:00+08:00'))).toBe(at('2026-11-23T08:00:00+08:00'));
    expect(nextOpening(MORNINGS, at('2026-11-20T08:00:00+08:00'))).toBe(at('2026-11-23T08:00:00+08:00'));
  });

  test('a weekly lesson whose end has just passed opens in a week', () => {
    const weekly = hours('UTC', ['mon', '08:00', '09:00']);
    expect(nextOpening(weekly, at('2026-11-23T09:00:00Z'))).toBe(at('2026-11-30T08:00:00Z'));
  });
});

describe('windows past midnight belong to the day they start on', () => {
  const friday = hours('Asia/Shanghai', ['fri', '22:00', '02:00']);
  const cases: [string, boolean][] = [
    ['2026-11-20T21:59:00+08:00', false],
    ['2026-11-20T22:00:00+08:00', true],
    ['2026-11-21T01:59:59+08:00', true],
    ['2026-11-21T02:00:00+08:00', false],
    ['2026-11-20T01:00:00+08:00', false],
    ['2026-11-21T23:00:00+08:00', false],
  ];
  test.each(cases)('%s → %p', (iso, open) => expect(isOpen(friday, at(iso))).toBe(open));

  test('equal start and end is a whole day; 24:00 is midnight', () => {
    const whole = hours('UTC', ['sat', '08:00', '08:00']);
    expect(openSpans(whole, at('2026-11-21T09:00:00Z'))[0]).toEqual({
      from: at('2026-11-21T08:00:00Z'),
      until: at('2026-11-22T08:00:00Z'),
    });
    const all = hours('UTC', ['mon tue wed thu fri sat sun', '00:00', '24:00']);
    expect(isOpen(all, at('2026-11-21T23:59:59.999Z'))).toBe(true);
    expect(nextOpening(all, at('2026-11-21T12:00:00Z'))).toBeNull();
  });
});

describe('clock changes', () => {
  // Berlin: 29 March 2026 02:00 → 03:00; 25 October 2026 03:00 → 02:00.
  test('a start that is skipped opens at the change', () => {
    const early = hours('Europe/Berlin', ['sun', '02:30', '05:00']);
    expect(nextOpening(early, at('2026-03-28T12:00:00Z'))).toBe(at('2026-03-29T01:00:00Z'));
    expect(isOpen(early, at('2026-03-29T00:59:59Z'))).toBe(false);
    expect(isOpen(early, at('2026-03-29T01:00:00Z'))).toBe(true);
    expect(isOpen(early, at('2026-03-29T03:00:00Z'))).toBe(false);
  });

  test('a window that is skipped whole does not open until the week after', () => {
    const gone = hours('Europe/Berlin', ['sun', '02:10', '02:50']);
    expect(isOpen(gone, at('2026-03-29T01:00:00Z'))).toBe(false);
    expect(nextOpening(gone, at('2026-03-28T12:00:00Z'))).toBe(at('2026-04-05T00:10:00Z'));
  });

  test('an hour that comes twice opens once and is not interrupted', () => {
    const twice = hours('Europe/Berlin', ['sun', '01:30', '02:30']);
    const [span] = openSpans(twice, at('2026-10-25T00:00:00Z'));
    expect(span).toEqual({ from: at('2026-10-24T23:30:00Z'), until: at('2026-10-25T00:30:00Z') });
    const across = hours('Europe/Berlin', ['sun', '02:30', '04:00']);
    expect(openSpans(across, at('2026-10-25T00:00:00Z'))[0]).toEqual({
      from: at('2026-10-25T00:30:00Z'),
      until: at('2026-10-25T03:00:00Z'),
    });
  });

  test('the day before and after a change keep wall time', () => {
    const daily = hours('Europe/Berlin', ['sat sun mon', '08:00', '09:00']);
    expect(isOpen(daily, at('2026-03-28T07:30:00Z'))).toBe(true);
    expect(isOpen(daily, at('2026-03-29T06:30:00Z'))).toBe(true);
    expect(isOpen(daily, at('2026-03-30T06:30:00Z'))).toBe(true);
    expect(isOpen(daily, at('2026-03-29T07:30:00Z'))).toBe(false);
  });

  test('half-hour zones and a change of half an hour', () => {
    const adelaide = hours('Australia/Lord_Howe', ['sun', '08:00', '09:00']);
    // 4 October 2026: +10:30 → +11:00 at 02:00.
    expect(isOpen(adelaide, at('2026-10-03T21:00:00Z'))).toBe(true);
    expect(isOpen(adelaide, at('2026-10-03T20:59:59Z'))).toBe(false);
  });
});

describe('what makes no sense is closed', () => {
  const broken: [string, Timetable][] = [
    ['no windows', hours('Asia/Taipei')],
    ['an unknown zone', hours('Mars/Olympus', ['mon tue wed thu fri sat sun', '00:00', '24:00'])],
    ['a time that is none', hours('UTC', ['mon tue wed thu fri sat sun', 'early', '24:00'])],
  ];
  test.each(broken)('%s', (_, wrong) => {
    expect(isOpen(wrong, at('2026-11-20T09:00:00Z'))).toBe(false);
    expect(nextOpening(wrong, at('2026-11-20T09:00:00Z'))).toBeNull();
  });

  test('the schema refuses them', () => {
    expect(timetable.safeParse(MORNINGS).success).toBe(true);
    for (const wrong of [
      { ...MORNINGS, timezone: 'Mars/Olympus' },
      hours('UTC', ['mon', '8:00', '9:00']),
      hours('UTC', ['mon', '08:00', '25:00']),
      hours('UTC', ['monday', '08:00', '09:00']),
      { timezone: 'UTC', windows: [{ days: [], start: '08:00', end: '09:00' }] },
      { timezone: 'UTC', windows: Array(101).fill(MORNINGS.windows[0]) },
      'always',
      null,
    ])
      expect(timetable.safeParse(wrong).success).toBe(false);
  });
});

test('overlapping and touching windows are one stretch', () => {
  const touching = hours('UTC', ['mon', '08:00', '10:00'], ['mon', '10:00', '12:00'], ['mon', '11:00', '13:00']);
  expect(openSpans(touching, at('2026-11-23T00:00:00Z'))[0]).toEqual({
    from: at('2026-11-23T08:00:00Z'),
    until: at('2026-11-23T13:00:00Z'),
  });
});
