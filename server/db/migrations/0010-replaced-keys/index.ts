// Keys that a newer one has replaced, while they are still good.
import { type Kysely, sql } from 'kysely';

const statements: readonly string[] = [
  `create table replaced_keys (
    token_hash text not null primary key,
    pass_id text not null references passes(id) on delete cascade,
    valid_until bigint not null,
    created_at bigint not null
  )`,
  `create index replaced_keys_pass_id on replaced_keys (pass_id)`,
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
