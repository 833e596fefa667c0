// A fresh database for one test: a SQLite file, or, with TEST_DATABASE_URL, a database of its own in that PostgreSQL.
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';

import type { DatabaseHandle } from '../db/dialect.ts';
import { openPostgres, type PostgresHandle } from '../db/postgres.ts';
import { openSqlite } from '../db/sqlite.ts';
import { copyMigratedSqlite, migratedPostgres } from './test-template.ts';

export const testEngine: 'sqlite' | 'postgres' = process.env.TEST_DATABASE_URL ? 'postgres' : 'sqlite';

interface TestDatabaseOptions {
  /** Empty unless asked for. */
  migrated?: boolean;
}

/** @param path of the file, where the engine is SQLite. */
export async function openTestDatabase(
  path: string,
  { migrated = false }: TestDatabaseOptions = {},
): Promise<DatabaseHandle> {
  if (testEngine === 'sqlite') {
    if (migrated) await copyMigratedSqlite(path);
    return openSqlite({ path, sync: 'normal', busyTimeoutMs: 5_000 });
  }
  const { url, drop } = await createTestPostgres({ migrated });
  const handle = openPostgres(url, { durable: false });
  return {
    ...handle,
    close: async () => {
      await handle.close();
      await drop();
    },
  };
}

let admin: PostgresHandle | undefined;
/** Made while the test before runs, for making one takes as long as a small test. */
let spare: Promise<string> | undefined;

/** A database in the PostgreSQL of TEST_DATABASE_URL. */
export async function createTestPostgres({ migrated = false }: TestDatabaseOptions = {}): Promise<{
  url: string;
  drop(): Promise<void>;
}> {
  const server = process.env.TEST_DATABASE_URL;
  if (!server) throw new Error('TEST_DATABASE_URL is not set');
  const own = (admin ??= openPostgres(server));
  const name = await (migrated ? nextMigrated(own, server) : copyOf('template1', own));
  return {
    url: Object.assign(new URL(server), { pathname: `/${name}` }).href,
    drop: async () => void (await sql`drop database ${sql.id(name)}`.execute(own.raw)),
  };
}

async function nextMigrated(own: PostgresHandle, server: string): Promise<string> {
  const template = await migratedPostgres(own, server);
  const name = spare ?? copyOf(template, own);
  spare = copyOf(template, own);
  // Whoever takes it hears of a failure.
  spare.catch(() => undefined);
  return name;
}

async function copyOf(template: string, { raw }: PostgresHandle): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await sql`create database ${sql.id(name)} template ${sql.id(template)}`.execute(raw);
  return name;
}
