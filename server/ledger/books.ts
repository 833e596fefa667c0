// Holds, charges and orphans on accounts and calls in memory: the bookkeeping both engines share. What it changes
// counts only when the engine has written it and its transaction has been committed.
import type { Account } from './accounts.ts';
import { type Charge, chargeFor, orphanBill, wholeUsage } from './charge.ts';
import type { CallFacts, EndedCall, Ending, OrphanFacts } from './calls.ts';
import type { Grant } from './grant.ts';
import type {
  AccountRef,
  AttemptRecord,
  CallContent,
  CallHeader,
  OpenOp,
  RecoverOp,
  RecoverReply,
  SettleOp,
  SettleReply,
} from './ledger.ts';
import type { RolledCall, RolledResult } from './rollups.ts';

export interface AccountStore {
  /** The account of a party and period, with the reference's terms; made in memory when it is unknown. */
  touch(ref: AccountRef, at: number): Account;
  /** As it is, with the cap it has; undefined = never seen. */
  find(ref: AccountRef): Account | undefined;
  /** By row id; undefined = someone removed the row. */
  get(id: string): Account | undefined;
  /** To be written with this commit. */
  change(account: Account, at: number): void;
}

export interface CallStore {
  /** @throws DatabaseError `unique` when the call was opened before; nothing is changed then. */
  insert(call: CallHeader, grant: Grant, accountIds: string[]): void;
  /** undefined = settled before, or never opened. */
  findOpen(id: string): CallFacts | undefined;
  findEnded(id: string): EndedCall | undefined;
  /** Ends an open row. @returns false when it was not open. */
  settle(ending: Ending): boolean;
  insertAttempts(callId: string, attempts: readonly AttemptRecord[]): void;
  insertContent(callId: string, content: CallContent, at: number): void;
  progress(callId: string, deliveredBytes: number): void;
}

/** What the engine asks of the books of either database. */
export interface EngineBooks extends LedgerBooks {
  /** A transaction has begun. */
  begin(): void;
  flush(): void;
  /** After a rollback, or when someone else changed the tables. */
  forget(): void;
  /** Before a statement from outside that reads or changes balances. */
  writeAccountsThrough(): void;
  /** Settles one batch of orphans; `again` when there may be more. */
  recover(op: RecoverOp): { reply: RecoverReply } | { again: RecoverOp };
}

export interface BookParts {
  accounts: AccountStore;
  calls: CallStore;
  rollups: { add(call: RolledCall, result: RolledResult): void };
}

export class LedgerBooks {
  readonly #parts: BookParts;

  constructor(parts: BookParts) {
    this.#parts = parts;
  }

  /** The accounts of a call that arrives: its caps take effect. */
  accountsOf({ accounts, call }: OpenOp): Account[] {
    return accounts.map((ref) => this.#parts.accounts.touch(ref, call.openedAt));
  }

  /** The accounts of a call that has waited: caps set by later calls stay. */
  accountsOfWaiter({ accounts, call }: OpenOp): Account[] {
    return accounts.map((ref) => this.#parts.accounts.find(ref) ?? this.#parts.accounts.touch(ref, call.openedAt));
  }

  /** @throws DatabaseError `unique` when the call was opened before. */
  hold({ call }: OpenOp, accounts: readonly Account[], grant: Grant): void {
    this.#parts.calls.insert(
      call,
      grant,
      accounts.map(({ id }) => id),
    );
    for (const account of accounts) {
      account.heldNanos += grant.holdNanos;
      this.#parts.accounts.change(account, call.openedAt);
    }
  }

  /** @param freed told every account that has more room than before. */
  settle(op: SettleOp, freed: (account: Account) => void): SettleReply {
    const { calls } = this.#parts;
    const call = calls.findOpen(op.callId);
    const charge = call && this.#end(call, { state: 'settled', op }, freed);
    if (!charge) {
      const row = calls.findEnded(op.callId);
      // Its process was silent and taken for dead. The charge stays; what the upstreams were asked is known only now.
      if (row?.state === 'orphaned') calls.insertAttempts(op.callId, op.attempts);
      return { settled: false, costNanos: row?.costNanos ?? 0, overHold: row?.overHold === 1 };
    }
    calls.insertAttempts(op.callId, op.attempts);
    if (op.content) calls.insertContent(op.callId, op.content, op.settledAt);
    return { settled: true, costNanos: charge.costNanos, overHold: charge.overHold };
  }

  progress(callId: string, deliveredBytes: number): void {
    this.#parts.calls.progress(callId, deliveredBytes);
  }

  /** Charges a call that nobody will settle any more what it is known to have cost. */
  settleOrphan(orphan: OrphanFacts, now: number): void {
    this.#end(orphan, { state: 'orphaned', op: orphanSettle(orphan, now) }, () => {});
  }

  /** Charges a call and gives its hold back; undefined = its row was not open and nothing is changed. */
  #end(
    call: CallFacts,
    { state, op }: Pick<Ending, 'state' | 'op'>,
    freed: (account: Account) => void,
  ): Charge | undefined {
    const { accounts: book, calls, rollups } = this.#parts;
    const accounts = call.accountIds.map((id) => book.get(id)).filter((account) => account !== undefined);
    const room = Math.min(...accounts.map(({ settledNanos }) => Number.MAX_SAFE_INTEGER - settledNanos));
    const usage = wholeUsage(op.usage);
    const hold = call.grantedTokens === null ? null : call.heldNanos;
    const charge = chargeFor(op.costNanos, hold, room);
    if (!calls.settle({ state, op, usage, charge })) return undefined;
    for (const account of accounts) {
      account.settledNanos += charge.costNanos;
      account.heldNanos = Math.max(0, account.heldNanos - call.heldNanos);
      account.calls += 1;
      account.promptTokens += usage.promptTokens;
      account.completionTokens += usage.completionTokens;
      book.change(account, op.settledAt);
      freed(account);
    }
    rollups.add(call, { status: op.status, channelId: op.channelId, costNanos: charge.costNanos, ...usage });
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
