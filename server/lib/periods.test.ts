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
    ['5mo', 'UTC', '2026-11-21T00:00:00Z', '2026-09-01T00:00:00.000Z', '2027-02-01T00:00:00.000Z'],
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

  test.each([
    // Noon in Berlin, ten days apart, over the end and the beginning of summer time.
    ['2026-10-20T10:00:00Z', '2026-10-21T00:00:00Z', '2026-10-20T10:00:00.000Z', '2026-10-30T11:00:00.000Z'],
    ['2026-10-20T10:00:00Z', '2026-10-30T10:59:59.999Z', '2026-10-20T10:00:00.000Z', '2026-10-30T11:00:00.000Z'],
    ['2026-10-20T10:30:00Z', '2026-10-30T11:29:59.999Z', '2026-10-20T10:30:00.000Z', '2026-10-30T11:30:00.000Z'],
    ['2026-10-20T10:00:00Z', '2026-10-30T11:00:00Z', '2026-10-30T11:00:00.000Z', '2026-11-09T11:00:00.000Z'],
    ['2026-03-20T11:00:00Z', '2026-03-30T10:00:00Z', '2026-03-30T10:00:00.000Z', '2026-04-09T10:00:00.000Z'],
    ['2026-03-20T11:00:00Z', '2026-03-30T09:59:59.999Z', '2026-03-20T11:00:00.000Z', '2026-03-30T10:00:00.000Z'],
    ['2026-12-28T11:00:00Z', '2027-01-02T00:00:00Z', '2026-12-28T11:00:00.000Z', '2027-01-07T11:00:00.000Z'],
  ])('10d from %s at %s keeps the time of day', (anchor, now, start, end) => {
    expect(period('10d', 'Europe/Berlin', now, anchor)).toEqual([start, end]);
  });

  test('2w is fourteen days from the anchor, not two weeks from a Monday', () => {
    expect(period('2w', 'UTC', '2026-11-21T00:00:00Z', '2026-11-04T08:00:00Z')).toEqual([
      '2026-11-18T08:00:00.000Z',
      '2026-12-02T08:00:00.000Z',
    ]);
  });

  test('also before the anchor', () => {
    expect(period('10d', 'UTC', '2026-11-21T02:31:00Z', '2026-11-25T04:00:00Z')).toEqual([
      '2026-11-15T04:00:00.000Z',
      '2026-11-25T04:00:00.000Z',
    ]);
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

describe('periods follow each other without a gap, whatever happens', () => {
  const zones = ['UTC', 'Asia/Shanghai', 'Europe/Berlin', 'America/Santiago', 'Australia/Lord_Howe', 'Pacific/Apia'];
  test.each(['1d', '7d', '30d', '1mo', '3mo', '10d', '2w', '36h', '45m'])('%s', (text) => {
    for (const zone of zones) {
      const anchor = at('2025-05-05T05:05:05Z');
      let now = at('2025-12-20T00:00:00Z');
      for (let step = 0; step < 60; step += 1) {
        const current = periodOf(text, anchor, zone, now);
        expect(current.start <= now && now < current.end).toBe(true);
        expect(periodOf(text, anchor, zone, current.end - 1)).toEqual(current);
        expect(periodOf(text, anchor, zone, current.start)).toEqual(current);
        expect(periodOf(text, anchor, zone, current.end).start).toBe(current.end);
        now = current.end + ((step * 7_919_000) % (current.end - current.start));
      }
    }
  });

  test('a clock that is set back finds the same period again', () => {
    const today = periodOf('1d', 0, 'Asia/Shanghai', at('2026-11-21T02:00:00Z'));
    periodOf('1d', 0, 'Asia/Shanghai', at('2026-11-22T02:00:00Z'));
    expect(periodOf('1d', 0, 'Asia/Shanghai', at('2026-11-21T03:00:00Z'))).toEqual(today);
  });

  test('another zone has other periods, and each zone keeps its own', () => {
    const now = at('2026-11-21T20:00:00Z');
    const shanghai = periodOf('1d', 0, 'Asia/Shanghai', now);
    expect(periodOf('1d', 0, 'Europe/Berlin', now).start).toBe(at('2026-11-20T23:00:00Z'));
    expect(periodOf('1d', 0, 'Asia/Shanghai', now)).toEqual(shanghai);
    expect(shanghai.start).toBe(at('2026-11-21T16:00:00Z'));
  });
});

test('the calendar day is the zone’s', () => {
  expect(dayIn('Asia/Shanghai', at('2026-11-21T15:59:59.999Z'))).toBe('2026-11-21');
  expect(dayIn('Asia/Shanghai', at('2026-11-21T16:00:00Z'))).toBe('2026-11-22');
  expect(dayIn('America/Los_Angeles', at('2026-11-22T07:00:00Z'))).toBe('2026-11-21');
});
