// A fresh database for one test: a SQLite file, or, with TEST_DATABASE_URL, a schema of its own in that PostgreSQL.
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';

import type { DatabaseHandle } from '../db/dialect.ts';
import { openPostgres } from '../db/postgres.ts';
import { openSqlite } from '../db/sqlite.ts';

export const testEngine: 'sqlite' | 'postgres' = process.env.TEST_DATABASE_URL ? 'postgres' : 'sqlite';

export async function openTestDatabase(path: string): Promise<DatabaseHandle> {
  const url = process.env.TEST_DATABASE_URL;
  return url ? openTestPostgres(url) : openSqlite({ path, sync: 'normal', busyTimeoutMs: 5_000 });
}

async function openTestPostgres(url: string): Promise<DatabaseHandle> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const admin = openPostgres(url);
  await sql`create database ${sql.id(name)}`.execute(admin.raw);
  const handle = openPostgres(Object.assign(new URL(url), { pathname: `/${name}` }).href);
  return {
    ...handle,
    close: async () => {
      await handle.close();
      await sql`drop database ${sql.id(name)}`.execute(admin.raw);
      await admin.close();
    },
  };
}
