// Group commit: whatever is waiting is applied in one transaction, so one fsync serves many operations.
// Nothing is answered before its commit. An interactive transaction has the database to itself.
import type { Database } from 'bun:sqlite';

import { LedgerEngine } from '../../ledger/sqlite-engine.ts';
import { DatabaseError, fromSqlite } from '../database-error.ts';
import { openForWriting, runStatement } from './connection.ts';
import type { WriterOp, WriterOptions, WriterResult } from './protocol.ts';

/** Most operations committed in one group. */
const GROUP_MAX = 2_000;
/** An interactive transaction that is not finished by then is rolled back. */
const TRANSACTION_MAX_MS = 5_000;

export class WriterLoop {
  readonly #db: Database;
  readonly #ledger: LedgerEngine;
  readonly #reply: (results: WriterResult[]) => void;
  #waiting: WriterOp[] = [];
  #scheduled = false;
  #transaction: { deadline: ReturnType<typeof setTimeout> } | undefined;

  constructor(options: WriterOptions, reply: (results: WriterResult[]) => void) {
    this.#db = openForWriting(options);
    this.#reply = reply;
    this.#ledger = new LedgerEngine(this.#db, (id, value) => this.#reply([{ id, ok: true, value }]));
  }

  receive(ops: WriterOp[]): void {
    for (const op of ops) {
      if (op.kind === 'query' || op.kind === 'commit' || op.kind === 'rollback') this.#interactive(op);
      else this.#waiting.push(op);
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#transaction || this.#waiting.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#next();
      this.#schedule();
    });
  }

  #next(): void {
    const first = this.#waiting[0];
    if (first?.kind === 'begin') return this.#begin(this.#waiting.shift()!.id);
    if (first?.kind === 'close') return this.#close(this.#waiting.shift()!.id);
    const end = this.#waiting.findIndex(({ kind }) => kind === 'begin' || kind === 'close');
    this.#commitGroup(this.#waiting.splice(0, Math.min(GROUP_MAX, end < 0 ? this.#waiting.length : end)));
  }

  #commitGroup(group: WriterOp[]): void {
    try {
      this.#db.run('begin immediate');
      const results = group.map((op) => this.#apply(op)).filter((result) => result !== undefined);
      this.#ledger.flush();
      this.#db.run('commit');
      this.#reply(results);
    } catch (error) {
      this.#undo();
      this.#reply(group.map(({ id }) => failure(id, error)));
    }
  }

  #apply(op: WriterOp): WriterResult | undefined {
    if (op.kind === 'ledger') {
      const value = this.#ledger.apply(op.id, op.op);
      return value && { id: op.id, ok: true, value: value.reply };
    }
    if (op.kind !== 'exec') throw new DatabaseError('other', `${op.kind} cannot be grouped`);
    try {
      return { id: op.id, ok: true, value: runStatement(this.#db, op.sql, op.params) };
    } catch (error) {
      const problem = fromSqlite(error);
      if (problem.problem === 'unavailable') throw problem;
      return failure(op.id, problem);
    }
  }

  #begin(id: number): void {
    try {
      this.#db.run('begin immediate');
    } catch (error) {
      return this.#reply([failure(id, error)]);
    }
    this.#transaction = { deadline: setTimeout(() => this.#endTransaction('rollback'), TRANSACTION_MAX_MS) };
    this.#reply([{ id, ok: true }]);
  }

  #interactive(op: Extract<WriterOp, { kind: 'query' | 'commit' | 'rollback' }>): void {
    try {
      if (!this.#transaction) throw new DatabaseError('busy', 'the transaction took too long and was rolled back');
      if (op.kind === 'query') {
        return this.#reply([{ id: op.id, ok: true, value: runStatement(this.#db, op.sql, op.params) }]);
      }
      this.#endTransaction(op.kind);
      this.#reply([{ id: op.id, ok: true }]);
    } catch (error) {
      this.#reply([failure(op.id, error)]);
    }
  }

  #endTransaction(how: 'commit' | 'rollback'): void {
    clearTimeout(this.#transaction?.deadline);
    this.#transaction = undefined;
    try {
      this.#db.run(how);
    } catch (error) {
      this.#undo();
      throw error;
    } finally {
      this.#schedule();
    }
  }

  #undo(): void {
    if (this.#db.inTransaction) this.#db.run('rollback');
    this.#ledger.forget();
  }

  #close(id: number): void {
    this.#db.run('pragma wal_checkpoint(truncate)');
    this.#db.close();
    this.#reply([{ id, ok: true }]);
  }
}

function failure(id: number, error: unknown): WriterResult {
  const { problem, message, column } = fromSqlite(error);
  return { id, ok: false, problem, message, ...(column ? { column } : {}) };
}
