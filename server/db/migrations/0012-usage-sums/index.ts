// The hourly roll-ups of a calendar day or week added up, so that a report of three months reads weeks. On SQLite the rows
// lie in the order of their key: a report reads a stretch of the file.
import { type Kysely, PostgresAdapter, sql } from 'kysely';

const table = `create table usage_sums (
    dimension text not null,
    time_zone text not null,
    unit text not null check (unit in ('day', 'week')),
    day text not null,
    dimension_id text not null,
    calls bigint not null,
    errors bigint not null,
    prompt_tokens bigint not null,
    completion_tokens bigint not null,
    cost_nanos bigint not null,
    primary key (dimension, time_zone, unit, day, dimension_id)
  )`;

export async function up(db: Kysely<never>): Promise<void> {
  const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter;
  await sql.raw(isPostgres ? table : `${table} without rowid`).execute(db);
}
