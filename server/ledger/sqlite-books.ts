// The ledger's tables on one connection: holds, charges, orphans. Memory is ahead of the tables only inside a
// transaction; `flush` brings them level before the commit.
import type { Statement } from 'bun:sqlite';

import type { Statements } from '../db/sqlite/statements.ts';
import { type Charge, chargeFor, orphanBill, wholeUsage } from './charge.ts';
import type { Grant } from './grant.ts';
import type { OpenOp, RecoverOp, RecoverReply, SettleOp, SettleReply } from './ledger.ts';
import { type Account, AccountBook } from './sqlite-accounts.ts';
import { type CallFacts, CallRows, type Ending, type OrphanFacts } from './sqlite-calls.ts';
import { repairHolds } from './sqlite-repair.ts';
import { Rollups } from './sqlite-rollups.ts';

/** Orphans settled in one transaction. */
const RECOVER_BATCH = 500;

export class SqliteBooks {
  readonly #statements: Statements;
  readonly #accounts: AccountBook;
  readonly #calls: CallRows;
  readonly #rollups: Rollups;
  readonly #readVersion: Statement<{ data_version: number }, []>;
  #version = -1;

  constructor(statements: Statements) {
    this.#statements = statements;
    this.#accounts = new AccountBook(statements);
    this.#calls = new CallRows(statements);
    this.#rollups = new Rollups(statements);
    this.#readVersion = statements.prepare('pragma data_version');
  }

  /** A transaction has begun. Where another process has written meanwhile, memory is read again. */
  begin(): void {
    const version = this.#readVersion.get()!.data_version;
    if (version !== this.#version) this.forget();
    this.#version = version;
  }

  flush(): void {
    this.#accounts.flush();
    this.#rollups.flush();
  }

  /** After a rollback, or when someone else changed the tables. */
  forget(): void {
    this.#accounts.forget();
    this.#calls.forget();
    this.#rollups.forget();
  }

  /** Before a statement from outside that reads or changes balances. */
  writeAccountsThrough(): void {
    this.#accounts.flush();
    this.#accounts.forget();
  }

  /** The accounts of a call that arrives: its caps take effect. */
  accountsOf({ accounts, call }: OpenOp): Account[] {
    return accounts.map((ref) => this.#accounts.touch(ref, call.openedAt));
  }

  /** The accounts of a call that has waited: caps set by later calls stay. */
  accountsOfWaiter({ accounts, call }: OpenOp): Account[] {
    return accounts.map((ref) => this.#accounts.find(ref) ?? this.#accounts.touch(ref, call.openedAt));
  }

  /** @throws DatabaseError `unique` when the call was opened before. */
  hold({ call }: OpenOp, accounts: readonly Account[], grant: Grant): void {
    this.#calls.insert(
      call,
      grant,
      accounts.map(({ id }) => id),
    );
    for (const account of accounts) {
      account.heldNanos += grant.holdNanos;
      this.#accounts.change(account, call.openedAt);
    }
  }

  /** @param freed told every account that has more room than before. */
  settle(op: SettleOp, freed: (account: Account) => void): SettleReply {
    const call = this.#calls.findOpen(op.callId);
    const charge = call && this.#end(call, { state: 'settled', op }, freed);
    if (!charge) {
      const row = this.#calls.findCost(op.callId);
      return { settled: false, costNanos: row?.costNanos ?? 0, overHold: row?.overHold === 1 };
    }
    this.#calls.insertAttempts(op.callId, op.attempts);
    return { settled: true, costNanos: charge.costNanos, overHold: charge.overHold };
  }

  progress(callId: string, deliveredBytes: number): void {
    this.#calls.progress(callId, deliveredBytes);
  }

  /** Settles one batch of orphans; `again` when there may be more. */
  recover({ now, recovered = 0 }: RecoverOp): { reply: RecoverReply } | { again: RecoverOp } {
    const orphans = this.#calls.orphans(RECOVER_BATCH);
    for (const orphan of orphans) this.#end(orphan, { state: 'orphaned', op: orphanSettle(orphan, now) }, () => {});
    const total = recovered + orphans.length;
    if (orphans.length === RECOVER_BATCH) return { again: { kind: 'recover', now, recovered: total } };
    this.writeAccountsThrough();
    return { reply: { recovered: total, repairs: repairHolds(this.#statements.db, now) } };
  }

  /** Charges a call and gives its hold back; undefined = its row was not open and nothing is changed. */
  #end(
    call: CallFacts,
    { state, op }: Pick<Ending, 'state' | 'op'>,
    freed: (account: Account) => void,
  ): Charge | undefined {
    const accounts = call.accountIds.map((id) => this.#accounts.get(id)).filter((account) => account !== undefined);
    const room = Math.min(...accounts.map(({ settledNanos }) => Number.MAX_SAFE_INTEGER - settledNanos));
    const usage = wholeUsage(op.usage);
    const hold = call.grantedTokens === null ? null : call.heldNanos;
    const charge = chargeFor(op.costNanos, hold, room);
    if (!this.#calls.settle({ state, op, usage, charge })) return undefined;
    for (const account of accounts) {
      account.settledNanos += charge.costNanos;
      account.heldNanos = Math.max(0, account.heldNanos - call.heldNanos);
      account.calls += 1;
      account.promptTokens += usage.promptTokens;
      account.completionTokens += usage.completionTokens;
      this.#accounts.change(account, op.settledAt);
      freed(account);
    }
    this.#rollups.add(call, { status: op.status, channelId: op.channelId, costNanos: charge.costNanos, ...usage });
    return charge;
  }
}

function orphanSettle(orphan: OrphanFacts, now: number): Ending['op'] {
  const { costNanos, promptTokens, completionTokens } = orphanBill(orphan);
  return {
    callId: orphan.id,
    status: 'cut',
    errorCode: 'orphaned',
    errorMessage: null,
    channelId: null,
    channelName: null,
    firstByteAt: null,
    settledAt: now,
    usage: { promptTokens, completionTokens, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 },
    estimated: true,
    costNanos,
  };
}
