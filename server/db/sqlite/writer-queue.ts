// What the writer's queue holds, and which of it may be given up.
import { unusedSettle } from '../../ledger/unused-settle.ts';
import { fromSqlite } from '../database-error.ts';
import type { WriterOp, WriterResult } from './protocol.ts';

export interface Queued {
  op: WriterOp;
  /** When it came, on the monotonic clock. */
  at: number;
}

/** A cancel's id: nobody waits for its answer. */
const NOBODY = 0;

export function isOpen(op: WriterOp): boolean {
  return op.kind === 'ledger' && op.op.kind === 'open';
}

/** The operations that are never given up. */
export function isSettle(op: WriterOp): boolean {
  return op.kind === 'ledger' && op.op.kind === 'settle';
}

/**
 * A commit that failed may be on disk all the same. The caller of an open was told that it failed, so its row, if
 * there is one, is ended without a charge.
 */
export function cancelOf(op: WriterOp): WriterOp | undefined {
  if (op.kind !== 'ledger' || op.op.kind !== 'open') return undefined;
  return { id: NOBODY, kind: 'ledger', op: unusedSettle(op.op.call) };
}

export function failure(id: number, error: unknown): WriterResult {
  const { problem, message, column } = fromSqlite(error);
  return { id, ok: false, problem, message, ...(column ? { column } : {}) };
}
