// /api/admin/stats: what was called, by whom, and what it cost.
import { STATS_DIMENSIONS, type StatsReply, type StatsShare, statsQuery, statsReply } from '@hallpass/shared/stats.ts';

import type { AppContext } from '../context.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { periodOf } from '../lib/periods.ts';
import { type Day, hoursSince, lastDays, type Source, sourceOf, sumsOfEach } from './days.ts';
import { latencyOf } from './latency.ts';
import { namesOf } from './names.ts';
import { addedSums, hourlySums, lastCalls, latestTimes, sumsOf } from './store.ts';
import { addUp, type Hours, largestOf, totalOf, within } from './sums.ts';

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
  const days = lastDays(Math.max(dayCount, DAYS_MIN), timeZone, now);
  const hourly = await hourlySums(db, { from: days[0]!.from, until: days.at(-1)!.until });
  const added = await addedSums(db, timeZone, days[0]!.day);
  const sums = sumsOfEach(days, hourly);
  // Weeks do not tell which of their days it was.
  const byDay = sourceOf(timeZone, sums.slice(-DAYS_MIN), { ...added, week: new Map() });
  const lastHours = await lastHourOfEach(ctx, byDay, days);
  const periodOfHours = (hours: Hours) => ({
    ...totalOf(addUp(within(hourly, hours))),
    active_users: lastHours.filter((hour) => hour >= hours.from).length,
  });
  const range = sums.slice(-dayCount);
  return {
    time_zone: timeZone,
    today: periodOfHours(startOf('1d')),
    week: periodOfHours(startOf('1w')),
    month: periodOfHours(startOf('1mo')),
    trend: range.map((sum) => ({ day: sum.day, ...totalOf(sum) })),
    shares: await shares(ctx, sourceOf(timeZone, range, added)),
    live: shutdown.inFlight,
    latency: await latency(ctx),
  };
}

/** The UTC hour in which each user and pass last called; of a day that was added up, its first. */
async function lastHourOfEach({ database }: AppContext, source: Source, days: readonly Day[]): Promise<number[]> {
  const starts = new Map(days.map(({ day, from }) => [day, from]));
  const last = new Map<string, number>();
  for (const row of await lastCalls(database.reports.db, source)) {
    const hour = typeof row.last === 'number' ? row.last : starts.get(row.last)!;
    last.set(row.id, Math.max(hour, last.get(row.id) ?? 0));
  }
  return [...last.values()];
}

async function shares({ database, db }: AppContext, source: Source): Promise<StatsReply['shares']> {
  const entries: [string, StatsShare[]][] = [];
  for (const dimension of STATS_DIMENSIONS) {
    const rows = largestOf(await sumsOf(database.reports.db, dimension, source), SHARES_SHOWN);
    const names = await namesOf(
      db,
      dimension,
      rows.map(({ id }) => id),
    );
    entries.push([dimension, rows.map(({ id, ...sum }) => ({ id, name: names.get(id) ?? id, ...totalOf(sum) }))]);
  }
  return Object.fromEntries(entries) as StatsReply['shares'];
}

async function latency({ database, db }: AppContext): Promise<StatsReply['latency']> {
  const times = await latestTimes(database.reports.db, TIMES_LOOKED_AT);
  const channels = new Set(times.flatMap(({ channelId }) => channelId ?? []));
  return latencyOf(times, await namesOf(db, 'channel', [...channels]));
}
