// Recognises a wrong ENCRYPTION_KEY at start, before a key of a channel is needed.
import type { Kysely } from 'kysely';

import type { Schema } from '../db/schema.ts';
import { type Vault, VaultError } from '../lib/vault.ts';

/** The row of `settings`, and what its ciphertext is bound to. */
const CHECK = 'internal.encryption_check';

/**
 * Opens the stored check value. Where there is none it is written, if no stored channel key contradicts.
 * Run before the context is built: nothing else may be read or changed with the wrong key.
 * @throws VaultError a plain sentence; nothing was changed.
 */
export async function verifyEncryptionKey(db: Kysely<Schema>, vault: Vault, now: number): Promise<void> {
  const stored = await readCheck(db);
  if (stored !== undefined) return assertOpens(vault, CHECK, stored);
  const keys = await db.selectFrom('channelKeys').select(['id', 'ciphertext']).orderBy('id').execute();
  if (keys.length > 0 && !keys.some(({ id, ciphertext }) => opens(vault, id, ciphertext)))
    throw new VaultError(WRONG_KEY);
  await db
    .insertInto('settings')
    .values({ key: CHECK, value: vault.seal(CHECK, 'hallpass'), updatedAt: now, updatedBy: null })
    .onConflict((oc) => oc.column('key').doNothing())
    .execute();
  // Another process may have written its own at the same moment: the one that is stored counts.
  assertOpens(vault, CHECK, (await readCheck(db)) ?? '');
}

/** Something only this installation has, and every process on its database: the sealed check value. */
export async function installationMark(db: Kysely<Schema>): Promise<string> {
  return (await readCheck(db)) ?? '';
}

const WRONG_KEY =
  'ENCRYPTION_KEY is not the one this database was written with, so the stored upstream keys cannot be read. ' +
  'Start with the earlier key. Nothing was changed.';

async function readCheck(db: Kysely<Schema>): Promise<string | undefined> {
  const row = await db.selectFrom('settings').select('value').where('key', '=', CHECK).executeTakeFirst();
  return row?.value;
}

function assertOpens(vault: Vault, rowId: string, ciphertext: string): void {
  if (!opens(vault, rowId, ciphertext)) throw new VaultError(WRONG_KEY);
}

function opens(vault: Vault, rowId: string, ciphertext: string): boolean {
  try {
    vault.open(rowId, ciphertext);
    return true;
  } catch (error) {
    if (error instanceof VaultError) return false;
    throw error;
  }
}
