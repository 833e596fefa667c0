// From statistics to what a chart draws and a table lists. Pure.
import type { EChartsCoreOption } from 'echarts/core';

import type { StatsReply, StatsShare } from '@/api/stats.ts';
import type { Palette } from '@/charts/use-palette.ts';

export const METRICS = ['calls', 'tokens', 'cost'] as const;
export type Metric = (typeof METRICS)[number];

type Sum = Pick<StatsShare, 'calls' | 'prompt_tokens' | 'completion_tokens' | 'cost'>;

export function valueOf(sum: Sum, metric: Metric): number {
  return metric === 'tokens' ? sum.prompt_tokens + sum.completion_tokens : sum[metric];
}

/** Slices of a pie that a person can tell apart; the rest is one. */
const SLICES_MAX = 7;

export interface Slice {
  name: string;
  value: number;
}

/** Sums of money are added up from fractions: what is less than this is none of them. */
const NOTHING_LEFT = 1e-9;

/**
 * The largest first. Those without a value are left out.
 * @param rest the name of all that are not shown by name, and how much there is altogether: only the largest shares are
 * told, and some calls belong to no class or pass at all.
 */
export function slices(shares: readonly StatsShare[], metric: Metric, rest: { name: string; total: number }): Slice[] {
  const sorted = shares
    .map((share) => ({ name: share.name, value: valueOf(share, metric) }))
    .filter(({ value }) => value > 0)
    .toSorted((a, b) => b.value - a.value);
  const sum = (some: readonly Slice[]) => some.reduce((all, { value }) => all + value, 0);
  const isAll = rest.total - sum(sorted) <= NOTHING_LEFT;
  const shown = isAll && sorted.length <= SLICES_MAX + 1 ? sorted : sorted.slice(0, SLICES_MAX);
  const others = Math.max(rest.total, sum(sorted)) - sum(shown);
  return others <= NOTHING_LEFT ? shown : [...shown, { name: rest.name, value: others }];
}

export interface Words {
  format: (value: number) => string;
  metric: string;
  errors: string;
}

/** `2026-11-27` → `11/27`. */
export const shortDay = (day: string) => day.slice(5).replace('-', '/');

export function trendOption(
  trend: StatsReply['trend'],
  metric: Metric,
  palette: Palette,
  words: Words,
): EChartsCoreOption {
  const line = (name: string, color: string, values: number[]) => ({
    type: 'line',
    name,
    data: values,
    color,
    symbol: 'circle',
    symbolSize: 7,
    showSymbol: values.length <= 31,
    lineStyle: { width: 2.5 },
  });
  const series = [
    line(
      words.metric,
      palette.series[0]!,
      trend.map((day) => valueOf(day, metric)),
    ),
  ];
  if (metric === 'calls')
    series.push(
      line(
        words.errors,
        palette.bad,
        trend.map(({ errors }) => errors),
      ),
    );
  return {
    textStyle: { fontFamily: palette.font, color: palette.quiet },
    grid: { left: 4, right: 12, top: 34, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    legend: { top: 0, left: 0, textStyle: { color: palette.quiet }, icon: 'circle' },
    tooltip: tooltip(palette, 'axis', words.format),
    xAxis: {
      type: 'category',
      data: trend.map(({ day }) => shortDay(day)),
      boundaryGap: false,
      axisLine: { lineStyle: { color: palette.line } },
      axisTick: { show: false },
      axisLabel: { color: palette.quiet, hideOverlap: true },
    },
    yAxis: {
      type: 'value',
      ...(metric === 'cost' ? {} : { minInterval: 1 }),
      splitLine: { lineStyle: { color: palette.line } },
      axisLabel: { color: palette.quiet, formatter: words.format },
    },
    series,
  };
}

/** @param isWide the names stand beside the pie, one below the other; else below it, a few at a time. */
export function pieOption(data: readonly Slice[], palette: Palette, words: Words, isWide = false): EChartsCoreOption {
  return {
    textStyle: { fontFamily: palette.font, color: palette.text },
    color: [...palette.series],
    legend: {
      ...(isWide ? { orient: 'vertical', right: 0, top: 'middle', itemGap: 9 } : { type: 'scroll', bottom: 0 }),
      icon: 'circle',
      textStyle: { color: palette.text },
      pageIconColor: palette.quiet,
      pageTextStyle: { color: palette.quiet },
      formatter: (name: string) => `${short(name)} ${percentOf(data, name)}%`,
    },
    tooltip: tooltip(palette, 'item', words.format),
    series: [
      {
        type: 'pie',
        name: words.metric,
        radius: isWide ? ['40%', '64%'] : ['46%', '78%'],
        center: isWide ? ['25%', '50%'] : ['50%', '44%'],
        data: [...data],
        itemStyle: { borderColor: palette.card, borderWidth: 2, borderRadius: 4 },
        // Beside the slices there is no room on a phone.
        label: { show: false },
      },
    ],
  };
}

/** In widths of a letter; a Han character has two. */
const NAME_SHOWN = 20;
const widthOf = (character: string) => (/[\u1100-\uffdc]/u.test(character) ? 2 : 1);

export function short(name: string): string {
  let width = 0;
  const characters = [...name];
  const end = characters.findIndex((character) => (width += widthOf(character)) > NAME_SHOWN);
  return end === -1 ? name : `${characters.slice(0, end - 1).join('')}…`;
}

function percentOf(data: readonly Slice[], name: string): string {
  const total = data.reduce((sum, { value }) => sum + value, 0);
  const value = data.find((slice) => slice.name === name)?.value ?? 0;
  return ((value / total) * 100).toFixed(1);
}

/** Drawn, not written into the page: names come from outside, and the page's policy lets no styles in. */
export function tooltip(palette: Palette, trigger: 'axis' | 'item', format: (value: number) => string) {
  return {
    trigger,
    renderMode: 'richText',
    backgroundColor: palette.card,
    borderColor: palette.line,
    textStyle: { color: palette.text },
    valueFormatter: format,
  };
}
