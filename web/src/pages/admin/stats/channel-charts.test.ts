import { expect, test } from 'vitest';

import type { StatsShare } from '@/api/stats.ts';
import type { Palette } from '@/charts/use-palette.ts';

import { errorBars, errorShares, latencyBars, percent } from './channel-charts.ts';

const channel = (name: string, calls: number, errors: number): StatsShare => ({
  id: name,
  name,
  calls,
  errors,
  prompt_tokens: 0,
  completion_tokens: 0,
  cost: 0,
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

interface Drawn {
  yAxis: { data: string[] };
  series: { name: string; data: (number | null)[] }[];
}

test('the worst channel comes first, and one without calls not at all', () => {
  const channels = [channel('good', 100, 0), channel('bad', 10, 5), channel('idle', 0, 0), channel('some', 100, 3)];
  expect(errorShares(channels).map(({ name, share }) => [name, share])).toEqual([
    ['bad', 0.5],
    ['some', 0.03],
    ['good', 0],
  ]);
  const { yAxis, series } = errorBars(channels, palette, 'failed') as unknown as Drawn;
  // Bars are drawn from below.
  expect(yAxis.data).toEqual(['good', 'some', 'bad']);
  expect(series[0]!.data).toEqual([0, 0.03, 0.5]);
});

test('latency has two bars a channel, of eight channels at most', () => {
  const times = { total_p50_ms: 9, total_p95_ms: 10 };
  const channels = Array.from({ length: 9 }, (_, n) => ({
    id: `${n}`,
    name: `c${n}`,
    calls: 9 - n,
    first_byte_p50_ms: n,
    first_byte_p95_ms: n === 0 ? null : 2 * n,
    ...times,
  }));
  const words = { p50: 'half', p95: 'slow', format: String };
  const { yAxis, series } = latencyBars(channels, palette, words) as unknown as Drawn;
  expect(yAxis.data).toHaveLength(8);
  expect(series.map(({ name, data }) => [name, data.at(-1), data[0]])).toEqual([
    ['half', 0, 7],
    ['slow', null, 14],
  ]);
});

test('small shares keep a digit', () => {
  expect([0, 0.004, 0.05, 0.5, 1].map(percent)).toEqual(['0%', '0.4%', '5.0%', '50%', '100%']);
});
