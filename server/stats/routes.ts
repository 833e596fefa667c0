// /api/admin/stats: what was called, by whom, and what it cost.
import { STATS_DIMENSIONS, type StatsReply, type StatsShare, statsQuery, statsReply } from '@hallpass/shared/stats.ts';

import type { AppContext } from '../context.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { periodOf } from '../lib/periods.ts';
import { addUp, byDay, hoursSince, lastDays, percentile, totalOf, within } from './rules.ts';
import { countActive, hourlySums, type Hours, largest, latestTimes, namesOf } from './store.ts';

const SHARES_SHOWN = 20;
const TIMES_LOOKED_AT = 500;
const DAYS = { '7d': 7, '30d': 30, '90d': 90 } as const;

export const statsRoutes: readonly Route[] = [
  defineRoute({
    method: 'get',
    path: '/api/admin/stats',
    guard: 'admin',
    tag: 'statistics',
    summary: 'Calls, tokens, people and spend: today, this week, this month, by day and by model, channel, class …',
    query: statsQuery,
    response: statsReply,
    handler: ({ ctx, query }) => stats(ctx, DAYS[query.range]),
  }),
];

async function stats(ctx: AppContext, dayCount: number): Promise<StatsReply> {
  const { db, config, clock } = ctx;
  const timeZone = config.TIME_ZONE;
  const now = clock.now();
  const startOf = (period: string) => hoursSince(periodOf(period, 0, timeZone, now).start, now);
  const periods = { today: startOf('1d'), week: startOf('1w'), month: startOf('1mo') };
  const days = lastDays(dayCount, timeZone, now);
  const range = hoursSince(days[0]!.start, now);
  const all = { from: Math.min(range.from, periods.week.from, periods.month.from), until: range.until };
  const rows = await hourlySums(db, all);
  const periodOfHours = async (hours: Hours) => ({
    ...totalOf(addUp(within(rows, hours))),
    active_users: await countActive(db, hours),
  });
  return {
    time_zone: timeZone,
    today: await periodOfHours(periods.today),
    week: await periodOfHours(periods.week),
    month: await periodOfHours(periods.month),
    trend: byDay(days, rows, timeZone),
    shares: await shares(ctx, range),
    live: ctx.shutdown.inFlight,
    latency: await latency(ctx),
  };
}

async function shares({ db }: AppContext, hours: Hours): Promise<StatsReply['shares']> {
  const entries: [string, StatsShare[]][] = [];
  for (const dimension of STATS_DIMENSIONS) {
    const rows = await largest(db, dimension, hours, SHARES_SHOWN);
    const ids = rows.map(({ id }) => id);
    const names = await namesOf(db, dimension, ids);
    entries.push([dimension, rows.map(({ id, ...sum }) => ({ id, name: names.get(id) ?? id, ...totalOf(sum) }))]);
  }
  return Object.fromEntries(entries) as StatsReply['shares'];
}

async function latency({ db }: AppContext): Promise<StatsReply['latency']> {
  const times = await latestTimes(db, TIMES_LOOKED_AT);
  const until = (end: (row: (typeof times)[number]) => number | null) =>
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
