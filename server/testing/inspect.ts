// A second look at a server's database from outside, while the server runs or after it died.
import { Database } from 'bun:sqlite';

import { openSqlite } from '../db/sqlite.ts';
import { checkInvariants } from '../ledger/invariants.ts';

/** Every broken promise of the ledger, and what SQLite itself finds wrong with the file. Empty = all is well. */
export async function brokenPromises(path: string): Promise<string[]> {
  const handle = await openSqlite({ path, sync: 'normal', busyTimeoutMs: 5_000 });
  try {
    const problems = await checkInvariants(handle.raw);
    const check = query(path, 'pragma integrity_check') as { integrity_check: string }[];
    return [...problems, ...check.map((row) => row.integrity_check).filter((word) => word !== 'ok')];
  } finally {
    await handle.close();
  }
}

/** Rows of a query on the file, read-only. */
export function query(path: string, sql: string, ...params: (string | number)[]): unknown[] {
  using db = new Database(path, { readonly: true });
  return db.query(sql).all(...params);
}
