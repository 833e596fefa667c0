// Requirements 003 and 004: quotas of users, agents, kept content under its policy, and the documents' table names
// as read-only views.
import { type Kysely, sql } from 'kysely';

import { permissions } from '../0001-initial/columns.ts';
import { views } from './views.ts';

const statements: readonly string[] = [
  ...permissions.split(',').map((column) => `alter table users add column ${column.trim()}`),
  `alter table calls add column template_id text`,
  `alter table call_contents add column params_json text`,
  `alter table call_contents add column response_text text`,
  `alter table call_contents add column policy text not null default 'full'`,
  `alter table call_contents add column truncated integer not null default 0`,
  `create table agents (
    id text not null primary key,
    user_id text not null references users(id) on delete cascade,
    name text not null,
    description text,
    model text not null,
    system_prompt text,
    parameters text not null,
    created_at bigint not null,
    updated_at bigint not null,
    unique (user_id, name)
  )`,
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of [...statements, ...views(db)]) await sql.raw(statement).execute(db);
}
