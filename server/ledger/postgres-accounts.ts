// The accounts one group works on: read and locked together, in one order on every process, so that no two groups
// ever wait for each other. Nothing is remembered from group to group but which account has which row.
import type { PostgresConnection } from '../db/postgres/connection.ts';
import { type Account, type AccountRow, newAccount, storedAccount, takeTerms } from './accounts.ts';
import type { AccountStore } from './books.ts';
import { accountKey } from './checks.ts';
import type { AccountRef } from './ledger.ts';
import { asJson, GroupConflict } from './postgres-json.ts';

/** Row ids kept in memory; beyond it all are dropped and looked up again. */
const KEPT_MAX = 50_000;

const FIND = `select a.id, a.party_kind as "partyKind", a.party_id as "partyId", a.period_start as "periodStart"
  from json_to_recordset($1::json) as k("partyKind" text, "partyId" text, "periodStart" bigint)
  join accounts a on a.party_kind = k."partyKind" and a.party_id = k."partyId" and a.period_start = k."periodStart"`;

const LOCK = `select id, party_kind as "partyKind", party_id as "partyId", period_start as "periodStart",
    period_end as "periodEnd", time_zone as "timeZone", cap_nanos as "capNanos", settled_nanos as "settledNanos",
    held_nanos as "heldNanos", calls, prompt_tokens as "promptTokens", completion_tokens as "completionTokens",
    created_at as "createdAt", updated_at as "updatedAt"
  from accounts where id = any($1::text[]) order by id for update`;

/** Sorted by its own key: two processes that meet new accounts at once wait for each other in one direction only. */
const INSERT = `insert into accounts (id, party_kind, party_id, period_start, period_end, time_zone, cap_nanos,
    settled_nanos, held_nanos, carried_nanos, calls, prompt_tokens, completion_tokens, created_at, updated_at)
  select id, "partyKind", "partyId", "periodStart", "periodEnd", "timeZone", "capNanos", "settledNanos", "heldNanos", 0,
    calls, "promptTokens", "completionTokens", "createdAt", "updatedAt"
  from json_to_recordset($1::json) as x(id text, "partyKind" text, "partyId" text, "periodStart" bigint,
    "periodEnd" bigint, "timeZone" text, "capNanos" bigint, "settledNanos" bigint, "heldNanos" bigint, calls bigint,
    "promptTokens" bigint, "completionTokens" bigint, "createdAt" bigint, "updatedAt" bigint)
  order by "partyKind", "partyId", "periodStart"
  on conflict do nothing returning id`;

export class LockedAccounts implements AccountStore {
  readonly #rowIds = new Map<string, string>();
  readonly #byKey = new Map<string, Account>();
  readonly #byId = new Map<string, Account>();
  readonly #changed = new Set<Account>();

  /** Reads and locks the accounts a group may touch. */
  async lock(connection: PostgresConnection, refs: readonly AccountRef[], rowIds: Iterable<string>): Promise<void> {
    const wanted = new Map(refs.map((ref) => [accountKey(ref), ref]));
    await this.#findRows(connection, wanted);
    const keys = [...wanted.keys()];
    const ids = new Set([...rowIds, ...keys.map((key) => this.#rowIds.get(key)).filter((id) => id !== undefined)]);
    if (ids.size === 0) return;
    const rows = await connection.query<AccountRow>(LOCK, [[...ids]]);
    for (const row of rows) this.#remember(storedAccount(row));
    for (const key of keys) if (!this.#byKey.has(key)) this.#rowIds.delete(key);
  }

  touch(ref: AccountRef, at: number): Account {
    const account = this.find(ref) ?? this.#remember(newAccount(ref, at));
    if (takeTerms(account, ref)) this.change(account, at);
    return account;
  }

  find(ref: AccountRef): Account | undefined {
    return this.#byKey.get(accountKey(ref));
  }

  get(id: string): Account | undefined {
    return this.#byId.get(id);
  }

  change(account: Account, at: number): void {
    account.updatedAt = at;
    this.#changed.add(account);
  }

  /** Rows that change; new accounts are not among them. */
  changedRows(): Account[] {
    return [...this.#changed].filter(({ stored }) => stored);
  }

  /** @throws GroupConflict when another process has just made one of them. */
  async insertNew(connection: PostgresConnection): Promise<void> {
    const fresh = [...this.#changed].filter(({ stored }) => !stored);
    if (fresh.length === 0) return;
    const made = await connection.query(INSERT, [asJson(fresh)]);
    if (made.length < fresh.length) throw new GroupConflict('an account was made by another process');
  }

  committed(): void {
    for (const { key, id } of this.#changed) this.#rowIds.set(key, id);
    this.forget();
    if (this.#rowIds.size > KEPT_MAX) this.#rowIds.clear();
  }

  /** The locks are gone, and with them the values. */
  forget(): void {
    this.#byKey.clear();
    this.#byId.clear();
    this.#changed.clear();
  }

  async #findRows(connection: PostgresConnection, wanted: ReadonlyMap<string, AccountRef>): Promise<void> {
    const unknown = [...wanted].filter(([key]) => !this.#rowIds.has(key)).map(([, ref]) => ref);
    if (unknown.length === 0) return;
    const keys = unknown.map(({ partyKind, partyId, periodStart }) => ({ partyKind, partyId, periodStart }));
    const rows = await connection.query<AccountRef & { id: string }>(FIND, [asJson(keys)]);
    for (const row of rows) this.#rowIds.set(accountKey(row), row.id);
  }

  #remember(account: Account): Account {
    this.#byKey.set(account.key, account);
    this.#byId.set(account.id, account);
    return account;
  }
}
