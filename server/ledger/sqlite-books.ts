// The ledger's tables on one SQLite connection. Memory is ahead of the tables only inside a transaction; `flush`
// brings them level before the commit.
import type { Statement } from 'bun:sqlite';

import type { Statements } from '../db/sqlite/statements.ts';
import { type EngineBooks, LedgerBooks } from './books.ts';
import type { RecoverOp, RecoverReply } from './ledger.ts';
import { AccountBook } from './sqlite-accounts.ts';
import { CallRows } from './sqlite-calls.ts';
import { repairHolds } from './sqlite-repair.ts';
import { Rollups } from './sqlite-rollups.ts';

/** Orphans settled in one transaction. */
const RECOVER_BATCH = 500;

export class SqliteBooks extends LedgerBooks implements EngineBooks {
  readonly #statements: Statements;
  readonly #accounts: AccountBook;
  readonly #calls: CallRows;
  readonly #rollups: Rollups;
  readonly #readVersion: Statement<{ data_version: number }, []>;
  #version = -1;

  constructor(statements: Statements) {
    const accounts = new AccountBook(statements);
    const calls = new CallRows(statements);
    const rollups = new Rollups(statements);
    super({ accounts, calls, rollups: rollups.deltas });
    this.#statements = statements;
    this.#accounts = accounts;
    this.#calls = calls;
    this.#rollups = rollups;
    this.#readVersion = statements.prepare('pragma data_version');
  }

  /** Where another process has written meanwhile, memory is read again. */
  begin(): void {
    const version = this.#readVersion.get()!.data_version;
    if (version !== this.#version) this.forget();
    this.#version = version;
  }

  flush(): void {
    this.#accounts.flush();
    this.#rollups.flush();
  }

  forget(): void {
    this.#accounts.forget();
    this.#calls.forget();
    this.#rollups.deltas.forget();
  }

  writeAccountsThrough(): void {
    this.#accounts.flush();
    this.#accounts.forget();
  }

  recover({ now, recovered = 0 }: RecoverOp): { reply: RecoverReply } | { again: RecoverOp } {
    const orphans = this.#calls.orphans(RECOVER_BATCH);
    for (const orphan of orphans) this.settleOrphan(orphan, now);
    const total = recovered + orphans.length;
    if (orphans.length === RECOVER_BATCH) return { again: { kind: 'recover', now, recovered: total } };
    this.writeAccountsThrough();
    return { reply: { recovered: total, repairs: repairHolds(this.#statements.db, now) } };
  }
}
