// Reads the roll-ups, which the ledger writes with every settle, and their days; never the calls but for latency.
import type { Kysely } from 'kysely';

import type { Schema } from '../db/schema.ts';
import type { Source } from './days.ts';
import type { Hours, Sum } from './sums.ts';

type Db = Kysely<Schema>;

const SUMS = ['calls', 'errors', 'promptTokens', 'completionTokens', 'costNanos'] as const;

/** One row an hour, of everything. */
export async function hourlySums(db: Db, { from, until }: Hours): Promise<(Sum & { hour: number })[]> {
  const rows = await db
    .selectFrom('usageRollups')
    .where('dimension', '=', 'all')
    .where('hour', '>=', from)
    .where('hour', '<', until)
    .select(['hour', ...SUMS])
    .execute();
  return rows.map((row) => ({ hour: row.hour, ...numbers(row) }));
}

/** One row a day that has been added up, of everything. @param since ISO date. */
export async function dailySums(db: Db, timeZone: string, since: string): Promise<(Sum & { day: string })[]> {
  const rows = await db
    .selectFrom('usageDaily')
    .where('dimension', '=', 'all')
    .where('timeZone', '=', timeZone)
    .where('day', '>=', since)
    .select(['day', ...SUMS])
    .execute();
  return rows.map((row) => ({ day: row.day, ...numbers(row) }));
}

/** The sums of each id of a dimension; an id that has both comes twice, once of its days and once of its hours. */
export async function sumsOf(db: Db, dimension: string, source: Source): Promise<(Sum & { id: string })[]> {
  const ofDays = daysOf(db, [dimension], source)
    ?.select('dimensionId as id')
    .select((eb) => SUMS.map((name) => eb.fn.sum<number>(name).as(name)));
  const ofHours = hoursOf(db, [dimension], source)
    ?.select('dimensionId as id')
    .select((eb) => SUMS.map((name) => eb.fn.sum<number>(name).as(name)));
  const found = await Promise.all([
    ofDays?.groupBy('dimensionId').execute() ?? [],
    ofHours?.groupBy('dimensionId').execute() ?? [],
  ]);
  return found.flat().map((row) => ({ id: row.id, ...numbers(row) }));
}

/** When each user and each pass last called: the day as its days know it, the hour as its hours do. */
export async function lastCalls(db: Db, source: Source): Promise<{ id: string; last: string | number }[]> {
  const ofDays = daysOf(db, WHO, source)?.select((eb) => ['dimensionId as id', eb.fn.max('day').as('last')]);
  const ofHours = hoursOf(db, WHO, source)?.select((eb) => ['dimensionId as id', eb.fn.max('hour').as('last')]);
  const found = await Promise.all([
    ofDays?.groupBy('dimensionId').execute() ?? [],
    ofHours?.groupBy('dimensionId').execute() ?? [],
  ]);
  return found.flat();
}

const WHO = ['user', 'pass'];

function daysOf(db: Db, dimensions: string[], { timeZone, days }: Source) {
  if (days.length === 0) return undefined;
  return db
    .selectFrom('usageDaily')
    .where('dimension', 'in', dimensions)
    .where('timeZone', '=', timeZone)
    .where('day', 'in', days);
}

function hoursOf(db: Db, dimensions: string[], { hours }: Source) {
  if (hours.length === 0) return undefined;
  return db
    .selectFrom('usageRollups')
    .where('dimension', 'in', dimensions)
    .where((eb) => eb.or(hours.map(({ from, until }) => eb.and([eb('hour', '>=', from), eb('hour', '<', until)]))));
}

/** PostgreSQL adds whole numbers up to another type. */
function numbers(row: Record<(typeof SUMS)[number], unknown>): Sum {
  return Object.fromEntries(SUMS.map((name) => [name, Number(row[name] ?? 0)])) as unknown as Sum;
}

/** Times of the latest calls that ended well, in no order. */
export function latestTimes(db: Db, limit: number) {
  return db
    .selectFrom('calls')
    .select(['channelId', 'openedAt', 'firstByteAt', 'settledAt'])
    .where('status', '=', 'success')
    .where('kind', '=', 'question')
    .orderBy('openedAt', 'desc')
    .limit(limit)
    .execute();
}
