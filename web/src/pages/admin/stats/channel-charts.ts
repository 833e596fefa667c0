// How the channels do: what failed, and how long the latest answers took. Pure.
import type { EChartsCoreOption } from 'echarts/core';

import type { StatsReply, StatsShare } from '@/api/stats.ts';
import { tooltip } from '@/charts/stats-charts.ts';
import type { Palette } from '@/charts/use-palette.ts';

/** Bars that have room one below the other; all stand in the table. */
const CHANNELS_SHOWN = 8;

export interface Bars {
  name: string;
  color: string;
  values: readonly (number | null)[];
}

/** The share of a channel's calls that failed, 0 to 1; the worst first. */
export function errorShares(channels: readonly StatsShare[]): (StatsShare & { share: number })[] {
  return channels
    .filter(({ calls }) => calls > 0)
    .map((channel) => ({ ...channel, share: channel.errors / channel.calls }))
    .toSorted((a, b) => b.share - a.share || b.calls - a.calls);
}

export function errorBars(channels: readonly StatsShare[], palette: Palette, name: string): EChartsCoreOption {
  const shown = errorShares(channels).slice(0, CHANNELS_SHOWN);
  const bars = [{ name, color: palette.bad, values: shown.map(({ share }) => share) }];
  return barsOption(
    shown.map((channel) => channel.name),
    bars,
    palette,
    percent,
  );
}

export type ChannelLatency = StatsReply['latency']['channels'][number];

/** @param words names of the two bars: half of the first bytes came sooner, and nineteen of twenty. */
export function latencyBars(
  channels: readonly ChannelLatency[],
  palette: Palette,
  words: { p50: string; p95: string; format: (ms: number) => string },
): EChartsCoreOption {
  const shown = channels.slice(0, CHANNELS_SHOWN);
  const bars = [
    { name: words.p50, color: palette.series[0]!, values: shown.map((channel) => channel.first_byte_p50_ms) },
    { name: words.p95, color: palette.series[1]!, values: shown.map((channel) => channel.first_byte_p95_ms) },
  ];
  return barsOption(
    shown.map(({ name }) => name),
    bars,
    palette,
    words.format,
  );
}

export const percent = (share: number) => `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)}%`;

function barsOption(
  names: readonly string[],
  bars: readonly Bars[],
  palette: Palette,
  format: (value: number) => string,
): EChartsCoreOption {
  return {
    textStyle: { fontFamily: palette.font, color: palette.quiet },
    grid: { left: 4, right: 16, top: 34, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    legend: { top: 0, left: 0, textStyle: { color: palette.quiet }, icon: 'circle' },
    tooltip: tooltip(palette, 'axis', format),
    xAxis: {
      type: 'value',
      splitLine: { lineStyle: { color: palette.line } },
      axisLabel: { color: palette.quiet, formatter: format, hideOverlap: true },
    },
    yAxis: {
      type: 'category',
      data: names.toReversed(),
      axisLine: { lineStyle: { color: palette.line } },
      axisTick: { show: false },
      axisLabel: { color: palette.text, width: 130, overflow: 'truncate' },
    },
    series: bars.map(({ name, color, values }) => ({
      type: 'bar',
      name,
      color,
      barMaxWidth: 14,
      itemStyle: { borderRadius: [0, 3, 3, 0] },
      data: values.toReversed(),
    })),
  };
}
