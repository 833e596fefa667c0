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

export interface AuditFilter {
  actor?: string | undefined;
  action?: string | undefined;
  target?: string | undefined;
  /** Rows older than this number. */
  before?: number | undefined;
}

/** Newest first. */
export function listAudit(
  db: Db,
  { actor, action, target, before }: AuditFilter,
  limit: number,
): Promise<AuditTable[]> {
  let query = db.selectFrom('audit').selectAll();
  if (actor !== undefined) query = query.where('actorId', '=', actor);
  if (action?.includes('.')) query = query.where('action', '=', action);
  else if (action !== undefined) query = query.where('action', '>=', `${action}.`).where('action', '<', `${action}/`);
  if (target !== undefined) query = query.where('targetId', '=', target);
  if (before !== undefined) query = query.where('seq', '<', before);
  return query.orderBy('seq', 'desc').limit(limit).execute();
}
