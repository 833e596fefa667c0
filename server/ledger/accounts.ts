// An account as an engine keeps it in memory while a transaction works on it: what is the same on both engines.
import { accountKey } from './checks.ts';
import type { Balance } from './grant.ts';
import type { AccountRef } from './ledger.ts';

export interface Account extends Balance {
  id: string;
  key: string;
  partyKind: string;
  partyId: string;
  periodStart: number;
  periodEnd: number | null;
  timeZone: string;
  calls: number;
  promptTokens: number;
  completionTokens: number;
  createdAt: number;
  updatedAt: number;
  /** Whether the table has a row. */
  stored: boolean;
}

/** The account's columns. */
export type AccountRow = Omit<Account, 'key' | 'stored'>;

/** An account nobody has seen before; it gets its row with its first change. */
export function newAccount(ref: AccountRef, at: number): Account {
  return {
    id: `acct_${Bun.randomUUIDv7('hex', at)}`,
    key: accountKey(ref),
    partyKind: ref.partyKind,
    partyId: ref.partyId,
    periodStart: ref.periodStart,
    periodEnd: ref.periodEnd,
    timeZone: ref.timeZone,
    capNanos: ref.capNanos,
    settledNanos: 0,
    heldNanos: 0,
    calls: 0,
    promptTokens: 0,
    completionTokens: 0,
    createdAt: at,
    updatedAt: at,
    stored: false,
  };
}

export function storedAccount(row: AccountRow): Account {
  return { ...row, key: accountKey(row as AccountRow & AccountRef), stored: true };
}

/** The reference's cap and zone take effect at once. @returns whether its row must be written for it. */
export function takeTerms(account: Account, { capNanos, periodEnd, timeZone }: AccountRef): boolean {
  const isSame = account.capNanos === capNanos && account.periodEnd === periodEnd && account.timeZone === timeZone;
  if (isSame) return false;
  Object.assign(account, { capNanos, periodEnd, timeZone });
  return account.stored;
}
