// One connection of its own to PostgreSQL, with a bound on every wait. It never comes back to life: whoever uses it
// makes another one when this one has failed.
import { Socket } from 'node:net';
import pg from 'pg';

import { DatabaseError, fromPostgres } from '../database-error.ts';

const INT8 = 20;
const NUMERIC = 1700;

/** How long the server may take; it gives up before we do, so that we hear of it. */
const CONNECT_MAX_MS = 3_000;
const STATEMENT_MAX_MS = 8_000;
const LOCK_MAX_MS = 5_000;
/** A process that stands still must not keep others from what it has locked. */
const IDLE_IN_TRANSACTION_MAX_MS = 5_000;
const ANSWER_MAX_MS = 10_000;

export interface ConnectOptions {
  url: string;
  /** Seen in pg_stat_activity. */
  name: string;
  durable: boolean;
}

export interface PostgresConnection {
  /** The server's process for this connection. */
  readonly pid: number;
  /** @throws DatabaseError; when it is `unavailable`, discard the connection. */
  query<Row>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Several statements without values. */
  run(text: string): Promise<void>;
  /** Drops the connection at once, whatever it is doing. */
  discard(): void;
  close(): Promise<void>;
}

/** Whole numbers as numbers. */
export function numberTypes(): pg.TypeOverrides {
  const types = new pg.TypeOverrides();
  types.setTypeParser(INT8, Number);
  types.setTypeParser(NUMERIC, Number);
  return types;
}

/** @throws DatabaseError */
export async function connectPostgres({ url, name, durable }: ConnectOptions): Promise<PostgresConnection> {
  const socket = new Socket();
  const client = new pg.Client({
    connectionString: url,
    types: numberTypes(),
    stream: () => socket,
    application_name: name,
    connectionTimeoutMillis: CONNECT_MAX_MS,
    statement_timeout: STATEMENT_MAX_MS,
    lock_timeout: LOCK_MAX_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MAX_MS,
    query_timeout: ANSWER_MAX_MS,
    keepAlive: true,
  });
  // Whoever waits for an answer is told by the answer; without a listener the event would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    const [row] = (await client.query<{ pid: number }>(SET_UP, [durable ? 'on' : 'off'])).rows;
    return onClient(client, socket, row!.pid);
  } catch (error) {
    socket.destroy();
    throw fromPostgres(error);
  }
}

/** A server that waits for more than its own disk goes on doing so. */
const SET_UP = `select pg_backend_pid() as pid, case
  when $1 = 'off' or current_setting('synchronous_commit') = 'off' then set_config('synchronous_commit', $1, false) end`;

function onClient(client: pg.Client, socket: Socket, pid: number): PostgresConnection {
  const ask = async <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => {
    if (socket.destroyed) throw new DatabaseError('unavailable', 'the connection to PostgreSQL is lost');
    try {
      return await client.query<Row>(values ? { text, values, name: nameOf(text) } : { text });
    } catch (error) {
      throw fromPostgres(error);
    }
  };
  return {
    pid,
    query: async <Row>(text: string, values: unknown[] = []) => (await ask(text, values)).rows as Row[],
    run: async (text) => void (await ask(text)),
    discard: () => void socket.destroy(),
    close: async () => {
      await client.end().catch(() => {});
      socket.destroy();
    },
  };
}

/** Statements are constants of the program, so each is prepared once a connection. */
function nameOf(text: string): string {
  return `s${Bun.hash(text).toString(36)}`;
}
