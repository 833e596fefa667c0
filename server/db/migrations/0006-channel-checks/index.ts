// What the last health check of a channel found.
import { type Kysely, sql } from 'kysely';

const COLUMNS = ['last_check_at bigint', 'last_check_ms integer', 'last_check_error text'];

export async function up(db: Kysely<never>): Promise<void> {
  for (const column of COLUMNS) await sql.raw(`alter table channels add column ${column}`).execute(db);
}
