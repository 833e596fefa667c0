// Reads what parties have spent, for those who ask; the ledger alone writes it.
import type { Kysely } from 'kysely';

import type { Schema } from '../db/schema.ts';
import type { AccountRef } from '../ledger/ledger.ts';

export interface AccountBalance {
  spentNanos: number;
  /** Held by calls that run now. */
  heldNanos: number;
  calls: number;
  promptTokens: number;
  completionTokens: number;
}

const UNUSED: AccountBalance = { spentNanos: 0, heldNanos: 0, calls: 0, promptTokens: 0, completionTokens: 0 };

/** By account; one without a row has not been used in its period. */
export async function findBalances(
  db: Kysely<Schema>,
  accounts: readonly AccountRef[],
): Promise<(account: AccountRef) => AccountBalance> {
  if (accounts.length === 0) return () => UNUSED;
  const rows = await db
    .selectFrom('accounts')
    .select(['partyKind', 'partyId', 'periodStart', 'heldNanos', 'calls', 'promptTokens', 'completionTokens'])
    .select('settledNanos as spentNanos')
    .where('partyId', 'in', [...new Set(accounts.map(({ partyId }) => partyId))])
    .where('periodStart', 'in', [...new Set(accounts.map(({ periodStart }) => periodStart))])
    .execute();
  const found = new Map(
    rows.map(({ partyKind, partyId, periodStart, ...balance }) => [`${partyKind} ${periodStart} ${partyId}`, balance]),
  );
  return ({ partyKind, partyId, periodStart }) => found.get(`${partyKind} ${periodStart} ${partyId}`) ?? UNUSED;
}
