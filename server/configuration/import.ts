// Writes a configuration file into the database: rows are added or changed by their ids, what is not in the file stays.
// All or nothing; a dry run does the same and takes it back.
import {
  CONFIGURATION_TABLES,
  type ConfigurationFile,
  type ConfigurationTable,
  type ImportReport,
} from '@hallpass/shared/configuration.ts';

import { recordAudit } from '../audit/audit.ts';
import { parseBaseUrl } from '../channels/rules.ts';
import type { AppContext } from '../context.ts';
import { DatabaseError } from '../db/database-error.ts';
import { migrations } from '../db/migrations/index.ts';
import { AppError } from '../lib/app-error.ts';
import { type Vault, VaultError } from '../lib/vault.ts';
import type { ChangedBy } from '../passes/pass-settings.ts';
import { passphraseVault } from './passphrase.ts';
import { checkedRow, KEY_OF, type Row, travels } from './tables.ts';

type Db = AppContext['db'];
type Outcome = 'added' | 'changed' | 'same';

interface Import {
  file: ConfigurationFile;
  passphrase: string;
  dryRun: boolean;
  by: ChangedBy;
}

class DryRunDone extends Error {}

/** @throws AppError configuration_refused: a wrong passphrase, a newer file, a row that cannot be. */
export async function importConfiguration(
  ctx: AppContext,
  { file, passphrase, dryRun, by }: Import,
): Promise<ImportReport> {
  if (!(file.migration in migrations)) throw refused('the file comes from a newer version');
  const outer = await passphraseVault(passphrase, file.salt);
  const tables = {} as ImportReport['tables'];
  try {
    await ctx.db.transaction().execute(async (db) => {
      await ctx.bumpChanges(db);
      for (const table of CONFIGURATION_TABLES)
        tables[table] = await writeTable({ ctx, db, outer }, table, file.tables[table]);
      if (dryRun) throw new DryRunDone();
      await recordAudit(ctx, { ...by, action: 'configuration.import', detail: { tables } }, db);
    });
  } catch (error) {
    if (error instanceof DryRunDone) return { written: false, tables };
    if (error instanceof VaultError) throw refused('the passphrase does not open it');
    if (error instanceof DatabaseError)
      throw refused(`it does not fit what is here (${error.problem} ${error.column ?? ''})`);
    throw error;
  }
  await ctx.settings.reload();
  await ctx.catalog.reload();
  await ctx.blocklist.reload();
  ctx.events.emit({ type: 'settings.changed' });
  ctx.events.emit({ type: 'catalog.changed' });
  ctx.events.emit({ type: 'classroom.changed' });
  return { written: true, tables };
}

interface Writing {
  ctx: AppContext;
  db: Db;
  outer: Vault;
}

async function writeTable(writing: Writing, table: ConfigurationTable, rows: readonly Row[]) {
  const counts: Record<Outcome, number> = { added: 0, changed: 0, same: 0 };
  for (const row of rows) if (travels(table, row)) counts[await writeRow(writing, table, checkedRow(table, row))] += 1;
  return counts;
}

async function writeRow({ ctx, db, outer }: Writing, table: ConfigurationTable, given: Row): Promise<Outcome> {
  const key = KEY_OF[table];
  const { baseUrl } = given;
  const allowed = ctx.config.ALLOW_PRIVATE_UPSTREAMS;
  const row = typeof baseUrl === 'string' ? { ...given, baseUrl: parseBaseUrl(baseUrl, allowed) } : given;
  const stored = (await db
    .selectFrom(table as 'plans')
    .selectAll()
    .where(key as 'id', '=', String(row[key]))
    .executeTakeFirst()) as Row | undefined;
  const wanted = table === 'channelKeys' ? resealed({ ctx, db, outer }, row, stored) : row;
  if (!stored) {
    await db
      .insertInto(table as 'plans')
      .values(wanted as never)
      .execute();
    return 'added';
  }
  // People of the other server are not known here: who is named here stays.
  const changes = Object.fromEntries(
    Object.entries(wanted).filter(([column, value]) => value !== (stored[column] ?? null) && !isPerson(column, value)),
  );
  if (Object.keys(changes).length === 0) return 'same';
  await db
    .updateTable(table as 'plans')
    .set(changes as never)
    .where(key as 'id', '=', String(row[key]))
    .execute();
  return 'changed';
}

const isPerson = (column: string, value: Row[string]) => value === null && /(UserId|createdBy|updatedBy)$/.test(column);

/** Under the server's own key; a secret that is the same keeps its ciphertext. @throws VaultError for a wrong passphrase. */
function resealed({ ctx, outer }: Writing, row: Row, stored: Row | undefined): Row {
  const id = String(row.id);
  const secret = outer.open(id, String(row.ciphertext));
  const isSame = stored !== undefined && ctx.vault.open(id, String(stored.ciphertext)) === secret;
  return { ...row, ciphertext: isSame ? stored.ciphertext! : ctx.vault.seal(id, secret) };
}

function refused(detail: string): AppError {
  return new AppError('configuration_refused', { params: { detail } });
}
