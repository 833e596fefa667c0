// The agreement of the processes on a PostgreSQL database, by the database's clock.
import { sql } from 'kysely';

import { type Agreement, FORGOTTEN_MS, type LimitStore, memberOf, type View } from '../../limits/agreement.ts';
import type { Windows } from '../../limits/limits.ts';
import type { PostgresHandle } from '../postgres.ts';
import { NOW_MS } from './replica.ts';

const NOW = sql.raw<number>(NOW_MS);

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
}

export function createPostgresAgreement({ raw, replica }: PostgresHandle): Agreement {
  const me = replica.id;
  return {
    me,
    async look(redisOk) {
      const ok = redisOk ? 1 : 0;
      await sql`insert into limit_members (id, epoch, redis_ok, seen_at, left_at, posted_at, counted)
        values (${me}, 0, ${ok}, ${NOW}, null, 0, '{}')
        on conflict (id) do update set redis_ok = excluded.redis_ok, seen_at = excluded.seen_at, left_at = null`.execute(
        raw,
      );
      const { rows } = await sql<ViewRow>`select ${NOW} as now, e.epoch, e.store, e.run_id as "runId", e.participants,
          m.id, m.epoch as "memberEpoch", m.redis_ok as "redisOk", m.seen_at as "seenAt", m.left_at as "leftAt"
        from limit_epochs e cross join limit_members m
        where m.seen_at > ${NOW} - ${FORGOTTEN_MS}::bigint`.execute(raw);
      const { epoch, store, runId, participants } = rows[0]!;
      return {
        epoch,
        store,
        runId,
        participants: participants === null ? null : (JSON.parse(participants) as string[]),
        members: rows
          .map((row) => memberOf(row.id, { ...row, epoch: row.memberEpoch, redisOk: row.redisOk === 1 }, row.now))
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
    async leave(windows) {
      await sql`update limit_members set counted = ${JSON.stringify(windows)}, posted_at = ${NOW}, left_at = ${NOW},
        seen_at = ${NOW} where id = ${me}`.execute(raw);
      await sql`delete from limit_members where seen_at < ${NOW} - ${10 * FORGOTTEN_MS}::bigint`.execute(raw);
    },
  };
}
