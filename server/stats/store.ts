// Reads the roll-ups, which the ledger writes with every settle, and their sums; never the calls but for latency.
import { type Kysely, type RawBuilder, sql } from 'kysely';

import type { Schema } from '../db/schema.ts';
import type { Added, Day, Source, Unit } from './days.ts';
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

/** The sums of each id of a dimension: the most expensive first, then the most called. */
export async function sumsOf(
  db: Db,
  dimension: string,
  source: Source,
  limit = Infinity,
): Promise<(Sum & { id: string })[]> {
  const sums = sql`sum(calls) as calls, sum(errors) as errors, sum(prompt_tokens) as prompt_tokens,
    sum(completion_tokens) as completion_tokens, sum(cost_nanos) as cost_nanos`;
  const parts = partsOf([dimension], source, { ofUnits: sums, ofHours: sums });
  if (!parts) return [];
  const { rows } = await sql<Record<(typeof SUMS)[number], unknown> & { id: string }>`
    select dimension_id as id, ${sums} from (${parts}) as part group by dimension_id
    order by cost_nanos desc, calls desc, dimension_id
    ${Number.isFinite(limit) ? sql`limit ${sql.lit(limit)}` : sql``}`.execute(db);
  return rows.map((row) => ({ id: row.id, ...numbers(row) }));
}

/** Since when somebody counts as active, as the day and as the hour it begins with. */
export type Since = Pick<Day, 'day' | 'from'>;

/** How many users and passes called since each of these moments, which lie in the source. */
export async function activeSince(db: Db, source: Source, moments: readonly Since[]): Promise<number[]> {
  const columns = moments.map((_, index) => sql.ref(`since_${index}`));
  const flags = (isSince: (moment: Since) => RawBuilder<unknown>) =>
    sql.join(moments.map((moment, i) => sql`max(case when ${isSince(moment)} then 1 else 0 end) as ${columns[i]}`));
  const parts = partsOf(['user', 'pass'], source, {
    ofUnits: flags(({ day }) => sql`day >= ${day}`),
    ofHours: flags(({ from }) => sql`hour >= ${from}`),
  });
  if (!parts) return moments.map(() => 0);
  const [own, all] = ['max', 'sum'].map((add) =>
    sql.join(columns.map((name) => sql`${sql.raw(add)}(${name}) as ${name}`)),
  );
  const { rows } = await sql<Record<string, unknown>>`
    select ${all} from (select ${own} from (${parts}) as part group by dimension_id) as active`.execute(db);
  return Object.values(rows[0]!).map((count) => Number(count ?? 0));
}

/**
 * A row for each id and part of a source: of its weeks, of its days, of its hours. What is grouped again afterwards is
 * that much smaller. undefined: the source is empty.
 */
function partsOf(dimensions: string[], source: Source, columns: { ofUnits: Fragment; ofHours: Fragment }) {
  const among = sql`dimension in (${sql.join(dimensions)})`;
  const parts = (['week', 'day'] as const)
    .filter((unit) => source[unit].length > 0)
    .map(
      (unit) => sql`
        select dimension_id, ${columns.ofUnits} from usage_sums
        where ${among} and time_zone = ${source.timeZone} and unit = ${unit} and day in (${sql.join(source[unit])})
        group by dimension_id`,
    );
  const stretches = source.hours.map(({ from, until }) => sql`(hour >= ${from} and hour < ${until})`);
  if (stretches.length > 0)
    parts.push(sql`
      select dimension_id, ${columns.ofHours} from usage_rollups
      where ${among} and (${sql.join(stretches, sql` or `)}) group by dimension_id`);
  return parts.length === 0 ? undefined : sql.join(parts, sql` union all `);
}

type Fragment = RawBuilder<unknown>;

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
