// Prepared statements of one connection, which must all be ended before it can really close.
import type { Database, SQLQueryBindings, Statement } from 'bun:sqlite';

export class Statements {
  readonly #all: { finalize(): void }[] = [];

  constructor(readonly db: Database) {}

  /** Compiled once; valid until `finalize`. */
  prepare<Row = unknown, Params extends SQLQueryBindings[] = SQLQueryBindings[]>(sql: string): Statement<Row, Params> {
    const statement = this.db.prepare(sql) as unknown as Statement<Row, Params>;
    this.#all.push(statement);
    return statement;
  }

  finalize(): void {
    for (const statement of this.#all.splice(0)) statement.finalize();
  }
}
