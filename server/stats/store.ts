// Reads the hourly roll-ups, which the ledger writes with every settle; never the calls themselves but for latency.
import type { Kysely } from 'kysely';

import type { Schema } from '../db/schema.ts';

type Db = Kysely<Schema>;

export interface Sum {
  calls: number;
  errors: number;
  promptTokens: number;
  completionTokens: number;
  costNanos: number;
}

export interface Hours {
  /** UTC hours: from, inclusive; until, exclusive. */
  from: number;
  until: number;
}

const SUMS = ['calls', 'errors', 'promptTokens', 'completionTokens', 'costNanos'] as const;

/** One row an hour, of everything. */
export async function hourlySums(db: Db, hours: Hours): Promise<(Sum & { hour: number })[]> {
  const rows = await inHours(db, hours)
    .where('dimension', '=', 'all')
    .select(['hour', ...SUMS])
    .execute();
  return rows.map((row) => ({ ...row, ...numbers(row) }));
}

/** The largest of a dimension by cost, then by calls. */
export async function largest(
  db: Db,
  dimension: string,
  hours: Hours,
  limit: number,
): Promise<(Sum & { id: string })[]> {
  const rows = await inHours(db, hours)
    .where('dimension', '=', dimension)
    .select('dimensionId as id')
    .select((eb) => SUMS.map((name) => eb.fn.sum<number>(name).as(name)))
    .groupBy('dimensionId')
    .orderBy('costNanos', 'desc')
    .orderBy('calls', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ id: row.id, ...numbers(row) }));
}

/** Different users and passes that called. */
export async function countActive(db: Db, hours: Hours): Promise<number> {
  const { count } = await inHours(db, hours)
    .where('dimension', 'in', ['user', 'pass'])
    .select((eb) => eb.fn.count<number>('dimensionId').distinct().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

function inHours(db: Db, { from, until }: Hours) {
  return db.selectFrom('usageRollups').where('hour', '>=', from).where('hour', '<', until);
}

/** PostgreSQL adds whole numbers up to another type. */
function numbers(row: Record<(typeof SUMS)[number], unknown>): Sum {
  return Object.fromEntries(SUMS.map((name) => [name, Number(row[name] ?? 0)])) as unknown as Sum;
}

/** Times of the latest calls that ended well, in no order. */
export function latestTimes(db: Db, limit: number) {
  return db
    .selectFrom('calls')
    .select(['openedAt', 'firstByteAt', 'settledAt'])
    .where('status', '=', 'success')
    .where('kind', '=', 'question')
    .orderBy('openedAt', 'desc')
    .limit(limit)
    .execute();
}

const NAMES = {
  channel: ['channels', 'name'],
  classroom: ['classrooms', 'name'],
  plan: ['plans', 'name'],
} as const;

/** What the ids of a dimension are called today; what is gone keeps its id. */
export async function namesOf(db: Db, dimension: string, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await nameRows(db, dimension, ids);
  return new Map(rows.flatMap(({ id, name }) => (name ? [[id, name]] : [])));
}

async function nameRows(
  db: Db,
  dimension: string,
  ids: readonly string[],
): Promise<{ id: string; name: string | null }[]> {
  if (dimension === 'model') return [];
  if (dimension === 'user')
    return db
      .selectFrom('users')
      .select((eb) => ['id', eb.fn.coalesce('displayName', 'username', 'email').as('name')])
      .where('id', 'in', ids)
      .execute();
  if (dimension === 'pass')
    return db
      .selectFrom('passes')
      .select((eb) => ['id', eb.fn.coalesce('alias', 'publicId').as('name')])
      .where('id', 'in', ids)
      .execute();
  const [table, name] = NAMES[dimension as keyof typeof NAMES];
  return db
    .selectFrom(table)
    .select(['id', `${name} as name`])
    .where('id', 'in', ids)
    .execute();
}
