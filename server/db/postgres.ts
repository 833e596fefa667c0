// Kysely on PostgreSQL: a small pool, and one for reports, so that they do not keep calls waiting; whole numbers come back
// as numbers.
import { CamelCasePlugin, Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';

import { fromPostgres } from './database-error.ts';
import type { DatabaseHandle } from './dialect.ts';
import { connectPostgres, numberTypes, type PostgresConnection } from './postgres/connection.ts';
import { type Replica, thisReplica } from './postgres/replica.ts';
import type { Schema } from './schema.ts';

export interface PostgresHandle extends DatabaseHandle {
  engine: 'postgres';
  /** This process, as the others see it. */
  replica: Replica;
  /** A connection apart from the pool of the stores. */
  connect(): Promise<PostgresConnection>;
  /** Done by `close` before the pool ends. */
  beforeClose(step: () => Promise<void>): void;
}

export interface PostgresOptions {
  /** false: a commit need not reach the disk before it is answered. */
  durable?: boolean;
  replica?: Replica;
}

/** @param url `postgres://user:password@host:port/database` */
export function openPostgres(
  url: string,
  { durable = true, replica = thisReplica() }: PostgresOptions = {},
): PostgresHandle {
  const steps: (() => Promise<void>)[] = [];
  const pools = [openPool(url, { max: 10 }), openPool(url, { max: 4, options: WITHOUT_WORKERS })] as const;
  const [main, reports] = pools.map(kyselyOn);
  return {
    engine: 'postgres',
    ...main!,
    reports: reports!,
    replica,
    connect: () => connectPostgres({ url, name: replica.id, durable }),
    beforeClose: (step) => void steps.push(step),
    close: async () => {
      for (const step of steps.splice(0)) await step();
      await Promise.all(pools.map((pool) => pool.end()));
    },
  };
}

/** Starting processes to read in parallel takes longer than a report does. */
const WITHOUT_WORKERS = '-c max_parallel_workers_per_gather=0';

function openPool(url: string, settings: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    types: numberTypes(),
    connectionTimeoutMillis: 5_000,
    statement_timeout: 30_000,
    ...settings,
  });
  // A connection that breaks is replaced by the pool, and whoever uses it is told by the next answer. Without these
  // listeners the event would end the process: the first is for idle connections, the second for those in use.
  pool.on('error', () => {});
  pool.on('connect', (client) => void client.on('error', () => {}));
  return pool;
}

function kyselyOn(pool: pg.Pool): Pick<DatabaseHandle, 'db' | 'raw'> {
  const dialect = new PostgresDialect({ pool: withOurErrors(pool) });
  return {
    raw: new Kysely<never>({ dialect }),
    db: new Kysely<Schema>({ dialect, plugins: [new CamelCasePlugin()] }),
  };
}

/** The pool, throwing DatabaseError only. */
function withOurErrors(pool: pg.Pool): PostgresPool {
  const wrapped = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    connect: async () => {
      const client = await pool.connect().catch((error: unknown) => {
        throw fromPostgres(error);
      });
      const known = wrapped.get(client) ?? withOurErrorsOn(client);
      wrapped.set(client, known);
      return known;
    },
    end: () => pool.end(),
  };
}

function withOurErrorsOn(client: pg.PoolClient): PostgresPoolClient {
  // Of the two forms Kysely may call, cursors are not configured.
  const query = (text: string, values: unknown[]) =>
    client.query(text, values).catch((error: unknown) => {
      throw fromPostgres(error);
    });
  return { query: query as unknown as PostgresPoolClient['query'], release: (destroy) => client.release(destroy) };
}
