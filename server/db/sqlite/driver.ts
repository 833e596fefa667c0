// Kysely on SQLite: reads go where the dialect is told, every write goes through the writer thread.
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

import { DatabaseError } from '../database-error.ts';
import type { QueryRows } from './protocol.ts';
import type { SqliteWriter } from './writer.ts';

interface Parts {
  /** @throws DatabaseError */
  read(sql: string, parameters: readonly unknown[]): QueryRows | Promise<QueryRows>;
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
    return READS.test(sql) ? this.parts.read(sql, parameters) : this.parts.writer.exec(sql, parameters);
  }

  // oxlint-disable-next-line require-yield
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new DatabaseError('other', 'read page by page: a statement that stays open keeps the log from being emptied');
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
