// The agreement of the processes on a PostgreSQL database, by the database's clock.
import { sql } from 'kysely';

import { type Agreement, FORGOTTEN_MS, type LimitStore, memberOf, type View } from '../../limits/agreement.ts';
import type { Windows } from '../../limits/limits.ts';
import type { Clock } from '../../lib/clock.ts';
import type { PostgresHandle } from '../postgres.ts';
import { type CountedKeys, lastCallsOf } from './last-calls.ts';
import { isGone, NOW_MS, type Replica } from './replica.ts';

const NOW = sql.raw<number>(NOW_MS);
/** A silence counts only while the database was there to be spoken to. */
const SEEN = sql.raw<number>('greatest(m.seen_at, (extract(epoch from pg_postmaster_start_time()) * 1000)::bigint)');

interface ViewRow {
  now: number;
  epoch: number;
  store: LimitStore;
  runId: string;
  participants: string | null;
  id: string;
  memberEpoch: number;
  redisOk: number;
  seenAt: number;
  leftAt: number | null;
  host: string | null;
  pid: number | null;
}

export interface AgreementOptions {
  database: PostgresHandle;
  clock: Clock;
  countedKeys: CountedKeys;
}

export function createPostgresAgreement({ database, clock, countedKeys }: AgreementOptions): Agreement {
  const { raw, replica } = database;
  const me = replica.id;
  return {
    me,
    async look(redisOk) {
      const ok = redisOk ? 1 : 0;
      await sql`insert into limit_members (id, epoch, redis_ok, seen_at, left_at, posted_at, counted, clock_at)
        values (${me}, 0, ${ok}, ${NOW}, null, 0, '{}', ${clock.now()})
        on conflict (id) do update set redis_ok = excluded.redis_ok, seen_at = excluded.seen_at, left_at = null,
          clock_at = excluded.clock_at`.execute(raw);
      const { rows } = await sql<ViewRow>`select ${NOW} as now, e.epoch, e.store, e.run_id as "runId", e.participants,
          m.id, m.epoch as "memberEpoch", m.redis_ok as "redisOk", ${SEEN} as "seenAt", m.left_at as "leftAt",
          r.host, r.pid
        from limit_epochs e cross join limit_members m left join replicas r on r.id = m.id
        where m.seen_at > ${NOW} - ${FORGOTTEN_MS}::bigint`.execute(raw);
      const { epoch, store, runId, participants } = rows[0]!;
      return {
        epoch,
        store,
        runId,
        participants: participants === null ? null : (JSON.parse(participants) as string[]),
        members: rows
          .map((row) => memberOf(row.id, stateOf(row, replica), row.now))
          .sort((a, b) => (a.id < b.id ? -1 : 1)),
      } satisfies View;
    },
    async propose(after, store, runId) {
      await sql`update limit_epochs set epoch = epoch + 1, store = ${store}, run_id = ${runId}, participants = null
        where epoch = ${after}`.execute(raw);
    },
    async adopt(epoch, windows) {
      await sql`update limit_members set epoch = ${epoch}, counted = ${JSON.stringify(windows)}, posted_at = ${NOW}
        where id = ${me}`.execute(raw);
    },
    async settle(epoch, participants) {
      await sql`update limit_epochs set participants = ${JSON.stringify(participants)}
        where epoch = ${epoch} and participants is null`.execute(raw);
    },
    async windowsOfOthers(epoch) {
      const { rows } = await sql<{ counted: string; agedMs: number; hasLeft: boolean }>`select counted,
          ${NOW} - posted_at as "agedMs", left_at is not null as "hasLeft"
        from limit_members where id <> ${me} and seen_at > ${NOW} - ${FORGOTTEN_MS}::bigint
          and (epoch = ${epoch} or left_at is not null)`.execute(raw);
      return rows.map(({ counted, ...row }) => ({ ...row, windows: JSON.parse(counted) as Windows }));
    },
    windowsOfDead: (id) => lastCallsOf(raw, id, countedKeys),
    async adoptFor(id, epoch, windows) {
      await sql`update limit_members set epoch = ${epoch}, counted = ${JSON.stringify(windows)}, posted_at = ${NOW}
        where id = ${id} and epoch < ${epoch}`.execute(raw);
    },
    async leave(windows) {
      await sql`update limit_members set counted = ${JSON.stringify(windows)}, posted_at = ${NOW}, left_at = ${NOW},
        seen_at = ${NOW} where id = ${me}`.execute(raw);
      await sql`delete from limit_members where seen_at < ${NOW} - ${10 * FORGOTTEN_MS}::bigint`.execute(raw);
    },
  };
}

/** A process that ran here and does not any more need not be waited for. */
function stateOf(row: ViewRow, me: Replica) {
  const { id, host, pid, memberEpoch: epoch, redisOk, seenAt, leftAt } = row;
  return {
    epoch,
    seenAt,
    leftAt,
    redisOk: redisOk === 1,
    isGone: host !== null && pid !== null && isGone({ id, host, pid }, me),
  };
}
