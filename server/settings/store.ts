// The settings table.
import type { Kysely } from 'kysely';

import type { Schema } from '../db/schema.ts';
import type { StoredSetting } from './rules.ts';

type Db = Kysely<Schema>;

export async function listSettings(db: Db, keys: readonly string[]): Promise<StoredSetting[]> {
  return db.selectFrom('settings').select(['key', 'value', 'updatedAt']).where('key', 'in', keys).execute();
}

export async function upsertSetting(db: Db, row: StoredSetting & { updatedBy: string | null }): Promise<void> {
  await db
    .insertInto('settings')
    .values(row)
    .onConflict((on) =>
      on.column('key').doUpdateSet({ value: row.value, updatedAt: row.updatedAt, updatedBy: row.updatedBy }),
    )
    .execute();
}

export async function deleteSettings(db: Db, keys: readonly string[]): Promise<void> {
  if (keys.length > 0) await db.deleteFrom('settings').where('key', 'in', keys).execute();
}
