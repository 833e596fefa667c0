// Group commit on PostgreSQL: whatever is waiting is applied in one transaction, one at a time, so that one hot
// account is locked once for many calls. Nothing is answered before its commit.
//
// While the database is away everything waits: an open for as long as its caller, a settle until it is durable.
import { setTimeout as sleep } from 'node:timers/promises';

import { DatabaseError, fromPostgres } from '../db/database-error.ts';
import type { PostgresConnection } from '../db/postgres/connection.ts';
import { isGone, LEASE_MS, type Replica } from '../db/postgres/replica.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { type Answer, LedgerEngine } from './engine.ts';
import type { LedgerOp, LedgerReply, RecoverReply } from './ledger.ts';
import { PostgresBooks } from './postgres-books.ts';
import { GroupConflict } from './postgres-json.ts';
import { LedgerSession } from './postgres-session.ts';
import type { LedgerWriter } from './queued-ledger.ts';

/** Most operations committed in one group. */
const GROUP_MAX = 500;
/** Opens waiting to be written; the next is refused at once. Settles cannot be more than calls were opened. */
const OPENS_MAX = 10_000;
/** How long an open waits for its turn. Its caller is told by then. */
const OPEN_PATIENCE_MS = 10_000;
/** How often a line is looked at for money that another process has given back. */
const POLL_MS = 100;
const BEAT_MS = 2_000;
const SWEEP_MS = 5_000;
const NEVER_MS = Number.MAX_SAFE_INTEGER;
const RETRY_FIRST_MS = 20;
const RETRY_MAX_MS = 500;
const CLOSE_MAX_MS = 5_000;

interface Item {
  id: number;
  op: LedgerOp;
  at: number;
  resolve(reply: LedgerReply): void;
  reject(error: unknown): void;
}

export interface PostgresWriterOptions {
  connect(): Promise<PostgresConnection>;
  replica: Replica;
  clock: Clock;
  log: Logger;
}

/** What became of an operation inside its group. */
type Outcome = { item: Item } & ({ reply: LedgerReply } | { error: unknown } | { again: LedgerOp } | { later: true });

export class PostgresWriter implements LedgerWriter, AsyncDisposable {
  readonly #options: PostgresWriterOptions;
  readonly #books: PostgresBooks;
  readonly #engine: LedgerEngine;
  readonly #session: LedgerSession;
  readonly #inLine = new Map<number, Item>();
  #queue: Item[] = [];
  #opens = 0;
  #lastId = 0;
  #running: Promise<void> | undefined;
  #timers: ReturnType<typeof setInterval>[] = [];
  #lineTimer: ReturnType<typeof setTimeout> | undefined;
  #lookAtLine = false;
  #beatDue = false;
  #lastCommitAt = 0;
  #isAway = false;
  #state: 'open' | 'closing' | 'closed' = 'open';

  constructor(options: PostgresWriterOptions) {
    this.#options = options;
    this.#books = new PostgresBooks(options.replica.id);
    this.#engine = new LedgerEngine(() => this.#books, this.#now);
    this.#session = new LedgerSession({ ...options, monotonic: this.#now });
  }

