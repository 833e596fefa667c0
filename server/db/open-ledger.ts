// What depends on the engine of an open database: its ledger, and how processes on it agree on limits.
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { type Agreement, createMemoryAgreement } from '../limits/agreement.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { createPostgresLedger } from '../ledger/postgres-ledger.ts';
import { createQueuedLedger } from '../ledger/queued-ledger.ts';
import type { DatabaseHandle } from './dialect.ts';
import type { CountedKeys } from './postgres/last-calls.ts';
import { createPostgresAgreement } from './postgres/limits-agreement.ts';
import type { PostgresHandle } from './postgres.ts';
import type { SqliteHandle } from './sqlite.ts';

export function openLedger(database: DatabaseHandle, { clock, log }: { clock: Clock; log: Logger }): Ledger {
  return isSqlite(database)
    ? createQueuedLedger({ writer: database.writer, log })
    : createPostgresLedger({ database: database as PostgresHandle, clock, log });
}

/** A SQLite database has one process, which agrees with itself. */
export function openAgreement(
  database: DatabaseHandle,
  { clock, countedKeys }: { clock: Clock; countedKeys: CountedKeys },
): Agreement {
  if (isSqlite(database)) return createMemoryAgreement(() => performance.now())('alone');
  return createPostgresAgreement({ database: database as PostgresHandle, clock, countedKeys });
}

function isSqlite(database: DatabaseHandle): database is SqliteHandle {
  return database.engine === 'sqlite';
}
