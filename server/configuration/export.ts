// Reads the whole configuration into one file. Upstream keys are sealed under the passphrase instead of the server's key.
import {
  CONFIGURATION_TABLES,
  type ConfigurationFile,
  type ConfigurationTable,
} from '@hallpass/shared/configuration.ts';

import { recordAudit } from '../audit/audit.ts';
import type { AppContext } from '../context.ts';
import { migrations } from '../db/migrations/index.ts';
import type { ChangedBy } from '../passes/pass-settings.ts';
import { passphraseVault } from './passphrase.ts';
import { type Row, travels, withoutState } from './tables.ts';

const SALT_BYTES = 24;

export async function exportConfiguration(
  ctx: AppContext,
  passphrase: string,
  by: ChangedBy,
): Promise<ConfigurationFile> {
  const salt = ctx.ids.secret(SALT_BYTES);
  const outer = await passphraseVault(passphrase, salt);
  // One reading, so that no route points to a model that came in between.
  const tables = await ctx.db.transaction().execute(async (db) => {
    await ctx.bumpChanges(db);
    const read: Record<string, Row[]> = {};
    for (const table of CONFIGURATION_TABLES) read[table] = await readTable(db, table);
    await recordAudit(ctx, { ...by, action: 'configuration.export' }, db);
    return read as Record<ConfigurationTable, Row[]>;
  });
  const sealed = tables.channelKeys.map((row) => {
    const id = String(row.id);
    return { ...row, ciphertext: outer.seal(id, ctx.vault.open(id, String(row.ciphertext))) };
  });
  return {
    format: 'hallpass configuration',
    version: 1,
    exported_at: new Date(ctx.clock.now()).toISOString(),
    migration: Object.keys(migrations).at(-1)!,
    salt,
    tables: { ...tables, channelKeys: sealed },
  };
}

async function readTable(db: AppContext['db'], table: ConfigurationTable): Promise<Row[]> {
  const rows = (await db
    .selectFrom(table as 'plans')
    .selectAll()
    .execute()) as unknown as Row[];
  return rows.filter((row) => travels(table, row)).map((row) => withoutState(table, row));
}
