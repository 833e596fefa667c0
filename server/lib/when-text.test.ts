import { expect, test } from 'bun:test';

import { whenText } from './when-text.ts';

const NOW = Date.parse('2026-11-21T10:00:00+08:00');
const at = (iso: string) => Date.parse(iso);

test('within six days: the weekday and the time, there', () => {
  const monday = at('2026-11-23T08:00:00+08:00');
  expect(whenText(monday, NOW, 'Asia/Taipei', 'en')).toBe('Monday 08:00');
  expect(whenText(monday, NOW, 'Asia/Taipei', 'zh-CN')).toBe('周一 08:00');
  expect(whenText(monday, NOW, 'Asia/Taipei', 'zh-TW')).toBe('週一 08:00');
  expect(whenText(monday, NOW, 'UTC', 'en')).toBe('Monday 00:00');
});

test('exactly six days is a weekday, a millisecond more is a date, as is the past', () => {
  const six = NOW + 6 * 86_400_000;
  expect(whenText(six, NOW, 'Asia/Taipei', 'en')).toBe('Friday 10:00');
  expect(whenText(six + 1, NOW, 'Asia/Taipei', 'en')).toBe('27 November 10:00');
  expect(whenText(six + 1, NOW, 'Asia/Taipei', 'zh-CN')).toBe('11月27日 10:00');
  expect(whenText(NOW - 1, NOW, 'Asia/Taipei', 'zh-TW')).toBe('11月21日 09:59');
});

test('another year is said', () => {
  const spring = at('2027-03-01T00:30:00+08:00');
  expect(whenText(spring, NOW, 'Asia/Taipei', 'en')).toBe('1 March 2027 00:30');
  expect(whenText(spring, NOW, 'Asia/Taipei', 'zh-CN')).toBe('2027年3月1日 00:30');
  expect(whenText(spring, NOW, 'Asia/Taipei', 'zh-TW')).toBe('2027年3月1日 00:30');
});
