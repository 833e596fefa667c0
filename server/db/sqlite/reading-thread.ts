// The main thread's end of the reading thread: reports, exports and checks read there, so that a scan of a million rows
// stops no stream. It starts when something is first asked for, and leaves when nothing has been for a while: most of the
// day nobody reads reports, and a thread costs memory.
import { DatabaseError } from '../database-error.ts';
import type { QueryRows } from './protocol.ts';
import type { ReadQuestion, ReadResult, ToReader } from './reading-worker.ts';

/** Most reads that may wait at once; one more is refused with `busy`. */
export const READS_WAITING_MAX = 1_000;
const IDLE_MS = 600_000;

interface Pending {
  resolve: (value: QueryRows) => void;
  reject: (error: Error) => void;
}

export class ReadingThread implements Disposable {
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #leaving: ReturnType<typeof setTimeout> | undefined;
  #nextId = 1;
  #closed = false;

  constructor(
    readonly path: string,
    readonly idleMs = IDLE_MS,
  ) {}

  /** Whether there is a thread at this moment. */
  get isRunning(): boolean {
    return this.#worker !== undefined;
  }

  /** One statement that reads. @throws DatabaseError */
  query(sql: string, params: readonly unknown[]): Promise<QueryRows> {
    if (this.#closed) return Promise.reject(new DatabaseError('unavailable', 'the database is closed'));
    if (this.#pending.size >= READS_WAITING_MAX)
      return Promise.reject(new DatabaseError('busy', 'too many reads are waiting'));
    clearTimeout(this.#leaving);
    this.#worker ??= this.#start();
    const id = this.#nextId++;
    this.#worker.postMessage({ id, sql, params } satisfies ReadQuestion);
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    clearTimeout(this.#leaving);
    this.#end('the database is closed');
  }

  #start(): Worker {
    const worker = new Worker(new URL('./reading-worker.ts', import.meta.url).href);
    worker.onmessage = ({ data }: MessageEvent<ReadResult>) => this.#finish(data);
    worker.onerror = (event) => this.#lost(worker, event.message);
    worker.addEventListener('close', () => this.#lost(worker, 'the reading thread has stopped'));
    worker.postMessage({ open: this.path } satisfies ToReader);
    return worker;
  }

  #finish(result: ReadResult): void {
    const pending = this.#pending.get(result.id);
    this.#pending.delete(result.id);
    if (result.ok) pending?.resolve(result.value);
    else pending?.reject(new DatabaseError(result.problem, result.message));
    if (this.#pending.size > 0 || this.#closed) return;
    this.#leaving = setTimeout(() => this.#end('the reading thread has left'), this.idleMs);
    this.#leaving.unref();
  }

  /** What is asked next starts another. */
  #lost(worker: Worker, message: string): void {
    if (worker === this.#worker) this.#end(message);
  }

  #end(message: string): void {
    const worker = this.#worker;
    this.#worker = undefined;
    worker?.terminate();
    const lost = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of lost) reject(new DatabaseError('unavailable', message));
  }
}
