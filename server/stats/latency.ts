// How long the latest calls took, of all channels and of each. Pure.
import type { StatsReply } from '@hallpass/shared/stats.ts';

import { percentile } from './sums.ts';

interface Timed {
  channelId: string | null;
  /** Epoch ms. */
  openedAt: number;
  firstByteAt: number | null;
  settledAt: number | null;
}

type Latency = Omit<StatsReply['latency'], 'channels'>;

/** @param names of channels, by id. */
export function latencyOf(times: readonly Timed[], names: ReadonlyMap<string, string>): StatsReply['latency'] {
  const byChannel = Map.groupBy(times, ({ channelId }) => channelId);
  return {
    ...percentiles(times),
    channels: [...byChannel]
      .flatMap(([id, own]) => (id === null ? [] : [{ id, name: names.get(id) ?? id, ...percentiles(own) }]))
      .toSorted((a, b) => b.calls - a.calls),
  };
}

function percentiles(times: readonly Timed[]): Latency {
  const until = (end: (row: Timed) => number | null) =>
    times.flatMap((row) => {
      const at = end(row);
      return at === null ? [] : [Math.max(0, at - row.openedAt)];
    });
  const firstByte = until(({ firstByteAt }) => firstByteAt);
  const total = until(({ settledAt }) => settledAt);
  return {
    calls: times.length,
    first_byte_p50_ms: percentile(firstByte, 0.5),
    first_byte_p95_ms: percentile(firstByte, 0.95),
    total_p50_ms: percentile(total, 0.5),
    total_p95_ms: percentile(total, 0.95),
  };
}
