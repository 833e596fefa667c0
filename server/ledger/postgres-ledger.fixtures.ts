// Ledgers of several replicas on one fresh PostgreSQL database.
import type { Kysely } from 'kysely';

import { openPostgres, type PostgresHandle, type PostgresOptions } from '../db/postgres.ts';
import { systemClock } from '../lib/clock.ts';
import { createLogger } from '../lib/logger.ts';
import { createTestPostgres } from '../testing/test-database.ts';
import type { Ledger } from './ledger.ts';
import { createPostgresLedger } from './postgres-ledger.ts';

export interface TestReplica {
  ledger: Ledger;
  database: PostgresHandle;
  logs: Record<string, unknown>[];
  close(): Promise<void>;
}

export interface TestLedgers extends AsyncDisposable {
  url: string;
  raw: Kysely<never>;
  /** Another replica, at another address of the same database when one is given. */
  open(options?: PostgresOptions & { url?: string }): TestReplica;
}

export async function openTestLedgers(): Promise<TestLedgers> {
  const postgres = await createTestPostgres({ migrated: true });
  const inspector = openPostgres(postgres.url);
  const replicas: TestReplica[] = [];
  return {
    url: postgres.url,
    raw: inspector.raw,
    open({ url = postgres.url, ...options } = {}) {
      const database = openPostgres(url, options);
      const logs: Record<string, unknown>[] = [];
      const log = createLogger((line) => logs.push(JSON.parse(line)));
      const ledger = createPostgresLedger({ database, clock: systemClock, log });
      const replica = { ledger, database, logs, close: once(() => database.close()) };
      replicas.push(replica);
      return replica;
    },
    async [Symbol.asyncDispose]() {
      for (const { close } of replicas) await close();
      await inspector.close();
      await postgres.drop();
    },
  };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}
