// The ledger of an open database.
import type { Logger } from '../lib/logger.ts';
import { type Ledger, LedgerUnavailable } from '../ledger/ledger.ts';
import { createSqliteLedger } from '../ledger/sqlite-ledger.ts';
import type { DatabaseHandle } from './dialect.ts';
import type { SqliteHandle } from './sqlite.ts';

export function openLedger(database: DatabaseHandle, log: Logger): Ledger {
  return isSqlite(database) ? createSqliteLedger({ writer: database.writer, log }) : notAvailableYet;
}

function isSqlite(database: DatabaseHandle): database is SqliteHandle {
  return database.engine === 'sqlite';
}

async function refuse(): Promise<never> {
  throw new LedgerUnavailable('the ledger on PostgreSQL is not available yet');
}

/** TODO(#3): the ledger on PostgreSQL. */
const notAvailableYet: Ledger = { open: refuse, settle: refuse, progress: () => {}, recover: async () => 0 };
