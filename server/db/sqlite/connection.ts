// Opens a SQLite file the one way we open it, and runs a statement whatever it returns.
import { Database } from 'bun:sqlite';

import type { QueryRows, WriterOptions } from './protocol.ts';

/** 16 MB of log between two checkpoints: a checkpoint syncs twice, and hot pages are written once for all of them. */
const CHECKPOINT_PAGES = 4_000;
/** What a long reader has made the log grow to is given back. */
const LOG_KEPT_BYTES = 64 * 1024 * 1024;

export function openForWriting(options: WriterOptions): Database {
  const db = new Database(options.path, { create: true, readwrite: true, strict: true });
  db.run(`pragma busy_timeout = ${options.busyTimeoutMs}`);
  db.run('pragma journal_mode = wal');
  db.run(`pragma synchronous = ${options.sync}`);
  db.run('pragma foreign_keys = on');
  db.run('pragma cache_size = -32000');
  db.run(`pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  db.run(`pragma journal_size_limit = ${LOG_KEPT_BYTES}`);
  return db;
}

/** A read-only view of the same file; it never waits for the writer (WAL). */
export function openForReading(path: string): Database {
  const db = new Database(path, { readwrite: true, strict: true });
  db.run('pragma busy_timeout = 50');
  db.run('pragma query_only = on');
  db.run('pragma foreign_keys = on');
  return db;
}

/** Runs one statement; statements are compiled once and kept by bun:sqlite. */
export function runStatement(db: Database, sql: string, params: readonly unknown[]): QueryRows {
  const statement = db.query(sql);
  if (statement.columnNames.length > 0) {
    const rows = statement.all(...(params as never[]));
    return { rows, changes: rows.length };
  }
  const { changes } = statement.run(...(params as never[]));
  return { rows: [], changes };
}
