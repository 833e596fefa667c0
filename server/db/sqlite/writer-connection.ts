// The writer's connection: begins, commits, rolls back, and is opened anew after the disk has failed it.
import type { Database, Statement } from 'bun:sqlite';

import { DatabaseError } from '../database-error.ts';
import { openForReading, openForWriting } from './connection.ts';
import type { WriterOptions } from './protocol.ts';
import { Statements } from './statements.ts';

/** SQLite's own wait for a lock blocks the thread, so it is short; the loop goes on waiting in its own way. */
const LOCK_WAIT_MS = 25;

export class WriterConnection {
  readonly #options: WriterOptions;
  /**
   * A second connection that never writes. While it is open, closing the other one is not the last close: SQLite
   * keeps the log's index, in which a commit whose sync failed does not exist, and the next commit overwrites it.
   * Without it the log would be read again from the file, and the failed commit would come back as if it were done.
   */
  readonly #anchor: Database;
  #open: { statements: Statements; begin: Statement; commit: Statement; rollback: Statement } | undefined;

  /** @throws what SQLite says when the file cannot be opened. */
  constructor(options: WriterOptions) {
    this.#options = options;
    this.ensureOpen();
    this.#anchor = openForReading(options.path);
    this.#anchor.run('select count(*) from sqlite_master');
  }

  /** @throws DatabaseError `unavailable` while there is no connection. */
  get statements(): Statements {
    return this.#parts().statements;
  }

  get db(): Database {
    return this.#parts().statements.db;
  }

  get inTransaction(): boolean {
    return this.#open?.statements.db.inTransaction ?? false;
  }

  /** Opens the file again if it had to be closed. @returns whether it is another connection than before. */
  ensureOpen(): boolean {
    if (this.#open) return false;
    const statements = new Statements(openForWriting(this.#options));
    statements.db.run(`pragma busy_timeout = ${Math.min(LOCK_WAIT_MS, this.#options.busyTimeoutMs)}`);
    this.#open = {
      statements,
      begin: statements.prepare('begin immediate'),
      commit: statements.prepare('commit'),
      rollback: statements.prepare('rollback'),
    };
    return true;
  }

  begin(): void {
    this.#parts().begin.run();
  }

  commit(): void {
    this.#parts().commit.run();
  }

  /** Safe to call when SQLite has rolled back on its own. */
  rollback(): void {
    if (this.inTransaction) this.#parts().rollback.run();
  }

  /**
   * After a failed write or sync nothing this connection believes about the file can be trusted: a second sync of
   * the same pages may report success without having written them.
   */
  discard(): void {
    const open = this.#open;
    this.#open = undefined;
    open?.statements.finalize();
    open?.statements.db.close();
  }

  /** Moves the log into the database and closes. */
  close(): void {
    this.#anchor.close();
    try {
      this.#open?.statements.db.run('pragma wal_checkpoint(truncate)');
    } catch {
      // Everything is in the log; the next start reads it from there.
    }
    this.discard();
  }

  #parts() {
    if (!this.#open) throw new DatabaseError('unavailable', 'the database is not open');
    return this.#open;
  }
}
