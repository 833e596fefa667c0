// Reads the roll-ups, which the ledger writes with every settle, and their sums; never the calls but for latency.
import type { Kysely } from 'kysely';

import type { Schema } from '../db/schema.ts';
import type { Added, Source, Unit } from './days.ts';
import type { Hours, Sum } from './sums.ts';

type Db = Kysely<Schema>;

const SUMS = ['calls', 'errors', 'promptTokens', 'completionTokens', 'costNanos'] as const;

/** One row an hour, of everything. */
export async function hourlySums(db: Db, { from, until }: Hours): Promise<(Sum & { hour: number })[]> {
  const rows = await db
    .selectFrom('usageRollups')
    .where('dimension', '=', 'all')
    // All there is of this dimension; it makes the index by dimension fit.
    .where('dimensionId', '=', '')
    .where('hour', '>=', from)
    .where('hour', '<', until)
    .select(['hour', ...SUMS])
    .execute();
  return rows.map((row) => ({ hour: row.hour, ...numbers(row) }));
}

/** The sums of everything for each day and week that has been added up. @param since ISO date. */
export async function addedSums(db: Db, timeZone: string, since: string): Promise<Added> {
  const rows = await db
    .selectFrom('usageSums')
    .where('dimension', '=', 'all')
    .where('timeZone', '=', timeZone)
    .where('unit', 'in', ['day', 'week'])
    .where('day', '>=', since)
    .select(['unit', 'day', ...SUMS])
    .execute();
  const of = (unit: Unit) =>
    new Map(rows.filter((row) => row.unit === unit).map((row) => [row.day, numbers(row)] as const));
  return { day: of('day'), week: of('week') };
}

/** The sums of each id of a dimension; an id may come several times, of its weeks, its days and its hours. */
export async function sumsOf(db: Db, dimension: string, source: Source): Promise<(Sum & { id: string })[]> {
  const ofUnit = async (unit: Unit) =>
    addedIn(db, [dimension], unit, source)
      ?.select('dimensionId as id')
      .select((eb) => SUMS.map((name) => eb.fn.sum<number>(name).as(name)))
      .groupBy('dimensionId')
      .execute() ?? [];
  const ofHours = hoursIn(db, [dimension], source)
    ?.select('dimensionId as id')
    .select((eb) => SUMS.map((name) => eb.fn.sum<number>(name).as(name)))
    .groupBy('dimensionId')
    .execute();
  const found = await Promise.all([ofUnit('week'), ofUnit('day'), ofHours ?? []]);
  return found.flat().map((row) => ({ id: row.id, ...numbers(row) }));
}

/** When each user and each pass last called: the hour, or the first day of what was added up. */
export async function lastCalls(db: Db, source: Source): Promise<{ id: string; last: string | number }[]> {
  const ofUnit = async (unit: Unit) =>
    addedIn(db, WHO, unit, source)
      ?.select((eb) => ['dimensionId as id', eb.fn.max('day').as('last')])
      .groupBy('dimensionId')
      .execute() ?? [];
  const ofHours = hoursIn(db, WHO, source)
    ?.select((eb) => ['dimensionId as id', eb.fn.max('hour').as('last')])
    .groupBy('dimensionId')
    .execute();
  return (await Promise.all([ofUnit('week'), ofUnit('day'), ofHours ?? []])).flat();
}

const WHO = ['user', 'pass'];

function addedIn(db: Db, dimensions: string[], unit: Unit, source: Source) {
  if (source[unit].length === 0) return undefined;
  return db
    .selectFrom('usageSums')
    .where('dimension', 'in', dimensions)
    .where('timeZone', '=', source.timeZone)
    .where('unit', '=', unit)
    .where('day', 'in', source[unit]);
}

function hoursIn(db: Db, dimensions: string[], { hours }: Source) {
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
