import { expect, test } from 'vitest';

import type { StatsShare } from '@/api/stats.ts';
import type { Palette } from '@/charts/use-palette.ts';

import { pieOption, short, slices, shortDay, trendOption, valueOf } from './stats-charts.ts';

const share = (name: string, calls: number, more: Partial<StatsShare> = {}): StatsShare => ({
  id: name,
  name,
  calls,
  errors: 0,
  prompt_tokens: 10 * calls,
  completion_tokens: 5 * calls,
  cost: calls / 1000,
  ...more,
});
const palette: Palette = {
  text: 'black',
  quiet: 'gray',
  line: 'silver',
  card: 'white',
  font: 'serif',
  series: ['teal', 'gold'],
  bad: 'red',
};
const words = { format: String, metric: 'Calls', errors: 'Errors' };

test('a metric of a sum', () => {
  expect([valueOf(share('a', 4), 'calls'), valueOf(share('a', 4), 'tokens'), valueOf(share('a', 4), 'cost')]).toEqual([
    4, 60, 0.004,
  ]);
});

const rest = (total: number) => ({ name: 'others', total });

test('the largest come first, what is nothing is left out, and many small ones are one', () => {
  expect(slices([share('a', 1), share('b', 0), share('c', 3)], 'calls', rest(4))).toEqual([
    { name: 'c', value: 3 },
    { name: 'a', value: 1 },
  ]);
  const many = Array.from({ length: 12 }, (_, n) => share(`m${n}`, n + 1));
  const shown = slices(many, 'calls', rest(78));
  expect(shown).toHaveLength(8);
  expect(shown.at(-1)).toEqual({ name: 'others', value: 1 + 2 + 3 + 4 + 5 });
  expect(shown.reduce((sum, { value }) => sum + value, 0)).toBe((12 * 13) / 2);
  expect(slices(many.slice(0, 8), 'calls', rest(36)).at(-1)!.name).toBe('m0');
});

test('what is told of nobody by name is part of the whole: shares beyond those told, calls of no class', () => {
  expect(slices([share('7b', 1)], 'calls', rest(4))).toEqual([
    { name: '7b', value: 1 },
    { name: 'others', value: 3 },
  ]);
  // Added up from fractions, the parts are a hair more or less than the whole.
  const parts = [share('a', 1, { cost: 0.1 }), share('b', 2, { cost: 0.2 })];
  expect(slices(parts, 'cost', rest(0.3)).map(({ name }) => name)).toEqual(['b', 'a']);
  expect(slices(parts, 'cost', rest(0.30000000000000004)).map(({ name }) => name)).toEqual(['b', 'a']);
  expect(slices([], 'calls', rest(0))).toEqual([]);
});

test('a name fits beside the pie, whatever it is written in', () => {
  expect(short('gpt-5.2-mini-2026-11')).toBe('gpt-5.2-mini-2026-11');
  expect(short('gpt-5.2-mini-2026-11-')).toBe('gpt-5.2-mini-2026-1…');
  expect(short('通义千问通义千问通义')).toBe('通义千问通义千问通义');
  expect(short('通义千问通义千问通义千')).toBe('通义千问通义千问通…');
  expect(short('🎓🎓🎓')).toBe('🎓🎓🎓');
});

test('errors have a line of their own beside calls only', () => {
  const trend = [{ day: '2026-11-27', ...share('x', 2, { errors: 1 }) }];
  const names = (metric: 'calls' | 'cost') =>
    (trendOption(trend, metric, palette, words).series as { name: string }[]).map(({ name }) => name);
  expect(names('calls')).toEqual(['Calls', 'Errors']);
  expect(names('cost')).toEqual(['Calls']);
  expect(shortDay('2026-11-27')).toBe('11/27');
});

test('what is shown at the pointer is drawn, never written into the page as HTML', () => {
  const tooltips = [trendOption([], 'calls', palette, words).tooltip, pieOption([], palette, words).tooltip];
  expect(tooltips.map((tooltip) => (tooltip as { renderMode: string }).renderMode)).toEqual(['richText', 'richText']);
});
