// Migrates once and copies after that: a migrated database costs a test a tenth of what its migrations do.
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';

import { migrate } from '../db/migrate.ts';
import { openPostgres, type PostgresHandle } from '../db/postgres.ts';
import { openSqlite } from '../db/sqlite.ts';
import { keptFile, textHash } from './kept-file.ts';

let sqliteTemplate: Promise<string> | undefined;

/** Puts a migrated SQLite file at `path`. */
export async function copyMigratedSqlite(path: string): Promise<void> {
  sqliteTemplate ??= buildSqlite();
  await copyFile(await sqliteTemplate, path);
}

async function buildSqlite(): Promise<string> {
  return keptFile('migrated.db', await migrationsText(), async (path) => {
    const handle = await openSqlite({ path, sync: 'normal', busyTimeoutMs: 5_000 });
    await migrate(handle.raw);
    // Closing the last connection moves the write-ahead log into the file.
    await handle.close();
    await rm(`${path}-wal`, { force: true });
  });
}

let postgresTemplate: Promise<string> | undefined;

/**
 * The name of a migrated database to copy. It is named after the migrations' text, so that it is made once in a server
 * and never stale, and gets the name when it is whole, so that nobody copies half of it.
 */
export function migratedPostgres(admin: PostgresHandle, server: string): Promise<string> {
  postgresTemplate ??= buildPostgres(admin, server);
  return postgresTemplate;
}

async function buildPostgres(admin: PostgresHandle, server: string): Promise<string> {
  const name = `test_template_${textHash(await migrationsText())}`;
  await admin.raw.connection().execute(async (connection) => {
    await sql`select pg_advisory_lock(hashtext(${name}))`.execute(connection);
    const { rows } = await sql`select 1 from pg_database where datname = ${name}`.execute(connection);
    if (rows.length === 0) {
      const draft = sql.id(`${name}_draft`);
      await sql`drop database if exists ${draft}`.execute(connection);
      await sql`create database ${draft}`.execute(connection);
      const handle = openPostgres(Object.assign(new URL(server), { pathname: `/${name}_draft` }).href);
      await migrate(handle.raw);
      await handle.close();
      await sql`alter database ${draft} rename to ${sql.id(name)}`.execute(connection);
    }
    await sql`select pg_advisory_unlock(hashtext(${name}))`.execute(connection);
  });
  return name;
}

async function migrationsText(): Promise<string> {
  const folder = join(import.meta.dir, '../db/migrations');
  const paths = await Array.fromAsync(new Bun.Glob('**/*.ts').scan({ cwd: folder }));
  const files = paths.toSorted().map(async (path) => `${path}\n${await Bun.file(join(folder, path)).text()}`);
  return (await Promise.all(files)).join('\n');
}
