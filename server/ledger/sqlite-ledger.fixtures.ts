// A ledger on a migrated SQLite file, and what it logged.
import { migrate } from '../db/migrate.ts';
import { openSqlite, type SqliteHandle } from '../db/sqlite.ts';
import type { WriterOptions } from '../db/sqlite/protocol.ts';
import { createLogger } from '../lib/logger.ts';
import type { Ledger } from './ledger.ts';
import { createQueuedLedger } from './queued-ledger.ts';

export interface TestLedger {
  ledger: Ledger;
  handle: SqliteHandle;
  logs: Record<string, unknown>[];
}

export interface TestLedgerOptions extends Partial<WriterOptions> {
  durableMaxMs?: number;
}

/** @param path of the database file; made when it does not exist. */
export async function openTestLedger(path: string, options: TestLedgerOptions = {}): Promise<TestLedger> {
  const { durableMaxMs, ...writer } = options;
  const handle = await openSqlite({ path, sync: 'normal', busyTimeoutMs: 5_000, ...writer });
  await migrate(handle.raw);
  const logs: Record<string, unknown>[] = [];
  const log = createLogger((line) => logs.push(JSON.parse(line)));
  const ledger = createQueuedLedger({ writer: handle.writer, log, ...(durableMaxMs ? { durableMaxMs } : {}) });
  return { handle, logs, ledger };
}
