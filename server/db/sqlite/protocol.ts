// What the main thread and the writer thread say to each other. One message carries a batch either way.
import type { LedgerOp, LedgerReply } from '../../ledger/ledger.ts';
import type { DatabaseProblem } from '../database-error.ts';

export interface WriterOptions {
  path: string;
  /** `full`: fsync on every commit; `normal`: a power cut may lose the last commits. */
  sync: 'full' | 'normal';
  /** How long a lock held by another process is waited for. */
  busyTimeoutMs: number;
}

export interface QueryRows {
  rows: unknown[];
  changes: number;
}

/** What the writer thread is asked to do; `id` comes back with the result. `transaction` = the id of its `begin`. */
export type WriterOp = { id: number } & (
  | { kind: 'exec'; sql: string; params: readonly unknown[] }
  | { kind: 'begin' }
  | { kind: 'query'; transaction: number; sql: string; params: readonly unknown[] }
  | { kind: 'commit'; transaction: number }
  | { kind: 'rollback'; transaction: number }
  | { kind: 'ledger'; op: LedgerOp }
  | { kind: 'close' }
);

export type WriterResult =
  | { id: number; ok: true; value?: QueryRows | LedgerReply }
  | { id: number; ok: false; problem: DatabaseProblem; message: string; column?: string };
