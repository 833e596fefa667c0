// Where server processes keep their limits, and what each had counted when that changed.
import { type Kysely, sql } from 'kysely';

const statements: readonly string[] = [
  `create table limit_epochs (
    id integer not null primary key,
    epoch bigint not null,
    store text not null,
    run_id text not null,
    participants text
  )`,
  `insert into limit_epochs (id, epoch, store, run_id, participants) values (1, 1, 'memory', '', null)`,
  `create table limit_members (
    id text not null primary key,
    epoch bigint not null,
    redis_ok integer not null,
    seen_at bigint not null,
    left_at bigint,
    posted_at bigint not null,
    counted text not null
  )`,
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
