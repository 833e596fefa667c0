// The ledger's decisions, on either database: applies operations to the open transaction and keeps those in line
// that wait for open holds. It answers nothing itself; the loop around it sends the answers after the commit.
import { DatabaseError } from '../db/database-error.ts';
import type { Account } from './accounts.ts';
import type { EngineBooks } from './books.ts';
import { openProblem } from './checks.ts';
import { type Decision, decideGrant, type Grant } from './grant.ts';
import type { BudgetRefusal, LedgerOp, LedgerReply, OpenOp, OpenReply } from './ledger.ts';
import { type Waiter, WaitingLine } from './waiting-line.ts';

export interface Answer {
  id: number;
  reply: LedgerReply;
}

/** `later`: it stands in line and is among a later group's answers. `again`: apply this next. */
export type Applied = { reply: LedgerReply } | 'later' | { again: LedgerOp };

export class LedgerEngine {
  readonly #line = new WaitingLine();
  readonly #monotonic: () => number;
  /** Accounts with people in line and more room than before. */
  #freed = new Set<string>();
  #answers: Answer[] = [];
  #before: { line: ReadonlyMap<string, Waiter[]>; freed: ReadonlySet<string> } | undefined;
  readonly #makeBooks: () => EngineBooks;
  /** Made with the first operation: migrations run before there are tables. */
  #made: EngineBooks | undefined;
  #hasOpened = false;

  /**
   * @param makeBooks on the connection there is at that moment.
   * @param monotonic milliseconds that never go back.
   */
  constructor(makeBooks: () => EngineBooks, monotonic: () => number) {
    this.#makeBooks = makeBooks;
    this.#monotonic = monotonic;
  }

  /** Goes on with another connection to the same file. */
  reconnect(): void {
    this.#made = undefined;
  }

  /** A transaction has begun. */
  begin(): void {
    this.#made?.begin();
    this.#before = { line: this.#line.snapshot(), freed: new Set(this.#freed) };
  }

  /** @throws DatabaseError for an operation that cannot be written; its group must be rolled back. */
  apply(id: number, op: LedgerOp): Applied {
    switch (op.kind) {
      case 'open':
        this.#hasOpened = true;
        return this.#open(id, op);
      case 'settle':
        return { reply: this.#books.settle(op, (account) => this.#free(account)) };
      case 'progress':
        for (const { callId, deliveredBytes } of op.marks) this.#books.progress(callId, deliveredBytes);
        return { reply: undefined };
      case 'leave':
        this.#leave(op.callId);
        return { reply: undefined };
      case 'recover':
        if (this.#hasOpened && !op.whileRunning)
          throw new DatabaseError('other', 'recovery runs before the first call');
        return this.#books.recover(op);
    }
  }

  /** Serves the line and writes what `apply` kept in memory; the last step before the commit. */
  flush(): void {
    this.#serveLine();
    this.#made?.flush();
  }

  /** After the commit: answers to operations that stood in line. */
  committed(): Answer[] {
    const answers = this.#answers;
    this.#answers = [];
    this.#before = undefined;
    return answers;
  }

  /** After a rollback: memory goes back to what the last commit left. */
  rolledBack(): void {
    this.#made?.forget();
    this.#answers = [];
    if (!this.#before) return;
    this.#line.restore(this.#before.line);
    this.#freed = new Set(this.#before.freed);
    this.#before = undefined;
  }

  /** A transaction that is not the ledger's has changed the tables. */
  forget(): void {
    this.#made?.forget();
  }

  /** Before a statement that may read or change balances inside a group. */
  writeThrough(): void {
    this.#made?.writeAccountsThrough();
  }

  /** When the next call in line gives up; undefined when nobody waits. */
  nextDeadline(): number | undefined {
    return this.#line.nextDeadline();
  }

  /** Refuses those who have waited long enough. Whoever stood behind them is served by the next group. */
  expire(): Answer[] {
    return this.#line.expired(this.#monotonic()).map((waiter) => {
      this.#quit(waiter);
      return { id: waiter.opId, reply: { ok: false, refusal: waiter.refusal } };
    });
  }

  /** Whether a group without operations has something to do. */
  hasWork(): boolean {
    return this.#freed.size > 0;
  }

  /** Who stands in line. */
  waiting(): OpenOp[] {
    return this.#line.all().map(({ op }) => op);
  }

  /** The next group looks at every line again: others may have given money back. */
  lookAgain(): void {
    for (const { at } of this.#line.all()) this.#freed.add(at);
  }

  /** Sends everyone in line away. @returns the operations left without an answer. */
  dismissLine(): number[] {
    this.#freed.clear();
    return this.#line.dismiss().map(({ opId }) => opId);
  }

  get #books(): EngineBooks {
    if (!this.#made) {
      this.#made = this.#makeBooks();
      this.#made.begin();
    }
    return this.#made;
  }

  #open(id: number, op: OpenOp): Applied {
    const problem = openProblem(op);
    if (problem) throw new DatabaseError('check', problem);
    const accounts = this.#books.accountsOf(op);
    if (!op.bound) return { reply: this.#hold(op, accounts, { holdNanos: 0, outputTokens: null }, 0) };
    const decision = decideGrant(op.bound, accounts);
    const ahead = this.#line.busyAmong(accounts.map(({ key }) => key));
    if (decision.kind === 'granted' && ahead === undefined) {
      return { reply: this.#hold(op, accounts, decision, 0) };
    }
    // This call may have brought a higher cap: those in line are looked at again.
    for (const account of accounts) this.#free(account);
    return this.#join(id, op, accounts, decision, ahead);
  }

  #join(id: number, op: OpenOp, accounts: Account[], decision: Decision, ahead: string | undefined): Applied {
    const keys = accounts.map(({ key }) => key);
    const index = decision.kind === 'blocked' ? decision.index : keys.indexOf(ahead!);
    const refusal = refusalOf(op, accounts, index);
    const since = this.#monotonic();
    const at = ahead ?? keys[index]!;
    const waiter = { opId: id, op, since, deadline: since + op.waitMs, keys, at, refusal };
    const mayWait = op.waitMs > 0 && (decision.kind === 'granted' || decision.waitable);
    return mayWait && this.#line.join(waiter) ? 'later' : { reply: { ok: false, refusal } };
  }

  #hold(op: OpenOp, accounts: readonly Account[], grant: Grant, waitedMs: number): OpenReply {
    this.#books.hold(op, accounts, grant);
    return { ok: true, heldNanos: grant.holdNanos, grantedOutputTokens: grant.outputTokens, waitedMs };
  }

