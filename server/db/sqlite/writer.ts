// The main thread's end of the writer thread: the only way anything is written to a SQLite database.
// What is asked for in one turn of the event loop travels in one message: a wake-up costs more than its content.
import type { LedgerOp, LedgerReply } from '../../ledger/ledger.ts';
import { DatabaseError } from '../database-error.ts';
import type { QueryRows, WriterOp, WriterOptions, WriterResult } from './protocol.ts';
import { decodeResults, encodeOps, type FromWriter, type ToWriter } from './wire.ts';

type Unnumbered<T> = T extends { id: number } ? Omit<T, 'id'> : never;
interface Pending {
  resolve: (value: never) => void;
  reject: (error: Error) => void;
}

/** Most operations that may wait for the writer at once; one more is refused with `busy`. */
export const WRITER_QUEUE_MAX = 100_000;

export class SqliteWriter implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #outbox: WriterOp[] = [];
  #nextId = 1;
  #dead: DatabaseError | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromWriter>) => {
      if (typeof data === 'string' || Array.isArray(data))
        for (const result of decodeResults(data)) this.#finish(result);
    };
    worker.onerror = (event) => this.#fail(event.message);
    worker.addEventListener('close', () => this.#fail('the database writer has stopped'));
  }

  /** Starts the thread and opens the database in it. @throws DatabaseError when it cannot be opened. */
  static async start(options: WriterOptions): Promise<SqliteWriter> {
    const worker = new Worker(new URL('./writer-worker.ts', import.meta.url).href);
    await new Promise<void>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<FromWriter>) =>
        typeof data === 'object' && 'failed' in data
          ? reject(new DatabaseError('unavailable', data.failed))
          : resolve();
      worker.onerror = (event) => reject(new DatabaseError('unavailable', event.message));
      worker.postMessage({ start: options } satisfies ToWriter);
    });
    return new SqliteWriter(worker);
  }

  /** One statement in a transaction of its own (grouped with others); resolves once it is committed. */
  exec(sql: string, params: readonly unknown[]): Promise<QueryRows> {
    return this.#send({ kind: 'exec', sql, params });
  }

  /**
   * Opens a transaction; everything else waits until `commit` or `rollback`, for 5 s at most.
   * @returns the number to give to its statements.
   */
  async begin(): Promise<number> {
    const transaction = this.#nextId;
    await this.#send({ kind: 'begin' });
    return transaction;
  }

  query(transaction: number, sql: string, params: readonly unknown[]): Promise<QueryRows> {
    return this.#send({ kind: 'query', transaction, sql, params });
  }

  commit(transaction: number): Promise<void> {
    return this.#send({ kind: 'commit', transaction });
  }

  rollback(transaction: number): Promise<void> {
    return this.#send({ kind: 'rollback', transaction });
  }

  ledger<T extends LedgerReply>(op: LedgerOp): Promise<T> {
    return this.#send({ kind: 'ledger', op });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#dead) return;
    await this.#send({ kind: 'close' });
    this.#dead = new DatabaseError('unavailable', 'the database is closed');
    this.#worker.terminate();
  }

  #send<T>(op: Unnumbered<WriterOp>): Promise<T> {
    if (this.#dead) return Promise.reject(this.#dead);
    if (this.#pending.size >= WRITER_QUEUE_MAX && isNewWork(op)) {
      return Promise.reject(new DatabaseError('busy', 'too many writes are waiting'));
    }
    const id = this.#nextId++;
    if (this.#outbox.length === 0) setImmediate(() => this.#flush());
    this.#outbox.push({ id, ...op } as WriterOp);
    return new Promise<T>((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as (value: never) => void, reject });
    });
  }

  #flush(): void {
    const ops = this.#outbox;
    this.#outbox = [];
    this.#worker.postMessage(encodeOps(ops) satisfies ToWriter);
  }

  #finish(result: WriterResult): void {
    const pending = this.#pending.get(result.id);
    this.#pending.delete(result.id);
    if (result.ok) pending?.resolve(result.value as never);
    else pending?.reject(new DatabaseError(result.problem, result.message, result.column));
  }

  #fail(message: string): void {
    this.#dead ??= new DatabaseError('unavailable', message);
    for (const pending of this.#pending.values()) pending.reject(this.#dead);
    this.#pending.clear();
  }
}

/** What may be refused. The rest ends something that was let in before, so it is bounded by that. */
function isNewWork(op: Unnumbered<WriterOp>): boolean {
  return op.kind === 'exec' || op.kind === 'begin' || (op.kind === 'ledger' && op.op.kind === 'open');
}
