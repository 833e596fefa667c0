// What a server process's own clock showed when it was last seen: its calls are stamped by that clock.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql.raw('alter table limit_members add column clock_at bigint not null default 0').execute(db);
}
