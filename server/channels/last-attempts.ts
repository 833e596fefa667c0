// How the newest request to each channel ended: one look into an index for each.
import type { Kysely } from 'kysely';

import type { Schema } from '../db/schema.ts';

export interface LastAttempt {
  at: number;
  isOk: boolean;
}

/** By channel; none where nothing was asked of it yet. Whoever hangs up says nothing about the channel. */
export async function lastAttempts(db: Kysely<Schema>): Promise<Map<string, LastAttempt>> {
  const rows = await lastAttemptsQuery(db).execute();
  return new Map(
    rows.flatMap(({ id, startedAt, status }) =>
      startedAt === null ? [] : [[id, { at: Number(startedAt), isOk: status === 'ok' }] as const],
    ),
  );
}

export function lastAttemptsQuery(db: Kysely<Schema>) {
  return db.selectFrom('channels').select((eb) => {
    const newest = (column: 'startedAt' | 'status') =>
      eb
        .selectFrom('attempts')
        .select(column)
        .whereRef('attempts.channelId', '=', 'channels.id')
        .where('attempts.status', '!=', 'cancelled')
        .orderBy('attempts.startedAt', 'desc')
        .limit(1)
        .as(column);
    return ['channels.id', newest('startedAt'), newest('status')];
  });
}
