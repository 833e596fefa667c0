// The ledger inside the writer thread: applies operations to the open transaction.
import type { Database } from 'bun:sqlite';

import type { LedgerOp, LedgerReply } from './ledger.ts';

export class LedgerEngine {
  constructor(
    readonly db: Database,
    /** Answers an operation that `apply` left waiting. */
    readonly answerLater: (id: number, reply: LedgerReply) => void,
  ) {}

  /** Applies one operation; undefined = it waits in line and is answered later. */
  apply(_id: number, _op: LedgerOp): { reply: LedgerReply } | undefined {
    throw new Error('not built yet');
  }

  /** Writes what `apply` kept in memory; runs inside the transaction, before its commit. */
  flush(): void {}

  /** Forgets everything kept in memory, after a rollback. */
  forget(): void {}
}
