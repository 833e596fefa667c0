// A SQLite database as the rest of the server sees it: one reader here, a writer thread, and a thread for long reads.
import type { Database } from 'bun:sqlite';
import { CamelCasePlugin, Kysely } from 'kysely';

import type { DatabaseHandle } from './dialect.ts';
import type { Schema } from './schema.ts';
import { fromSqlite } from './database-error.ts';
import { openForReading, runStatement } from './sqlite/connection.ts';
import { sqliteDialect } from './sqlite/driver.ts';
import type { QueryRows, WriterOptions } from './sqlite/protocol.ts';
import { ReadingThread } from './sqlite/reading-thread.ts';
import { SqliteWriter } from './sqlite/writer.ts';

export interface SqliteHandle extends DatabaseHandle {
  engine: 'sqlite';
  writer: SqliteWriter;
}

/** @throws DatabaseError when the file cannot be opened or is not a database. */
export async function openSqlite(options: WriterOptions): Promise<SqliteHandle> {
  const writer = await SqliteWriter.start(options);
  const reader = openForReading(options.path);
  const here = sqliteDialect({ writer, read: (sql, params) => readNow(reader, sql, params) });
  const thread = new ReadingThread(options.path);
  const apart = sqliteDialect({ writer, read: (sql, params) => thread.query(sql, params) });
  const plugins = [new CamelCasePlugin()];
  return {
    engine: 'sqlite',
    writer,
    db: new Kysely<Schema>({ dialect: here, plugins }),
    raw: new Kysely<never>({ dialect: here }),
    reports: { db: new Kysely<Schema>({ dialect: apart, plugins }), raw: new Kysely<never>({ dialect: apart }) },
    close: async () => {
      thread[Symbol.dispose]();
      reader.close();
      await writer[Symbol.asyncDispose]();
    },
  };
}

function readNow(reader: Database, sql: string, params: readonly unknown[]): QueryRows {
  try {
    return runStatement(reader, sql, params);
  } catch (error) {
    throw fromSqlite(error);
  }
}
