// Removes call rows whose time is over without losing what they add up to: an account's sums stay, and how much of them
// has no row any more is carried beside them (DESIGN §6, retention). The roll-ups stay as they are; what was taken from an
// hour is noted there as the dimension `folded`, so that rows + folded = roll-up can be checked for ever.
import type { Kysely } from 'kysely';

import type { Schema } from '../db/schema.ts';

type Db = Kysely<Schema>;

interface Folded {
  id: string;
  hour: number;
  status: string | null;
  costNanos: number;
  promptTokens: number;
  completionTokens: number;
  accountIds: string;
}

interface Sums {
  calls: number;
  errors: number;
  promptTokens: number;
  completionTokens: number;
  costNanos: number;
}

/** The dimension of what retention has taken out of an hour. */
export const FOLDED = 'folded';

/**
 * One batch, one transaction. Rows that are still open stay: their money is not settled. Of several servers that fold at
 * once each takes other rows.
 * @param before epoch ms. @returns how many rows were removed; fewer than `limit` = none is left.
 */
export function foldCalls(db: Db, before: number, limit: number): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const rows = (await trx
      .deleteFrom('calls')
      .where('id', 'in', (eb) =>
        eb
          .selectFrom('calls')
          .select('id')
          .where('openedAt', '<', before)
          .where('state', '!=', 'open')
          .orderBy('openedAt')
          .limit(limit),
      )
      .returning(['id', 'hour', 'status', 'costNanos', 'promptTokens', 'completionTokens', 'accountIds'])
      .execute()) as Folded[];
    if (rows.length === 0) return 0;
    const ids = rows.map(({ id }) => id);
    await trx.deleteFrom('attempts').where('callId', 'in', ids).execute();
    await trx.deleteFrom('callContents').where('callId', 'in', ids).execute();
    await carry(trx, rows);
    await noteFolded(trx, rows);
    return rows.length;
  });
}

/** In the order of their ids, as the ledger locks them. */
async function carry(trx: Db, rows: readonly Folded[]): Promise<void> {
  const sums = new Map<string, Sums>();
  for (const row of rows) for (const id of JSON.parse(row.accountIds) as string[]) add(sums, id, row);
  for (const [id, sum] of [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    await trx
      .updateTable('accounts')
      .set((eb) => ({
        carriedNanos: eb('carriedNanos', '+', sum.costNanos),
        carriedCalls: eb('carriedCalls', '+', sum.calls),
        carriedPromptTokens: eb('carriedPromptTokens', '+', sum.promptTokens),
        carriedCompletionTokens: eb('carriedCompletionTokens', '+', sum.completionTokens),
      }))
      .where('id', '=', id)
      .execute();
}

async function noteFolded(trx: Db, rows: readonly Folded[]): Promise<void> {
  const sums = new Map<number, Sums>();
  for (const row of rows) add(sums, row.hour, row);
  for (const [hour, sum] of [...sums].toSorted(([a], [b]) => a - b))
    await trx
      .insertInto('usageRollups')
      .values({ hour, dimension: FOLDED, dimensionId: '', ...sum })
      .onConflict((conflict) =>
        conflict.columns(['hour', 'dimension', 'dimensionId']).doUpdateSet((eb) => ({
          calls: eb('usageRollups.calls', '+', sum.calls),
          errors: eb('usageRollups.errors', '+', sum.errors),
          promptTokens: eb('usageRollups.promptTokens', '+', sum.promptTokens),
          completionTokens: eb('usageRollups.completionTokens', '+', sum.completionTokens),
          costNanos: eb('usageRollups.costNanos', '+', sum.costNanos),
        })),
      )
      .execute();
}

function add<K>(sums: Map<K, Sums>, key: K, row: Folded): void {
  const sum = sums.get(key) ?? { calls: 0, errors: 0, promptTokens: 0, completionTokens: 0, costNanos: 0 };
  sum.calls += 1;
  sum.errors += row.status === 'success' || row.status === 'cancelled' ? 0 : 1;
  sum.promptTokens += row.promptTokens;
  sum.completionTokens += row.completionTokens;
  sum.costNanos += row.costNanos;
  sums.set(key, sum);
}
