// Models that answer in a model's place while none of its own routes does.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql.raw(`alter table models add column fallbacks text not null default '[]'`).execute(db);
}
