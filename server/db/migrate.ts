// Brings a database to the newest schema, or refuses one that a newer Hallpass has written.
import { type Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';

import { migrations } from './migrations/index.ts';

/** The database was written by a newer version; nothing was changed. */
export class DatabaseTooNew extends Error {
  constructor(readonly unknownMigration: string) {
    super(`the database was written by a newer version of Hallpass (it has the migration ${unknownMigration})`);
    this.name = 'DatabaseTooNew';
  }
}

/**
 * Applies what is missing, each migration in a transaction.
 * @param upTo stop after this migration (tests).
 * @throws DatabaseTooNew before anything is written.
 */
export async function migrate(db: Kysely<never>, upTo?: string): Promise<void> {
  await refuseNewer(db);
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = upTo ? await migrator.migrateTo(upTo) : await migrator.migrateToLatest();
  if (error) throw error;
}

async function refuseNewer(db: Kysely<never>): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === 'kysely_migration')) return;
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  const unknown = rows.find(({ name }) => !(name in migrations));
  if (unknown) throw new DatabaseTooNew(unknown.name);
}