  ledger<Reply extends LedgerReply>(op: LedgerOp): Promise<Reply> {
    if (this.#state !== 'open') return Promise.reject(closed());
    if (op.kind === 'open' && this.#opens >= OPENS_MAX)
      return Promise.reject(new DatabaseError('busy', 'too many calls wait for the database'));
    this.#startTimers();
    const { promise, resolve, reject } = Promise.withResolvers<LedgerReply>();
    this.#lastId += 1;
    this.#enqueue({ id: this.#lastId, op, at: this.#now(), resolve, reject });
    return promise as Promise<Reply>;
  }

  /** Writes what is queued, for a bounded time, and gives up the place among the replicas. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#state = 'closing';
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#lineTimer);
    await Promise.race([this.#running, sleep(CLOSE_MAX_MS, undefined, { ref: false })]);
    this.#state = 'closed';
    this.#engine.dismissLine();
    for (const item of [...this.#queue.splice(0), ...this.#inLine.values()]) item.reject(closed());
    this.#inLine.clear();
    try {
      await this.#session.leave();
    } catch (error) {
      this.#options.log.warn('the database did not hear that this process leaves', { error });
      this.#session.discard();
    }
  }

  readonly #now = (): number => performance.now();

  #enqueue(item: Item): void {
    if (item.op.kind === 'open') this.#opens += 1;
    this.#queue.push(item);
    this.#schedule();
  }

  #schedule(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#hasWork()) this.#schedule();
    });
  }

  #hasWork(): boolean {
    if (this.#state === 'closed') return false;
    return this.#queue.length > 0 || this.#lookAtLine || this.#beatDue || this.#engine.hasWork();
  }

  async #run(): Promise<void> {
    // What arrives in the same turn of the event loop belongs to the same group.
    await new Promise(setImmediate);
    while (this.#hasWork()) {
      this.#lookAfterLine();
      const group = this.#queue.splice(0, GROUP_MAX);
      if (group.length > 0 || this.#beatDue || this.#engine.hasWork()) await this.#commitGroup(group);
      this.#watchLine();
    }
  }

  /** Tries until the group is committed, or what it cannot be committed with is out of it. */
  async #commitGroup(given: readonly Item[]): Promise<void> {
    let group = given;
    for (let tries = 0; this.#state !== 'closed'; tries += 1) {
      group = this.#withoutOld(group);
      try {
        return this.#finish(await this.#attempt(group));
      } catch (error) {
        const outcomes = this.#outcomes;
        const next = await this.#afterFailure(error, tries);
        if (next === 'committed') return this.#finish(outcomes);
        this.#engine.rolledBack();
        if (next === 'again') continue;
        if (group.length > 1) for (const item of group) await this.#commitGroup([item]);
        else for (const item of group) this.#answer(item, () => item.reject(next.fault));
        return;
      }
    }
    for (const item of group) this.#answer(item, () => item.reject(closed()));
  }

  #outcomes: Outcome[] = [];

  async #attempt(group: readonly Item[]): Promise<Outcome[]> {
    this.#outcomes = [];
    const connection = await this.#session.begin();
    this.#engine.begin();
    const ops = group.map(({ op }) => op);
    const recovery = ops.find((op) => op.kind === 'recover');
    // One that starts has not given the others, who may have been cut off as well, the time to say that they live.
    const isStarting = recovery !== undefined && !recovery.whileRunning;
    const gone = recovery ? await this.#goneReplicas(connection) : [];
    const waiting = ops.length > 0 || this.#engine.hasWork() ? this.#engine.waiting() : [];
    await this.#books.load(connection, { ops, waiting, gone, silenceMs: isStarting ? NEVER_MS : LEASE_MS });
    this.#outcomes = group.map((item) => this.#apply(item));
    this.#engine.flush();
    await this.#books.write(connection);
    await this.#session.commit();
    return this.#outcomes;
  }

  /** Replicas that are known to be dead, lease or not. */
  async #goneReplicas(connection: PostgresConnection): Promise<string[]> {
    const others = await connection.query<Replica>('select id, host, pid from replicas');
    return others.filter((other) => isGone(other, this.#options.replica)).map(({ id }) => id);
  }

  /** An operation that is refused here has changed nothing that is written. */
  #apply(item: Item): Outcome {
    try {
      const applied = this.#engine.apply(item.id, item.op);
      return { item, ...(applied === 'later' ? { later: true } : applied) };
    } catch (error) {
      return { item, error };
    }
  }

