// Account balances in the writer thread's memory. The writer is the only writer, so memory is right between
// transactions; `flush` writes what changed before each commit.
import type { Statement } from 'bun:sqlite';

import type { Statements } from '../db/sqlite/statements.ts';
import { type Account, type AccountRow, newAccount, storedAccount, takeTerms } from './accounts.ts';
import type { AccountStore } from './books.ts';
import { accountKey } from './checks.ts';
import type { AccountRef } from './ledger.ts';

/** Accounts kept in memory; beyond it all are dropped and read again when needed. */
const KEPT_MAX = 20_000;

const COLUMNS = `id, party_kind as partyKind, party_id as partyId, period_start as periodStart,
  period_end as periodEnd, time_zone as timeZone, cap_nanos as capNanos, settled_nanos as settledNanos,
  held_nanos as heldNanos, calls, prompt_tokens as promptTokens, completion_tokens as completionTokens,
  created_at as createdAt, updated_at as updatedAt`;

export class AccountBook implements AccountStore {
  readonly #byKey = new Map<string, Account>();
  readonly #byId = new Map<string, Account>();
  readonly #changed = new Set<Account>();
  readonly #findByKey: Statement<AccountRow, [string, string, number]>;
  readonly #findById: Statement<AccountRow, [string]>;
  readonly #insert: Statement;
  readonly #update: Statement;

  constructor(statements: Statements) {
    this.#findByKey = statements.prepare(
      `select ${COLUMNS} from accounts where party_kind = ? and party_id = ? and period_start = ?`,
    );
    this.#findById = statements.prepare(`select ${COLUMNS} from accounts where id = ?`);
    this.#insert = statements.prepare(
      `insert into accounts (id, party_kind, party_id, period_start, period_end, time_zone, cap_nanos, settled_nanos,
        held_nanos, carried_nanos, calls, prompt_tokens, completion_tokens, created_at, updated_at)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?)`,
    );
    this.#update = statements.prepare(
      `update accounts set period_end = ?, time_zone = ?, cap_nanos = ?, settled_nanos = ?, held_nanos = ?, calls = ?,
        prompt_tokens = ?, completion_tokens = ?, updated_at = ? where id = ?`,
    );
  }

  /**
   * The account of a party and period. An unknown one is made in memory and gets its row with its first change.
   * The reference's cap and zone take effect at once.
   */
  touch(ref: AccountRef, at: number): Account {
    const account = this.find(ref) ?? this.#remember(newAccount(ref, at));
    if (takeTerms(account, ref)) this.change(account, at);
    return account;
  }

  /** As it is, with the cap it has; undefined = never seen. */
  find(ref: AccountRef): Account | undefined {
    const known = this.#byKey.get(accountKey(ref));
    if (known) return known;
    const row = this.#findByKey.get(ref.partyKind, ref.partyId, ref.periodStart);
    return row ? this.#remember(storedAccount(row)) : undefined;
  }

  /** By row id; undefined = someone removed the row. */
  get(id: string): Account | undefined {
    const known = this.#byId.get(id);
    if (known) return known;
    const row = this.#findById.get(id);
    return row ? this.#remember(storedAccount(row)) : undefined;
  }

  /** To be written with this commit. */
  change(account: Account, at: number): void {
    account.updatedAt = at;
    this.#changed.add(account);
  }

  flush(): void {
    for (const account of this.#changed) this.#write(account);
    this.#changed.clear();
    if (this.#byKey.size > KEPT_MAX) this.forget();
  }

  forget(): void {
    this.#byKey.clear();
    this.#byId.clear();
    this.#changed.clear();
  }

  #remember(account: Account): Account {
    this.#byKey.set(account.key, account);
    this.#byId.set(account.id, account);
    return account;
  }

  #write(a: Account): void {
    if (a.stored) {
      this.#update.run(
        a.periodEnd,
        a.timeZone,
        a.capNanos,
        a.settledNanos,
        a.heldNanos,
        a.calls,
        a.promptTokens,
        a.completionTokens,
        a.updatedAt,
        a.id,
      );
      return;
    }
    this.#insert.run(
      a.id,
      a.partyKind,
      a.partyId,
      a.periodStart,
      a.periodEnd,
      a.timeZone,
      a.capNanos,
      a.settledNanos,
      a.heldNanos,
      a.calls,
      a.promptTokens,
      a.completionTokens,
      a.createdAt,
      a.updatedAt,
    );
    a.stored = true;
  }
}
