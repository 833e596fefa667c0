// Looks at a SQLite file before it is opened for good, without changing a byte of it, and says in plain words why
// it cannot be used.
import { constants, Database } from 'bun:sqlite';
import {
  accessSync,
  closeSync,
  existsSync,
  constants as files,
  mkdirSync,
  openSync,
  readSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';

import { StartError } from '../lib/start-error.ts';
import { migrations } from './migrations/index.ts';

const MAGIC = 'SQLite format 3\0';
/** Larger files are not read through at every start: this much takes less than 100 ms. */
const CHECK_MAX_BYTES = 64 * 1024 * 1024;

/**
 * A file that is missing or empty is fine: it will be a new database. Nobody else may be writing the file.
 * @throws StartError
 */
export function inspectSqlite(path: string): void {
  if (!existsSync(path)) return;
  assertWritable(path);
  if (statSync(path).size === 0) return;
  if (readStart(path) !== MAGIC) throw new StartError(`${path} is not a SQLite database. ${ELSEWHERE}`);
  try {
    using db = openUnchanged(path);
    assertSound(db, path);
    assertKnown(db, path);
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(damagedText(path, (error as Error).message), { cause: error });
  }
}

const ELSEWHERE = 'Please set DATABASE_PATH to another file. Nothing was changed.';

const damagedText = (path: string, why: string): string =>
  `The database ${path} is damaged (${why}). Please restore a backup. Nothing was changed.`;

/** The folder of this file. @throws StartError when it cannot be made or written. */
export function makeDataFolder(path: string): void {
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, files.R_OK | files.W_OK | files.X_OK);
  } catch (error) {
    throw new StartError(
      `The data folder ${folder} cannot be written (${(error as Error).message}). Please check its owner and ` +
        'permissions, or set DATABASE_PATH to another folder. Nothing was changed.',
    );
  }
}

/** A file without any write permission was made read-only on purpose, even where the user (root) could write it. */
function assertWritable(path: string): void {
  try {
    const file = statSync(path);
    if (!file.isFile()) throw new StartError(`${path} is not a file. ${ELSEWHERE}`);
    if ((file.mode & 0o222) === 0) throw new Error('it is read-only');
    accessSync(path, files.R_OK | files.W_OK);
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(
      `The database ${path} cannot be read and written (${(error as Error).message}). Please check its owner and ` +
        'permissions. Nothing was changed.',
    );
  }
}

function readStart(path: string): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(MAGIC.length);
    return bytes.toString('latin1', 0, readSync(file, bytes, 0, MAGIC.length, 0));
  } finally {
    closeSync(file);
  }
}

/** Without a log of recent writes the file is all there is, and SQLite need not put anything beside it. */
function openUnchanged(path: string): Database {
  const log = `${path}-wal`;
  if (existsSync(log) && statSync(log).size > 0) return new Database(path, { readonly: true });
  return new Database(
    `${pathToFileURL(path).href}?immutable=1`,
    constants.SQLITE_OPEN_READONLY | constants.SQLITE_OPEN_URI,
  );
}

function assertSound(db: Database, path: string): void {
  if (statSync(path).size > CHECK_MAX_BYTES) return void db.query('select count(*) from sqlite_schema').get();
  const [finding] = db.query<{ quick_check: string }, []>('pragma quick_check(1)').all();
  if (finding?.quick_check !== 'ok') throw new StartError(damagedText(path, finding?.quick_check ?? 'unreadable'));
}

function assertKnown(db: Database, path: string): void {
  const tables = db.query<{ name: string }, []>(`select name from sqlite_schema where type = 'table'`).all();
  if (!tables.some(({ name }) => name === 'kysely_migration')) {
    if (tables.length > 0) throw new StartError(`${path} is a database of another program. ${ELSEWHERE}`);
    return;
  }
  const applied = db.query<{ name: string }, []>('select name from kysely_migration order by name').all();
  const unknown = applied.find(({ name }) => !(name in migrations));
  if (unknown) throw new StartError(tooNewText(path, unknown.name));
}

/** @param database its path or address, without a password. */
export const tooNewText = (database: string, migration: string): string =>
  `The database ${database} was written by a newer Hallpass (it has the migration ${migration}). Please start that ` +
  'newer version, or restore a backup from before it. Nothing was changed.';
