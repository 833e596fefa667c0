import { describe, expect, test } from 'bun:test';

import { addDuration, formatDuration, parseDuration } from './durations.ts';

const NOW = Date.UTC(2026, 10, 21, 2, 0, 0);

describe('durations are read', () => {
  const cases: [string, number][] = [
    ['30s', 30_000],
    ['30m', 1_800_000],
    ['30h', 108_000_000],
    ['30d', 2_592_000_000],
    ['1w', 604_800_000],
    ['daily', 86_400_000],
    ['36500d', 36_500 * 86_400_000],
  ];
  test.each(cases)('%s', (text, ms) => expect(addDuration(NOW, parseDuration(text)!)).toBe(NOW + ms));

  test('months keep the day of the month, or take its last', () => {
    const after = (iso: string, text: string) =>
      new Date(addDuration(Date.parse(iso), parseDuration(text)!)).toISOString();
    expect(after('2026-11-21T02:00:00.000Z', '1mo')).toBe('2026-12-21T02:00:00.000Z');
    expect(after('2026-12-31T02:00:00.000Z', '2mo')).toBe('2027-02-28T02:00:00.000Z');
    expect(after('2028-01-31T02:00:00.000Z', 'monthly')).toBe('2028-02-29T02:00:00.000Z');
    expect(after('2026-11-30T02:00:00.000Z', '14mo')).toBe('2028-01-30T02:00:00.000Z');
  });

  test('written out for storing', () => expect(formatDuration(parseDuration('monthly')!)).toBe('1mo'));
});

describe('what is no duration is refused', () => {
  test.each([
    '',
    '30',
    's',
    '0s',
    '-1d',
    '1.5h',
    '1y',
    '1M',
    ' 1d',
    '1d ',
    '1d1h',
    '٣d',
    '99999999999d',
    '36601d',
    '1e3s',
    'constructor',
    '1mo;',
  ])('%p', (text) => expect(parseDuration(text)).toBeUndefined());
});
