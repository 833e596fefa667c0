// Users as an administrator lists and changes them, and the links by which they set a new password.
import { type Kysely, sql } from 'kysely';

import type { UsersQuery, UserUpdate } from '@hallpass/shared/users.ts';

import type { Schema } from '../db/schema.ts';
import type { InvitesTable, UsersTable } from '../db/tables/people.ts';

type Db = Kysely<Schema>;

/** Where a page ends: the next begins after this row. */
export type UserPlace = Pick<UsersTable, 'createdAt' | 'id'>;

interface Listing extends Pick<UsersQuery, 'search' | 'role' | 'status'> {
  after?: UserPlace | undefined;
}

/** The newest first. @param limit most rows. */
export function listUsers(db: Db, { search, role, status, after }: Listing, limit: number): Promise<UsersTable[]> {
  let query = db.selectFrom('users').selectAll();
  if (role !== undefined) query = query.where('role', '=', role);
  if (status !== undefined) query = query.where('status', '=', status);
  if (after !== undefined) {
    const { createdAt, id } = after;
    query = query.where((eb) =>
      eb.or([eb('createdAt', '<', createdAt), eb.and([eb('createdAt', '=', createdAt), eb('id', '<', id)])]),
    );
  }
  if (search !== undefined) {
    // Names and addresses are stored in lower case; in a display name SQLite folds ASCII only, which is said in the docs.
    const part = `%${search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
    const holds = (column: 'username' | 'email' | 'displayName') =>
      sql<boolean>`lower(coalesce(${sql.ref(column)}, '')) like ${part} escape '\\'`;
    query = query.where((eb) => eb.or([holds('username'), holds('email'), holds('displayName')]));
  }
  return query.orderBy('createdAt', 'desc').orderBy('id', 'desc').limit(limit).execute();
}

/** @returns the changed row; undefined = no such user. */
export function updateUser(db: Db, id: string, changes: UserUpdate, now: number): Promise<UsersTable | undefined> {
  const named = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  return db
    .updateTable('users')
    .set({ ...named, updatedAt: now })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}

/** Password links share the table of invites. */
const KIND = 'reset';

export type NewResetLink = Pick<InvitesTable, 'id' | 'tokenHash' | 'userId' | 'createdBy' | 'createdAt' | 'expiresAt'>;

/** A new link ends the earlier ones of the same user. */
export async function insertResetLink(db: Db, link: NewResetLink): Promise<void> {
  await db.deleteFrom('invites').where('kind', '=', KIND).where('userId', '=', link.userId).execute();
  await db
    .insertInto('invites')
    .values({ ...link, kind: KIND, role: null, usedAt: null })
    .execute();
}

/** @returns whose link it is; undefined when it is not open. */
export async function findResetLink(db: Db, tokenHash: string, now: number): Promise<string | undefined> {
  const row = await db
    .selectFrom('invites')
    .select('userId')
    .where('tokenHash', '=', tokenHash)
    .where('kind', '=', KIND)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .executeTakeFirst();
  return row?.userId ?? undefined;
}

/** @returns whether it was open until now: of several at once, one. */
export async function useResetLink(db: Db, tokenHash: string, now: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('invites')
    .set({ usedAt: now })
    .where('tokenHash', '=', tokenHash)
    .where('kind', '=', KIND)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
