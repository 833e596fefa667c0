// How many calls and tokens of an account are of rows that retention has folded away, beside what they cost.
import { type Kysely, sql } from 'kysely';

const COLUMNS = ['carried_calls', 'carried_prompt_tokens', 'carried_completion_tokens'];

export async function up(db: Kysely<never>): Promise<void> {
  for (const column of COLUMNS)
    await sql.raw(`alter table accounts add column ${column} bigint not null default 0`).execute(db);
}
