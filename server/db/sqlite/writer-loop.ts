// Group commit: whatever is waiting is applied in one transaction, so one fsync serves many operations.
// Nothing is answered before its commit. An interactive transaction has the database to itself.
//
// When a commit fails, its opens and statements are answered with the failure, its settles go back into the queue
// until they are on disk. Meanwhile new opens are refused at once.
import { LedgerEngine } from '../../ledger/engine.ts';
import { SqliteBooks } from '../../ledger/sqlite-books.ts';
import { DatabaseError, fromSqlite } from '../database-error.ts';
import { runStatement } from './connection.ts';
import type { WriterOp, WriterOptions, WriterResult } from './protocol.ts';
import { WriterConnection } from './writer-connection.ts';
import { cancelOf, failure, isOpen, isSettle, type Queued } from './writer-queue.ts';

/** Most operations committed in one group. */
const GROUP_MAX = 2_000;
/** An interactive transaction that is not finished by then is rolled back. */
const TRANSACTION_MAX_MS = 5_000;
const RETRY_FIRST_MS = 10;
const RETRY_MAX_MS = 500;
/** Statements that may see or change what the ledger keeps in memory. */
const TOUCHES_ACCOUNTS = /\baccounts\b/i;

/** The database does not take writes at the moment. */
interface Trouble {
  error: DatabaseError;
  retryMs: number;
  /** New opens are refused without waiting. */
  refusing: boolean;
}

type Interactive = Extract<WriterOp, { kind: 'query' | 'commit' | 'rollback' }>;

export class WriterLoop {
  readonly #connection: WriterConnection;
  readonly #ledger: LedgerEngine;
  readonly #reply: (results: WriterResult[]) => void;
  readonly #patienceMs: number;
  #queue: Queued[] = [];
  #scheduled = false;
  #closed = false;
  #lineTimer: ReturnType<typeof setTimeout> | undefined;
  #transaction: { id: number; deadline: ReturnType<typeof setTimeout> } | undefined;
  #trouble: Trouble | undefined;

  constructor(options: WriterOptions, reply: (results: WriterResult[]) => void) {
    this.#connection = new WriterConnection(options);
    this.#reply = reply;
    this.#patienceMs = options.busyTimeoutMs;
    this.#ledger = new LedgerEngine(
      () => new SqliteBooks(this.#connection.statements),
      () => performance.now(),
    );
  }

  receive(ops: WriterOp[]): void {
    const at = performance.now();
    const refused: WriterResult[] = [];
    for (const op of ops) {
      if (op.kind === 'query' || op.kind === 'commit' || op.kind === 'rollback') this.#interactive(op);
      else if (this.#trouble?.refusing && isOpen(op)) refused.push(failure(op.id, this.#trouble.error));
      else this.#queue.push({ op, at });
    }
    if (refused.length > 0) this.#reply(refused);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#transaction || this.#closed) return;
    if (!this.#trouble && this.#queue.length === 0 && !this.#ledger.hasWork()) return;
    this.#scheduled = true;
    const run = () => {
      this.#scheduled = false;
      this.#next();
      this.#schedule();
    };
    if (this.#trouble) setTimeout(run, this.#trouble.retryMs);
    else setImmediate(run);
  }

  #next(): void {
    if (this.#trouble) this.#giveUpOld(this.#trouble);
    const [first] = this.#queue;
    if (first?.op.kind === 'begin') return this.#begin(this.#queue.shift()!);
    if (first?.op.kind === 'close') return this.#close(this.#queue.shift()!.op.id);
    const end = this.#queue.findIndex(({ op }) => op.kind === 'begin' || op.kind === 'close');
    this.#commitGroup(this.#queue.splice(0, Math.min(GROUP_MAX, end < 0 ? this.#queue.length : end)));
  }

  #commitGroup(group: Queued[]): void {
    const results: WriterResult[] = [];
    const again: Queued[] = [];
    try {
      if (this.#connection.ensureOpen()) this.#ledger.reconnect();
      this.#connection.begin();
      this.#ledger.begin();
      for (const { op, at } of group) {
        const applied = this.#apply(op);
        if (applied && 'kind' in applied) again.push({ op: applied, at });
        else if (applied) results.push(applied);
      }
      this.#ledger.flush();
      this.#connection.commit();
    } catch (error) {
      return this.#failed(group, fromSqlite(error));
    }
    this.#trouble = undefined;
    this.#queue.unshift(...again);
    this.#reply([...results, ...this.#ledger.committed().map(({ id, reply }) => success(id, reply))]);
    this.#watchLine();
  }

  /** @returns the result, an operation to go on with, or undefined when it waits in line. */
  #apply(op: WriterOp): WriterResult | WriterOp | undefined {
    if (op.kind === 'ledger') {
      const applied = this.#ledger.apply(op.id, op.op);
      if (applied === 'later') return undefined;
      return 'again' in applied ? { ...op, op: applied.again } : success(op.id, applied.reply);
    }
    if (op.kind !== 'exec') throw new DatabaseError('other', `${op.kind} cannot be grouped`);
    if (TOUCHES_ACCOUNTS.test(op.sql)) this.#ledger.writeThrough();
    try {
      return success(op.id, runStatement(this.#connection.db, op.sql, op.params));
    } catch (error) {
      // Some failures end the whole transaction; what came before it in the group is gone then.
      if (!this.#connection.inTransaction || isOutage(fromSqlite(error))) throw error;
      return failure(op.id, error);
    }
  }

  #failed(group: Queued[], error: DatabaseError): void {
    try {
      this.#connection.rollback();
    } catch {
      // The rollback of a broken connection may fail too; it is discarded below.
      this.#connection.discard();
    }
    this.#ledger.rolledBack();
    if (error.problem === 'busy') return this.#postpone(group, error);
    if (error.problem === 'unavailable') return this.#outage(group, error);
    if (group.length > 1) for (const item of group) this.#commitGroup([item]);
    else this.#reply(group.map(({ op }) => failure(op.id, error)));
  }

  /** Another process holds the lock: everyone keeps their place. */
  #postpone(group: Queued[], error: DatabaseError): void {
    this.#queue.unshift(...group);
    this.#troubled(error, this.#trouble?.refusing ?? false);
  }

  /** The disk does not take it. What cannot be taken back stays queued, the rest is told. */
  #outage(group: Queued[], error: DatabaseError): void {
    this.#connection.discard();
    const lost = group.filter(({ op }) => !isSettle(op));
    const cancels = lost.map(({ op }) => cancelOf(op)).filter((op) => op !== undefined);
    const at = performance.now();
    this.#queue.unshift(...group.filter(({ op }) => isSettle(op)), ...cancels.map((op) => ({ op, at })));
    this.#troubled(error, true);
    this.#reply(lost.map(({ op }) => failure(op.id, error)));
  }

  #troubled(error: DatabaseError, refusing: boolean): void {
    const retryMs = this.#trouble ? Math.min(this.#trouble.retryMs * 2, RETRY_MAX_MS) : RETRY_FIRST_MS;
    this.#trouble = { error, retryMs, refusing };
    if (refusing) this.#refuseOpens(this.#trouble);
  }

  #refuseOpens({ error }: Trouble): void {
    const opens = this.#queue.filter(({ op }) => isOpen(op)).map(({ op }) => op.id);
    this.#queue = this.#queue.filter(({ op }) => !isOpen(op));
    this.#reply([...opens, ...this.#ledger.dismissLine()].map((id) => failure(id, error)));
    this.#watchLine();
  }

