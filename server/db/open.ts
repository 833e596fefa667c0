// Opens the database that the configuration names and brings it to the newest schema, or says why it cannot.
import type { Config } from '../config.ts';
import { StartError } from '../lib/start-error.ts';
import type { DatabaseHandle } from './dialect.ts';
import { tooNewText } from './inspect-sqlite.ts';
import { DatabaseTooNew, migrate } from './migrate.ts';
import { joinReplicas } from './postgres/claim.ts';
import { openPostgres, type PostgresHandle } from './postgres.ts';
import { openSqlite } from './sqlite.ts';

const BUSY_TIMEOUT_MS = 5_000;

/** @throws StartError */
export async function openDatabase(config: Config): Promise<DatabaseHandle> {
  if (config.DATABASE_URL !== undefined)
    return openPostgres(config.DATABASE_URL, { durable: config.LEDGER_SYNC === 'full' });
  const options = { path: config.DATABASE_PATH, sync: config.LEDGER_SYNC, busyTimeoutMs: BUSY_TIMEOUT_MS };
  try {
    return await openSqlite(options);
  } catch (error) {
    throw new StartError(`The database ${config.DATABASE_PATH} cannot be opened (${(error as Error).message}).`, {
      cause: error,
    });
  }
}

/** @throws StartError when it was written by a newer version, or cannot be asked. */
export async function migrateDatabase(database: DatabaseHandle, config: Config): Promise<void> {
  const name = databaseName(config);
  try {
    await migrate(database.raw);
  } catch (error) {
    if (error instanceof DatabaseTooNew) throw new StartError(tooNewText(name, error.unknownMigration));
    throw new StartError(`The database ${name} cannot be prepared (${(error as Error).message}).`, { cause: error });
  }
}

/** A PostgreSQL database may serve several processes, when they can share their limits. @throws StartError */
export async function joinDatabase(database: DatabaseHandle, config: Config): Promise<void> {
  if (!isPostgres(database)) return;
  if (await joinReplicas(database, config.REDIS_URL === undefined)) return;
  throw new StartError(
    `Another Hallpass is already running on the database ${databaseName(config)}. To run several at once, set ` +
      'REDIS_URL to the same Redis for all of them; otherwise please stop the other one first.',
  );
}

function isPostgres(database: DatabaseHandle): database is PostgresHandle {
  return database.engine === 'postgres';
}

/** Where the data is, fit to be printed: an address loses its password. */
export function databaseName({ DATABASE_URL, DATABASE_PATH }: Config): string {
  if (DATABASE_URL === undefined) return DATABASE_PATH;
  const url = new URL(DATABASE_URL);
  return `postgres://${url.host}${url.pathname}`;
}

/** Whether it holds tables of an earlier start. @throws StartError when it cannot be asked. */
export async function isPrepared(database: DatabaseHandle, config: Config): Promise<boolean> {
  try {
    const tables = await database.raw.introspection.getTables();
    return tables.some(({ name }) => name === 'settings');
  } catch (error) {
    throw new StartError(
      `The database ${databaseName(config)} cannot be reached (${(error as Error).message}). Please check that it ` +
        'runs and that DATABASE_URL is right.',
      { cause: error },
    );
  }
}