  #free(account: Account): void {
    if (this.#line.head(account.key)) this.#freed.add(account.key);
  }

  #leave(callId: string): void {
    const waiter = this.#line.findCall(callId);
    if (!waiter) return;
    this.#quit(waiter);
    this.#answers.push({ id: waiter.opId, reply: { left: true } });
  }

  #quit(waiter: Waiter): void {
    this.#line.remove(waiter);
    this.#freed.add(waiter.at);
  }

  #serveLine(): void {
    for (const key of this.#freed) {
      this.#freed.delete(key);
      let waiter = this.#line.head(key);
      while (waiter && this.#serve(waiter)) waiter = this.#line.head(key);
    }
  }

  /** Grants, refuses or moves the head of a line; false = it stays where it is. */
  #serve(waiter: Waiter): boolean {
    const { op, keys, at, seq, since } = waiter;
    const accounts = this.#books.accountsOfWaiter(op);
    const decision = decideGrant(op.bound!, accounts);
    if (decision.kind === 'blocked' && !decision.waitable) {
      return this.#answer(waiter, { ok: false, refusal: refusalOf(op, accounts, decision.index) });
    }
    const ahead = this.#line.busyAmong(keys, seq);
    if (decision.kind === 'granted' && ahead === undefined) {
      return this.#answer(waiter, this.#hold(op, accounts, decision, this.#monotonic() - since));
    }
    const next = ahead ?? keys[(decision as { index: number }).index]!;
    if (next === at) return false;
    if (!this.#line.move(waiter, next)) this.#answer(waiter, { ok: false, refusal: waiter.refusal });
    return true;
  }

  #answer(waiter: Waiter, reply: OpenReply): true {
    this.#line.remove(waiter);
    this.#answers.push({ id: waiter.opId, reply });
    return true;
  }
}

function refusalOf(op: OpenOp, accounts: readonly Account[], index: number): BudgetRefusal {
  const { capNanos, settledNanos, heldNanos } = accounts[index]!;
  return {
    account: op.accounts[index]!,
    capNanos: capNanos ?? Number.MAX_SAFE_INTEGER,
    settledNanos,
    heldNanos,
  };
}
