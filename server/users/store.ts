// Users, revoked logins and set-up links in the database.
import type { Kysely } from 'kysely';

import type { Schema } from '../db/schema.ts';
import type { UsersTable } from '../db/tables/people.ts';

type Db = Kysely<Schema>;

export async function findUser(db: Db, id: string): Promise<UsersTable | undefined> {
  return db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function findUserByEmail(db: Db, email: string): Promise<UsersTable | undefined> {
  return db.selectFrom('users').selectAll().where('email', '=', email).executeTakeFirst();
}

export async function findUserByUsername(db: Db, username: string): Promise<UsersTable | undefined> {
  return db.selectFrom('users').selectAll().where('username', '=', username).executeTakeFirst();
}

export async function isLoginRevoked(db: Db, jti: string): Promise<boolean> {
  const row = await db.selectFrom('revokedLogins').select('id').where('id', '=', jti).executeTakeFirst();
  return row !== undefined;
}

/** Also forgets those that have expired by themselves, a bounded number at a time. */
export async function insertRevokedLogin(
  db: Db,
  login: { id: string; userId: string; expiresAt: number },
  now: number,
): Promise<void> {
  await db
    .insertInto('revokedLogins')
    .values(login)
    .onConflict((on) => on.column('id').doNothing())
    .execute();
  const expired = db.selectFrom('revokedLogins').select('id').where('expiresAt', '<', now).limit(100);
  await db.deleteFrom('revokedLogins').where('id', 'in', expired).execute();
}
