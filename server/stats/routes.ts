// /api/admin/stats: what was called, by whom, and what it cost.
import { STATS_DIMENSIONS, type StatsReply, type StatsShare, statsQuery, statsReply } from '@hallpass/shared/stats.ts';

import type { AppContext } from '../context.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { periodOf } from '../lib/periods.ts';
import { hoursSince, lastDays, type Source, sourceOf, sumsOfEach } from './days.ts';
import { latencyOf } from './latency.ts';
import { namesOf } from './names.ts';
import { activeSince, addedSums, hourlySums, latestTimes, sumsOf } from './store.ts';
import { addUp, type Hours, totalOf, within } from './sums.ts';

const SHARES_SHOWN = 20;
const TIMES_LOOKED_AT = 500;
const DAYS = { '7d': 7, '30d': 30, '90d': 90 } as const;
/** Enough for the days of this month and of this week. */
const DAYS_MIN = 31;

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
  const { config, clock, shutdown, database } = ctx;
  const { db } = database.reports;
  const timeZone = config.TIME_ZONE;
  const now = clock.now();
  const startOf = (period: string) => hoursSince(periodOf(period, 0, timeZone, now).start, now);
  const [today, week, month] = [startOf('1d'), startOf('1w'), startOf('1mo')];
  const days = lastDays(Math.max(dayCount, DAYS_MIN), timeZone, now);
  const [hourly, added] = await Promise.all([
    hourlySums(db, { from: days[0]!.from, until: days.at(-1)!.until }),
    addedSums(db, timeZone, days[0]!.day),
  ]);
  const sums = sumsOfEach(days, hourly);
  const range = sums.slice(-dayCount);
  // A whole week in it lies in this month and before this week, so that its first day tells as much as the day itself.
  const recent = sums.filter(({ from }) => from >= Math.min(week.from, month.from));
  const dayOf = ({ from }: Hours) => days.find((day) => day.from >= from)!;
  const [active, shared, times] = await Promise.all([
    activeSince(db, sourceOf(timeZone, recent, added), [today, week, month].map(dayOf)),
    shares(ctx, sourceOf(timeZone, range, added)),
    latency(ctx),
  ]);
  const [ofToday, ofWeek, ofMonth] = [today, week, month].map((hours, index) => ({
    ...totalOf(addUp(within(hourly, hours))),
    active_users: active[index]!,
  }));
  return {
    time_zone: timeZone,
    today: ofToday!,
    week: ofWeek!,
    month: ofMonth!,
    trend: range.map((sum) => ({ day: sum.day, ...totalOf(sum) })),
    shares: shared,
    live: shutdown.inFlight,
    latency: times,
  };
}

async function shares(ctx: AppContext, source: Source): Promise<StatsReply['shares']> {
  const entries = await Promise.all(
    STATS_DIMENSIONS.map(async (dimension) => [dimension, await sharesOf(ctx, dimension, source)] as const),
  );
  return Object.fromEntries(entries) as StatsReply['shares'];
}

async function sharesOf({ database, db }: AppContext, dimension: string, source: Source): Promise<StatsShare[]> {
  const rows = await sumsOf(database.reports.db, dimension, source, SHARES_SHOWN);
  const ids = rows.map(({ id }) => id);
  const names = await namesOf(db, dimension, ids);
  return rows.map(({ id, ...sum }) => ({ id, name: names.get(id) ?? id, ...totalOf(sum) }));
}

async function latency({ database, db }: AppContext): Promise<StatsReply['latency']> {
  const times = await latestTimes(database.reports.db, TIMES_LOOKED_AT);
  const channels = new Set(times.flatMap(({ channelId }) => channelId ?? []));
  return latencyOf(times, await namesOf(db, 'channel', [...channels]));
}
