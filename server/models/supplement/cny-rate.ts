// The rate prices in yuan are converted by, read with the rows it prices: a rate kept elsewhere could be a moment older.
import type { Kysely } from 'kysely';

import type { Schema } from '../../db/schema.ts';
import { DEFAULT_CNY_RATE, DEFINITIONS } from '../../settings/rules.ts';

/** Yuan for a dollar. */
export async function readCnyRate(db: Kysely<Schema>): Promise<number> {
  const { key, schema } = DEFINITIONS.cnyRate;
  const row = await db.selectFrom('settings').select('value').where('key', '=', key).executeTakeFirst();
  if (row === undefined) return DEFAULT_CNY_RATE;
  const read = schema.safeParse(Number(row.value));
  return read.success ? read.data : DEFAULT_CNY_RATE;
}
