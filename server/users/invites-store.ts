// Invite links in the database. Set-up links share the table and are in store.ts.
import type { Kysely } from 'kysely';

import type { Schema } from '../db/schema.ts';
import type { InvitesTable } from '../db/tables/people.ts';

type Db = Kysely<Schema>;

/** Everything but set-up links, which only the start-up prints. */
const KIND = 'invite';

export type NewInvite = Pick<InvitesTable, 'id' | 'tokenHash' | 'role' | 'createdBy' | 'createdAt' | 'expiresAt'>;

export async function insertInvite(db: Db, invite: NewInvite): Promise<void> {
  await db
    .insertInto('invites')
    .values({ ...invite, kind: KIND, userId: null, usedAt: null })
    .execute();
}

/** Newest first; `limit` bounds the answer. */
export async function listInvites(db: Db, limit: number): Promise<InvitesTable[]> {
  return db.selectFrom('invites').selectAll().where('kind', '=', KIND).orderBy('id', 'desc').limit(limit).execute();
}

export async function countOpenInvites(db: Db, now: number): Promise<number> {
  const { count } = await db
    .selectFrom('invites')
    .select((eb) => eb.fn.countAll<number | string>().as('count'))
    .where('kind', '=', KIND)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function findOpenInvite(db: Db, tokenHash: string, now: number): Promise<InvitesTable | undefined> {
  return db
    .selectFrom('invites')
    .selectAll()
    .where('tokenHash', '=', tokenHash)
    .where('kind', '=', KIND)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .executeTakeFirst();
}

/** @returns whether it was open until now: of several at once, one. */
export async function useInvite(db: Db, id: string, userId: string, now: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('invites')
    .set({ usedAt: now, userId })
    .where('id', '=', id)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** @returns whether there was such an invite. */
export async function deleteInvite(db: Db, id: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('invites')
    .where('id', '=', id)
    .where('kind', '=', KIND)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
