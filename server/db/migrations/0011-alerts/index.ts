// What administrators are told of, and whether the message arrived.
import { type Kysely, sql } from 'kysely';

const statements: readonly string[] = [
  `create table alerts (
    id text not null primary key,
    kind text not null,
    level text not null,
    subject_id text not null,
    subject_name text not null,
    detail text not null,
    raised_at bigint not null,
    resolved_at bigint
  )`,
  // One of a kind at a time, however many servers look.
  `create unique index alerts_open on alerts (kind, subject_id) where resolved_at is null`,
  `create index alerts_raised_at on alerts (raised_at)`,
  `create table alert_messages (
    id text not null primary key,
    target text not null,
    body text not null,
    tries integer not null,
    next_try_at bigint not null,
    created_at bigint not null,
    ended_at bigint,
    error text
  )`,
  `create index alert_messages_due on alert_messages (next_try_at) where ended_at is null`,
  `create index alert_messages_target_created_at on alert_messages (target, created_at)`,
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
