// The ledger's connection: begins and commits numbered groups, keeps this replica's lease, and after a lost
// connection finds out whether the group that was under way is committed.
//
// A group writes its number to this replica's row in its own transaction, so the row is the witness: the number is
// there exactly when the group is.
import type { PostgresConnection } from '../db/postgres/connection.ts';
import { NOW_MS, type Replica } from '../db/postgres/replica.ts';

/** The server's session of a lost connection may still hold its locks, or be about to commit. */
const END_OLD_SESSION = `select pg_terminate_backend(pid) from pg_stat_activity
  where pid = $1 and application_name = $2 and pid <> pg_backend_pid()`;
/** Waits for the old transaction, which has locked this row. */
const LAST_GROUP = `select last_group as "lastGroup" from replicas where id = $1 for update`;

/** A lock that was waited for shows the row as it is now: a server's other default would refuse it instead. */
const BEGIN = 'begin isolation level read committed read write';

export interface SessionOptions {
  connect(): Promise<PostgresConnection>;
  replica: Replica;
  monotonic(): number;
}

export class LedgerSession {
  readonly #options: SessionOptions;
  readonly #row: string;
  #connection: PostgresConnection | undefined;
  #connectedAt = 0;
  #group = 0;
  #lostPid: number | undefined;
  /** The group whose end is not known. */
  #doubtful: number | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    const { id, host, pid } = options.replica;
    this.#row = `${literal(id)}, ${literal(host)}, ${pid}, ${NOW_MS}, ${NOW_MS}`;
  }

  /** How long the database could be spoken to without a break. */
  get connectedMs(): number {
    return this.#connection ? this.#options.monotonic() - this.#connectedAt : 0;
  }

  /** Begins a group's transaction. @throws DatabaseError */
  async begin(): Promise<PostgresConnection> {
    const connection = await this.#connected();
    this.#group += 1;
    this.#doubtful = this.#group;
    await connection.run(`${BEGIN}; ${this.#seen(this.#group)}`);
    return connection;
  }

  /** Resolves when the group is durable. */
  async commit(): Promise<void> {
    await this.#connection!.run('commit');
    this.#doubtful = undefined;
  }

  /** After a group that must not be committed; the lease goes on. */
  async rollback(): Promise<void> {
    if (!this.#connection) return;
    await this.#connection.run(`rollback; ${this.#seen(0)}`);
    this.#doubtful = undefined;
  }

  /** The connection cannot be trusted any more. */
  discard(): void {
    this.#lostPid ??= this.#connection?.pid;
    this.#connection?.discard();
    this.#connection = undefined;
  }

  /**
   * Connects again.
   * @returns whether the group that was under way is committed.
   * @throws DatabaseError while the database does not answer; the question stays open.
   */
  async resume(): Promise<boolean> {
    const connection = await this.#connected();
    const { id } = this.#options.replica;
    const [row] = await connection.query<{ lastGroup: number }>(LAST_GROUP, [id]);
    const isCommitted = this.#doubtful !== undefined && (row?.lastGroup ?? 0) >= this.#doubtful;
    this.#doubtful = undefined;
    return isCommitted;
  }

  /** Takes this replica off the list. Calls it has left open are then nobody's. */
  async leave(): Promise<void> {
    await this.#connection?.query('delete from replicas where id = $1', [this.#options.replica.id]);
    await this.#connection?.close();
    this.#connection = undefined;
  }

  async #connected(): Promise<PostgresConnection> {
    if (this.#connection) return this.#connection;
    const connection = await this.#options.connect();
    try {
      // Before anything else: the old session may hold this replica's row, which is about to be written.
      if (this.#lostPid !== undefined)
        await connection.query(END_OLD_SESSION, [this.#lostPid, this.#options.replica.id]);
      this.#lostPid = undefined;
      await connection.run(`${BY_KEY}; ${this.#seen(0)}`);
    } catch (error) {
      connection.discard();
      throw error;
    }
    this.#connection = connection;
    this.#connectedAt = this.#options.monotonic();
    return connection;
  }

  #seen(group: number): string {
    return `insert into replicas as r (id, host, pid, started_at, seen_at, last_group) values (${this.#row}, ${group})
      on conflict (id) do update set seen_at = excluded.seen_at, last_group = greatest(r.last_group, excluded.last_group)`;
  }
}

/**
 * Every statement of the ledger looks rows up by an index. The planner must not think otherwise while tables are
 * still small: its plans are kept for as long as the connection.
 */
export const BY_KEY =
  'set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set plan_cache_mode = force_generic_plan';

function literal(text: string): string {
  return `'${text.replaceAll("'", "''").replaceAll('\0', '')}'`;
}
