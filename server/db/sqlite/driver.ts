// Kysely on SQLite: reads run here on a read-only connection, every write goes through the writer thread.
import type { Database } from 'bun:sqlite';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';

import { DatabaseError, fromSqlite } from '../database-error.ts';
import { runStatement } from './connection.ts';
import type { QueryRows } from './protocol.ts';
import type { SqliteWriter } from './writer.ts';

interface Parts {
  reader: Database;
  writer: SqliteWriter;
}

const READS = /^\s*(select|explain|pragma|with\b(?![\s\S]*\b(insert|update|delete)\b))/i;

class SqliteConnection implements DatabaseConnection {
  /** The writer's number of the transaction this connection is in. */
  transaction: number | undefined;

  constructor(readonly parts: Parts) {}

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, changes } = await this.#run(sql, parameters);
    return { rows: rows as R[], numAffectedRows: BigInt(changes) };
  }

  async #run(sql: string, parameters: readonly unknown[]): Promise<QueryRows> {
    if (this.transaction !== undefined) return this.parts.writer.query(this.transaction, sql, parameters);
    if (!READS.test(sql)) return this.parts.writer.exec(sql, parameters);
    try {
      return runStatement(this.parts.reader, sql, parameters);
    } catch (error) {
      throw fromSqlite(error);
    }
  }

  async *streamQuery<R>({ sql, parameters }: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    for (const row of this.parts.reader.query(sql).iterate(...(parameters as never[]))) yield { rows: [row as R] };
  }
}

class SqliteDriver implements Driver {
  constructor(readonly parts: Parts) {}

  async init(): Promise<void> {}
  async destroy(): Promise<void> {}
  async releaseConnection(): Promise<void> {}

  async acquireConnection(): Promise<SqliteConnection> {
    return new SqliteConnection(this.parts);
  }

  async beginTransaction(connection: SqliteConnection): Promise<void> {
    connection.transaction = await this.parts.writer.begin();
  }

  async commitTransaction(connection: SqliteConnection): Promise<void> {
    await this.parts.writer.commit(leave(connection));
  }

  async rollbackTransaction(connection: SqliteConnection): Promise<void> {
    await this.parts.writer.rollback(leave(connection));
  }
}

function leave(connection: SqliteConnection): number {
  const { transaction } = connection;
  if (transaction === undefined) throw new DatabaseError('other', 'there is no transaction to end');
  connection.transaction = undefined;
  return transaction;
}

export function sqliteDialect(parts: Parts): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new SqliteDriver(parts),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}
