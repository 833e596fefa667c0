// The ledger of an open database.
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { createPostgresLedger } from '../ledger/postgres-ledger.ts';
import { createQueuedLedger } from '../ledger/queued-ledger.ts';
import type { DatabaseHandle } from './dialect.ts';
import type { PostgresHandle } from './postgres.ts';
import type { SqliteHandle } from './sqlite.ts';

export function openLedger(database: DatabaseHandle, { clock, log }: { clock: Clock; log: Logger }): Ledger {
  return isSqlite(database)
    ? createQueuedLedger({ writer: database.writer, log })
    : createPostgresLedger({ database: database as PostgresHandle, clock, log });
}

function isSqlite(database: DatabaseHandle): database is SqliteHandle {
  return database.engine === 'sqlite';
}
