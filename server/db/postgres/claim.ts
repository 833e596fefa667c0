// Lets a server process join those that work on a PostgreSQL database, or says why it may not.
import type { PostgresHandle } from '../postgres.ts';
import type { PostgresConnection } from './connection.ts';
import { isGone, LEASE_MS, NOW_MS, type Replica } from './replica.ts';

/** A replica that ended without a word counts as running until its lease is over. */
const WAIT_MS = LEASE_MS + 1_000;
const RETRY_MS = 250;

/**
 * Puts this process on the list of replicas.
 * @param alone it may not run beside another one; waits for those whose end may just not be known yet.
 * @returns false when another one runs all the same.
 */
export async function joinReplicas(database: PostgresHandle, alone: boolean, waitMs = WAIT_MS): Promise<boolean> {
  const connection = await database.connect();
  try {
    for (const deadline = performance.now() + waitMs; !(await tryJoin(connection, database.replica, alone));) {
      if (performance.now() >= deadline) return false;
      await Bun.sleep(RETRY_MS);
    }
    return true;
  } finally {
    await connection.close();
  }
}

/** Under a lock, so that of two that start at the same moment one sees the other. */
async function tryJoin(connection: PostgresConnection, me: Replica, alone: boolean): Promise<boolean> {
  await connection.run('begin; lock table replicas in share row exclusive mode');
  const others = await connection.query<Replica>(
    `select id, host, pid from replicas where id <> $1 and seen_at > ${NOW_MS} - $2::bigint`,
    [me.id, LEASE_MS],
  );
  const mayJoin = !alone || others.every((other) => isGone(other, me));
  if (mayJoin)
    await connection.query(
      `insert into replicas (id, host, pid, started_at, seen_at, last_group)
        values ($1, $2, $3, ${NOW_MS}, ${NOW_MS}, 0) on conflict do nothing`,
      [me.id, me.host, me.pid],
    );
  await connection.run('commit');
  return mayJoin;
}
