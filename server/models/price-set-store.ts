// Keeps the imported set of prices in force and the one before it, as two rows of the settings table.
import type { Kysely } from 'kysely';

import type { Schema } from '../db/schema.ts';
import type { PriceSet } from './price-set.ts';

type Db = Kysely<Schema>;

const CURRENT = 'internal.prices_current';
const PREVIOUS = 'internal.prices_previous';
/** The version alone, so that a catalog that is read again need not read a megabyte of prices. */
const VERSION = 'internal.prices_version';

/** The rows that together are the imported prices. */
export const PRICE_SET_ROWS = { current: CURRENT, previous: PREVIOUS, version: VERSION } as const;

/** @returns `known` itself when it is still the one in force. */
export async function readPriceSet(db: Db, known?: PriceSet): Promise<PriceSet | undefined> {
  const version = await read(db, VERSION);
  if (version === undefined) return undefined;
  return known?.version === version ? known : parse(await read(db, CURRENT));
}

export async function readPreviousSet(db: Db): Promise<PriceSet | undefined> {
  return parse(await read(db, PREVIOUS));
}

/** When the set in force was imported. */
export async function readSetTime(db: Db): Promise<number | undefined> {
  return (await db.selectFrom('settings').select('updatedAt').where('key', '=', VERSION).executeTakeFirst())?.updatedAt;
}

/** In the caller's transaction: this set comes into force, the one it replaces is kept. */
export async function swapPriceSet(db: Db, set: PriceSet, updatedBy: string | null): Promise<void> {
  const old = await read(db, CURRENT);
  const at = { updatedAt: set.importedAt, updatedBy };
  if (old !== undefined) await write(db, { key: PREVIOUS, value: old, ...at });
  await write(db, { key: CURRENT, value: JSON.stringify(set), ...at });
  await write(db, { key: VERSION, value: set.version, ...at });
}

async function read(db: Db, key: string): Promise<string | undefined> {
  return (await db.selectFrom('settings').select('value').where('key', '=', key).executeTakeFirst())?.value;
}

async function write(db: Db, row: { key: string; value: string; updatedAt: number; updatedBy: string | null }) {
  const { key: _, ...values } = row;
  await db
    .insertInto('settings')
    .values(row)
    .onConflict((on) => on.column('key').doUpdateSet(values))
    .execute();
}

function parse(text: string | undefined): PriceSet | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as PriceSet);
}
