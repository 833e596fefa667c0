// A SQLite database as the rest of the server sees it: one reader here, one writer thread.
import { CamelCasePlugin, Kysely } from 'kysely';

import type { DatabaseHandle } from './dialect.ts';
import type { Schema } from './schema.ts';
import { openForReading } from './sqlite/connection.ts';
import { sqliteDialect } from './sqlite/driver.ts';
import type { WriterOptions } from './sqlite/protocol.ts';
import { SqliteWriter } from './sqlite/writer.ts';

export interface SqliteHandle extends DatabaseHandle {
  engine: 'sqlite';
  writer: SqliteWriter;
}

/** @throws DatabaseError when the file cannot be opened or is not a database. */
export async function openSqlite(options: WriterOptions): Promise<SqliteHandle> {
  const writer = await SqliteWriter.start(options);
  const reader = openForReading(options.path);
  const dialect = sqliteDialect({ reader, writer });
  return {
    engine: 'sqlite',
    writer,
    db: new Kysely<Schema>({ dialect, plugins: [new CamelCasePlugin()] }),
    raw: new Kysely<never>({ dialect }),
    close: async () => {
      reader.close();
      await writer[Symbol.asyncDispose]();
    },
  };
}
