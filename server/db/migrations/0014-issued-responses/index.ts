// To whom an upstream's response was given: only that caller may name it in a later request.
import { type Kysely, sql } from 'kysely';

const statements: readonly string[] = [
  `create table issued_responses (
    owner text not null,
    response_id text not null,
    route_id text not null,
    channel_key_id text,
    tokens bigint not null,
    created_at bigint not null,
    primary key (owner, response_id)
  )`,
  `create index issued_responses_created_at on issued_responses (created_at)`,
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
