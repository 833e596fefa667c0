// How many of a call's prompt tokens were heard: they have a price of their own, so a row is not added up without them.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  for (const table of ['calls', 'attempts'])
    await sql.raw(`alter table ${table} add column audio_tokens integer not null default 0`).execute(db);
}
