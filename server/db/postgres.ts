// Kysely on PostgreSQL: one small pool; whole numbers come back as numbers.
import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';

import type { DatabaseHandle } from './dialect.ts';
import type { Schema } from './schema.ts';

const INT8 = 20;
const NUMERIC = 1700;

/** @param url `postgres://user:password@host:port/database` */
export function openPostgres(url: string): DatabaseHandle {
  const types = new pg.TypeOverrides();
  types.setTypeParser(INT8, Number);
  types.setTypeParser(NUMERIC, Number);
  const pool = new pg.Pool({
    connectionString: url,
    types,
    max: 10,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 30_000,
  });
  // An idle connection that breaks is replaced by the pool; without a listener the event would end the process.
  pool.on('error', () => {});
  const dialect = new PostgresDialect({ pool });
  const raw = new Kysely<never>({ dialect });
  const db = new Kysely<Schema>({ dialect, plugins: [new CamelCasePlugin()] });
  return { engine: 'postgres', db, raw, close: () => db.destroy() };
}
