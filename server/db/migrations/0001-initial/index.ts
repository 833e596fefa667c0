// The whole first schema as plain DDL that both engines take: only text, integer, bigint and real.
import { type Kysely, sql } from 'kysely';

import { statements as gateway } from './gateway.ts';
import { statements as learning } from './learning.ts';
import { statements as ledger } from './ledger.ts';
import { statements as people } from './people.ts';
import { statements as system } from './system.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...people, ...gateway, ...ledger, ...learning, ...system]) {
    await sql.raw(statement).execute(db);
  }
}
