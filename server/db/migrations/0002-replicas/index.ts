// Which server processes work on this database, and which of them a call belongs to.
import { type Kysely, sql } from 'kysely';

const statements: readonly string[] = [
  `create table replicas (
    id text not null primary key,
    host text not null,
    pid integer not null,
    started_at bigint not null,
    seen_at bigint not null,
    last_group bigint not null
  )`,
  `alter table calls add column owner text`,
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