  async #afterFailure(error: unknown, tries: number): Promise<'committed' | 'again' | { fault: DatabaseError }> {
    if (error instanceof GroupConflict) this.#books.distrust();
    const problem = error instanceof GroupConflict ? 'conflict' : fromPostgres(error).problem;
    const isFault = problem === 'unique' || problem === 'check' || problem === 'foreign_key';
    try {
      if (!isFault && problem !== 'conflict' && problem !== 'busy') throw error;
      await this.#session.rollback();
    } catch (outage) {
      return this.#afterOutage(outage);
    }
    if (isFault) return { fault: fromPostgres(error) };
    if (problem === 'busy' || tries > 2) await sleep(Math.random() * RETRY_FIRST_MS * Math.min(tries + 1, 10));
    return 'again';
  }

  /** Waits until the database is back and tells whether the group is in it. */
  async #afterOutage(error: unknown): Promise<'committed' | 'again'> {
    this.#session.discard();
    if (!this.#isAway) this.#options.log.error('the database is away; the ledger waits for it', { error });
    this.#isAway = true;
    for (let waitMs = RETRY_FIRST_MS; this.#state !== 'closed'; waitMs = Math.min(waitMs * 2, RETRY_MAX_MS)) {
      try {
        return (await this.#session.resume()) ? 'committed' : 'again';
      } catch {
        this.#session.discard();
        this.#queue = this.#withoutOld(this.#queue);
        await sleep(waitMs);
      }
    }
    return 'again';
  }

  #finish(outcomes: readonly Outcome[]): void {
    if (this.#isAway) this.#options.log.info('the database is back');
    this.#isAway = false;
    this.#beatDue = false;
    this.#lastCommitAt = this.#now();
    this.#books.committed();
    const served = this.#engine.committed();
    for (const outcome of outcomes) {
      const { item } = outcome;
      if ('later' in outcome) this.#answer(item, () => this.#inLine.set(item.id, item));
      else if ('again' in outcome) this.#queue.unshift({ ...item, op: outcome.again });
      else if ('error' in outcome) this.#answer(item, () => item.reject(outcome.error));
      else this.#answer(item, () => item.resolve(outcome.reply));
    }
    this.#answerLine(served);
  }

  #answer({ op }: Item, how: () => void): void {
    if (op.kind === 'open') this.#opens -= 1;
    how();
  }

  #answerLine(answers: readonly Answer[]): void {
    for (const { id, reply } of answers) {
      this.#inLine.get(id)?.resolve(reply);
      this.#inLine.delete(id);
    }
  }

  /** Opens whose callers have given up are not held any more. */
  #withoutOld(items: readonly Item[]): Item[] {
    const oldest = this.#now() - OPEN_PATIENCE_MS;
    return items.filter((item) => {
      if (item.op.kind !== 'open' || item.at > oldest) return true;
      this.#answer(item, () => item.reject(new DatabaseError('unavailable', 'the database did not answer in time')));
      return false;
    });
  }

  /** Between groups only: a group that is under way may have to put the line back as it was. */
  #lookAfterLine(): void {
    if (!this.#lookAtLine) return;
    this.#lookAtLine = false;
    this.#answerLine(this.#engine.expire());
    this.#engine.lookAgain();
  }

  #watchLine(): void {
    clearTimeout(this.#lineTimer);
    const deadline = this.#engine.nextDeadline();
    if (deadline === undefined || this.#state !== 'open') return;
    const look = () => {
      this.#lookAtLine = true;
      this.#schedule();
    };
    this.#lineTimer = setTimeout(look, Math.max(0, Math.min(POLL_MS, deadline - this.#now())));
  }

  #startTimers(): void {
    if (this.#timers.length > 0) return;
    this.#timers = [setInterval(() => this.#beat(), BEAT_MS), setInterval(() => void this.#sweep(), SWEEP_MS)];
    for (const timer of this.#timers) timer.unref();
  }

  /** Every commit tells that this process lives; without calls it has to be told for its own sake. */
  #beat(): void {
    if (this.#now() - this.#lastCommitAt < BEAT_MS / 2) return;
    this.#beatDue = true;
    this.#schedule();
  }

  /** Settles what dead neighbours left open, once the living have had the time to show that they live. */
  async #sweep(): Promise<void> {
    if (this.#session.connectedMs < LEASE_MS || this.#isAway) return;
    const { clock, log } = this.#options;
    try {
      const op = { kind: 'recover', now: clock.now(), whileRunning: true } as const;
      const { recovered } = await this.ledger<RecoverReply>(op);
      if (recovered > 0) log.warn('settled calls that another process left open', { calls: recovered });
    } catch (error) {
      if (this.#state === 'open') log.error('orphans could not be settled; tried again soon', { error });
    }
  }
}

function closed(): DatabaseError {
  return new DatabaseError('unavailable', 'the database is closed');
}
