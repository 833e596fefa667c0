// The ledger on PostgreSQL: the group commit of this process, joined to the database's life.
import type { PostgresHandle } from '../db/postgres.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Ledger } from './ledger.ts';
import { repairHolds } from './postgres-repair.ts';
import { PostgresWriter } from './postgres-writer.ts';
import { createQueuedLedger } from './queued-ledger.ts';

export interface PostgresLedgerOptions {
  database: PostgresHandle;
  clock: Clock;
  log: Logger;
}

/** Connects with its first operation; ends with the database. */
export function createPostgresLedger({ database, clock, log }: PostgresLedgerOptions): Ledger {
  const { connect, replica } = database;
  const writer = new PostgresWriter({ connect, replica, clock, log });
  database.beforeClose(() => writer[Symbol.asyncDispose]());
  const ledger = createQueuedLedger({ writer, log });
  return {
    ...ledger,
    async recover(now) {
      const recovered = await ledger.recover(now);
      const connection = await connect();
      try {
        for (const repair of await repairHolds(connection, now))
          log.error('an account held money for no open call; corrected', { ...repair });
      } finally {
        await connection.close();
      }
      return recovered;
    },
  };
}
