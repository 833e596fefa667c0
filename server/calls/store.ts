// Reads the call log: ledger rows with what was kept of what was said. Newest first, by keyset.
import { type Kysely, sql } from 'kysely';

import type { Schema } from '../db/schema.ts';

type Db = Kysely<Schema>;

export interface CallFilter {
  id?: string | undefined;
  channelId?: string | undefined;
  templateId?: string | undefined;
  classroomId?: string | undefined;
  userId?: string | undefined;
  activationCode?: string | undefined;
  model?: string | undefined;
  kind?: string | undefined;
  succeeded?: boolean | undefined;
  /** Epoch ms: from, inclusive; until, exclusive. */
  from?: number | undefined;
  until?: number | undefined;
  after?: { openedAt: number; id: string } | undefined;
}

const EQUAL = ['id', 'channelId', 'templateId', 'classroomId', 'userId', 'activationCode', 'model', 'kind'] as const;

export async function listLoggedCalls(db: Db, filter: CallFilter, { skip, limit }: { skip: number; limit: number }) {
  let query = db
    .selectFrom('calls')
    .leftJoin('callContents', 'callContents.callId', 'calls.id')
    .selectAll('calls')
    .select(['requestJson', 'paramsJson', 'responseJson', 'responseText', 'policy', 'truncated'])
    .where('calls.state', '<>', 'open');
  for (const name of EQUAL) if (filter[name] !== undefined) query = query.where(`calls.${name}`, '=', filter[name]);
  if (filter.succeeded !== undefined) query = query.where('calls.status', filter.succeeded ? '=' : '<>', 'success');
  if (filter.from !== undefined) query = query.where('calls.openedAt', '>=', filter.from);
  if (filter.until !== undefined) query = query.where('calls.openedAt', '<', filter.until);
  const { after } = filter;
  if (after)
    query = query.where(
      sql<boolean>`(${sql.ref('calls.openedAt')}, ${sql.ref('calls.id')}) < (${after.openedAt}, ${after.id})`,
    );
  return query.orderBy('calls.openedAt', 'desc').orderBy('calls.id', 'desc').limit(limit).offset(skip).execute();
}

export type LoggedCall = Awaited<ReturnType<typeof listLoggedCalls>>[number];

/** Claims an idempotency key for a call; who comes second gets the first one's. */
export async function claimKey(
  db: Db,
  row: { scope: string; key: string; bodyHash: string; callId: string; createdAt: number },
): Promise<{ bodyHash: string; callId: string | null }> {
  await db
    .insertInto('idempotencyKeys')
    .values({ ...row, status: null, responseJson: null })
    .onConflict((on) => on.doNothing())
    .execute();
  return db
    .selectFrom('idempotencyKeys')
    .select(['bodyHash', 'callId'])
    .where('scope', '=', row.scope)
    .where('key', '=', row.key)
    .executeTakeFirstOrThrow();
}
