// The audit log: who changed or read what. Each row carries the hash of the one before it, so that a changed,
// removed or inserted row is found by `findAuditDamage`.
import type { Kysely } from 'kysely';

import type { AppContext } from '../context.ts';
import type { Schema } from '../db/schema.ts';
import { type AuditEntry, FIRST_HASH, hashOf, toRow } from './rules.ts';
import { insertAudit, listAuditAfter, lockAuditHead, updateAuditHead } from './store.ts';

export type { AuditEntry } from './rules.ts';

const BATCH = 500;

/**
 * Appends a row. With a transaction the row stands or falls with it: pass the one that makes the change,
 * as its last statement, for the row before this one stays locked until the commit.
 * `detail` must hold no secret.
 */
export async function recordAudit(
  ctx: Pick<AppContext, 'db' | 'clock' | 'ids'>,
  entry: AuditEntry,
  db: Kysely<Schema> = ctx.db,
): Promise<void> {
  if (!db.isTransaction) return db.transaction().execute((trx) => recordAudit(ctx, entry, trx));
  const now = ctx.clock.now();
  const head = await lockAuditHead(db, now);
  const row = toRow(entry, { id: ctx.ids.next('audit'), at: now, seq: head.seq + 1, previousHash: head.hash });
  await insertAudit(db, row);
  await updateAuditHead(db, row);
}

export interface AuditDamage {
  /** The number of the first row that does not fit. */
  seq: number;
  problem: 'changed' | 'missing';
}

/** Walks the whole chain in batches. @returns undefined when every row fits. */
export async function findAuditDamage(db: Kysely<Schema>): Promise<AuditDamage | undefined> {
  const head = await db.transaction().execute((trx) => lockAuditHead(trx, 0));
  let seq = 0;
  let previousHash = FIRST_HASH;
  for (;;) {
    const rows = await listAuditAfter(db, seq, BATCH);
    for (const row of rows) {
      if (row.seq !== seq + 1) return { seq: seq + 1, problem: 'missing' };
      if (row.previousHash !== previousHash || row.hash !== hashOf(row)) return { seq: row.seq, problem: 'changed' };
      if (row.seq === head.seq && row.hash !== head.hash) return { seq: row.seq, problem: 'changed' };
      ({ seq, hash: previousHash } = row);
    }
    if (rows.length < BATCH) break;
  }
  if (seq < head.seq) return { seq: seq + 1, problem: 'missing' };
  // Rows that came in meanwhile moved the head with them; one that was put in behind it did not.
  const { seq: newest } = await db.transaction().execute((trx) => lockAuditHead(trx, 0));
  return seq > newest ? { seq: newest + 1, problem: 'changed' } : undefined;
}
