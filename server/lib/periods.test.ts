import { describe, expect, test } from 'bun:test';

import { dayIn, periodOf } from './periods.ts';

const at = (text: string) => Date.parse(text);
const period = (text: string, zone: string, now: string, anchor = '2026-01-01T00:00:00Z') => {
  const { start, end } = periodOf(text, at(anchor), zone, at(now));
  return [new Date(start).toISOString(), new Date(end).toISOString()];
};

describe('calendar periods follow the wall clock of their zone', () => {
  test.each([
    ['1d', 'Asia/Shanghai', '2026-11-21T02:00:00Z', '2026-11-20T16:00:00.000Z', '2026-11-21T16:00:00.000Z'],
    ['24h is not a day', 'Asia/Shanghai', '2026-11-21T02:00:00Z', '', ''],
    ['7d', 'Asia/Shanghai', '2026-11-21T02:00:00Z', '2026-11-15T16:00:00.000Z', '2026-11-22T16:00:00.000Z'],
    ['1w', 'Asia/Taipei', '2026-11-15T16:00:00Z', '2026-11-15T16:00:00.000Z', '2026-11-22T16:00:00.000Z'],
    ['30d', 'Asia/Shanghai', '2026-12-31T15:59:59Z', '2026-11-30T16:00:00.000Z', '2026-12-31T16:00:00.000Z'],
    ['1mo', 'Asia/Shanghai', '2026-12-31T16:00:00Z', '2026-12-31T16:00:00.000Z', '2027-01-31T16:00:00.000Z'],
    ['3mo', 'UTC', '2026-11-21T00:00:00Z', '2026-10-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['1mo', 'UTC', '2028-02-29T12:00:00Z', '2028-02-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
  ])('%s in %s at %s', (text, zone, now, start, end) => {
    if (text.includes(' ')) return expect(period('24h', zone, now)[0]).toBe('2026-11-21T00:00:00.000Z');
    expect(period(text, zone, now)).toEqual([start, end]);
  });

  test('a day has 23 or 25 hours where the clock changes', () => {
    expect(period('1d', 'Europe/Berlin', '2026-03-29T10:00:00Z')).toEqual([
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ]);
    expect(period('1d', 'Europe/Berlin', '2026-10-25T10:00:00Z')).toEqual([
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ]);
  });

  test('a day whose midnight is jumped over begins at one', () => {
    expect(period('1d', 'America/Santiago', '2026-09-06T12:00:00Z')).toEqual([
      '2026-09-06T04:00:00.000Z',
      '2026-09-07T03:00:00.000Z',
    ]);
  });

  test('a period starts at its first millisecond and ends before the next one’s', () => {
    const first = periodOf('1d', 0, 'UTC', at('2026-11-21T00:00:00Z'));
    expect(periodOf('1d', 0, 'UTC', first.end - 1)).toEqual(first);
    expect(periodOf('1d', 0, 'UTC', first.end).start).toBe(first.end);
    expect(periodOf('1d', 0, 'UTC', first.start - 1).end).toBe(first.start);
  });
});

describe('other lengths are counted from their anchor', () => {
  test.each([
    ['30m', '2026-11-21T02:31:00Z', '2026-11-21T02:10:00.000Z', '2026-11-21T02:40:00.000Z'],
    ['10d', '2026-11-21T02:31:00Z', '2026-11-14T00:10:00.000Z', '2026-11-24T00:10:00.000Z'],
  ])('%s', (text, now, start, end) => {
    expect(period(text, 'Asia/Shanghai', now, '2026-11-04T00:10:00Z')).toEqual([start, end]);
  });

  test('also before the anchor', () => {
    expect(period('1h', 'UTC', '2026-11-21T02:31:00Z', '2026-11-21T04:00:00Z')).toEqual([
      '2026-11-21T02:00:00.000Z',
      '2026-11-21T03:00:00.000Z',
    ]);
  });

  test('what is no duration is refused', () => {
    for (const text of ['', '0d', '1y', '-1d', '1.5h', '99999999999d'])
      expect(() => periodOf(text, 0, 'UTC', 0)).toThrow(RangeError);
  });
});

test('the calendar day is the zone’s', () => {
  expect(dayIn('Asia/Shanghai', at('2026-11-21T15:59:59.999Z'))).toBe('2026-11-21');
  expect(dayIn('Asia/Shanghai', at('2026-11-21T16:00:00Z'))).toBe('2026-11-22');
  expect(dayIn('America/Los_Angeles', at('2026-11-22T07:00:00Z'))).toBe('2026-11-21');
});
