// The audit table, and its head: a row of `settings` that names the newest entry and serialises writers.
import type { Kysely } from 'kysely';

import type { Schema } from '../db/schema.ts';
import type { AuditTable } from '../db/tables/system.ts';
import { FIRST_HASH } from './rules.ts';

type Db = Kysely<Schema>;

const HEAD = 'internal.audit_head';

/** Writing to the head's row locks it until the transaction ends, on both engines. */
export async function lockAuditHead(db: Db, now: number): Promise<{ seq: number; hash: string }> {
  const { value } = await db
    .insertInto('settings')
    .values({ key: HEAD, value: `0:${FIRST_HASH}`, updatedAt: now, updatedBy: null })
    .onConflict((on) => on.column('key').doUpdateSet({ updatedBy: null }))
    .returning('value')
    .executeTakeFirstOrThrow();
  const [seq, hash] = value.split(':') as [string, string];
  return { seq: Number(seq), hash };
}

export async function updateAuditHead(db: Db, row: AuditTable): Promise<void> {
  const head = { value: `${row.seq}:${row.hash}`, updatedAt: row.at };
  await db.updateTable('settings').set(head).where('key', '=', HEAD).execute();
}

export async function insertAudit(db: Db, row: AuditTable): Promise<void> {
  await db.insertInto('audit').values(row).execute();
}

export async function listAuditAfter(db: Db, seq: number, limit: number): Promise<AuditTable[]> {
  return db.selectFrom('audit').selectAll().where('seq', '>', seq).orderBy('seq').limit(limit).execute();
}
