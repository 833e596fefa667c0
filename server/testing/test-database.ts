// A fresh database for one test: a SQLite file, or, with TEST_DATABASE_URL, a database of its own in that PostgreSQL.
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';

import type { DatabaseHandle } from '../db/dialect.ts';
import { openPostgres } from '../db/postgres.ts';
import { openSqlite } from '../db/sqlite.ts';

export const testEngine: 'sqlite' | 'postgres' = process.env.TEST_DATABASE_URL ? 'postgres' : 'sqlite';

export async function openTestDatabase(path: string): Promise<DatabaseHandle> {
  if (testEngine === 'sqlite') return openSqlite({ path, sync: 'normal', busyTimeoutMs: 5_000 });
  const { url, drop } = await createTestPostgres();
  const handle = openPostgres(url, { durable: false });
  return {
    ...handle,
    close: async () => {
      await handle.close();
      await drop();
    },
  };
}

/** An empty database in the PostgreSQL of TEST_DATABASE_URL. */
export async function createTestPostgres(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = process.env.TEST_DATABASE_URL;
  if (!server) throw new Error('TEST_DATABASE_URL is not set');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const admin = openPostgres(server);
  await sql`create database ${sql.id(name)}`.execute(admin.raw);
  return {
    url: Object.assign(new URL(server), { pathname: `/${name}` }).href,
    drop: async () => {
      await sql`drop database ${sql.id(name)}`.execute(admin.raw);
      await admin.close();
    },
  };
}