  /** In trouble, everything but a settle waits for so long and no longer. */
  #giveUpOld(trouble: Trouble): void {
    const oldest = performance.now() - this.#patienceMs;
    const isOld = ({ op, at }: Queued) => at <= oldest && !isSettle(op);
    const old = this.#queue.filter(isOld);
    if (old.length === 0) return;
    this.#queue = this.#queue.filter((item) => !isOld(item));
    if (!trouble.refusing) this.#trouble = { ...trouble, refusing: true };
    this.#reply(old.filter(({ op }) => op.kind !== 'close').map(({ op }) => failure(op.id, trouble.error)));
    this.#refuseOpens(trouble);
    const close = old.find(({ op }) => op.kind === 'close');
    if (close) this.#close(close.op.id);
  }

  #begin(item: Queued): void {
    try {
      if (this.#connection.ensureOpen()) this.#ledger.reconnect();
      this.#connection.begin();
    } catch (error) {
      return this.#failed([item], fromSqlite(error));
    }
    const { id } = item.op;
    // Its owner learns of it from its next statement.
    const deadline = setTimeout(() => void this.#endTransaction('rollback'), TRANSACTION_MAX_MS);
    this.#transaction = { id, deadline };
    this.#reply([{ id, ok: true }]);
  }

  #interactive(op: Interactive): void {
    try {
      if (this.#transaction?.id !== op.transaction || !this.#connection.inTransaction) {
        throw new DatabaseError('busy', 'the transaction took too long and was rolled back');
      }
      if (op.kind === 'query') {
        return this.#reply([success(op.id, runStatement(this.#connection.db, op.sql, op.params))]);
      }
      const problem = this.#endTransaction(op.kind);
      this.#reply([problem ? failure(op.id, problem) : { id: op.id, ok: true }]);
    } catch (error) {
      this.#reply([failure(op.id, error)]);
    }
  }

  /** @returns why it could not be ended that way; then nothing of it is kept. */
  #endTransaction(how: 'commit' | 'rollback'): DatabaseError | undefined {
    clearTimeout(this.#transaction?.deadline);
    this.#transaction = undefined;
    this.#ledger.forget();
    try {
      this.#connection[how]();
      return undefined;
    } catch (error) {
      const problem = fromSqlite(error);
      this.#failed([], problem);
      return problem;
    } finally {
      this.#schedule();
    }
  }

  /** Refuses those in line whose time is over, at that time. */
  #watchLine(): void {
    clearTimeout(this.#lineTimer);
    const deadline = this.#ledger.nextDeadline();
    if (deadline === undefined) return;
    this.#lineTimer = setTimeout(
      () => {
        this.#reply(this.#ledger.expire().map(({ id, reply }) => success(id, reply)));
        this.#watchLine();
        this.#schedule();
      },
      Math.max(0, deadline - performance.now()),
    );
  }

  #close(id: number): void {
    this.#closed = true;
    clearTimeout(this.#lineTimer);
    const left = [...this.#queue.map(({ op }) => op.id), ...this.#ledger.dismissLine()];
    this.#queue = [];
    this.#connection.close();
    const closed = new DatabaseError('unavailable', 'the database is closed');
    this.#reply([...left.map((each) => failure(each, closed)), { id, ok: true }]);
  }
}

function isOutage({ problem }: DatabaseError): boolean {
  return problem === 'unavailable';
}

function success(id: number, value: Extract<WriterResult, { ok: true }>['value']): WriterResult {
  return { id, ok: true, value };
}
