// Users, revoked logins and set-up links in the database.
import type { Kysely } from 'kysely';

import type { Role } from '@hallpass/shared/roles.ts';

import type { Schema } from '../db/schema.ts';
import { NO_PERMISSIONS } from '../db/tables/columns.ts';
import type { UsersTable } from '../db/tables/people.ts';

type Db = Kysely<Schema>;

export async function findUser(db: Db, id: string): Promise<UsersTable | undefined> {
  return db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function findUserByEmail(db: Db, email: string): Promise<UsersTable | undefined> {
  return db.selectFrom('users').selectAll().where('email', '=', email).executeTakeFirst();
}

export async function findUserByOidc(
  db: Db,
  { issuer, subject }: { issuer: string; subject: string },
): Promise<UsersTable | undefined> {
  return db
    .selectFrom('users')
    .selectAll()
    .where('oidcIssuer', '=', issuer)
    .where('oidcSubject', '=', subject)
    .executeTakeFirst();
}

interface OidcLink {
  userId: string;
  identity: { issuer: string; subject: string };
  now: number;
  /** The password and every login issued until now end. */
  endEarlier?: boolean;
}

export async function linkOidc(db: Db, { userId, identity, now, endEarlier = false }: OidcLink): Promise<void> {
  const ended = endEarlier ? { passwordHash: null, tokensValidAfter: now } : {};
  const fields = { oidcIssuer: identity.issuer, oidcSubject: identity.subject, updatedAt: now, ...ended };
  await db.updateTable('users').set(fields).where('id', '=', userId).execute();
}

/** By either, in one question, so that a miss takes as long as a hit; the user name comes first. */
export async function findUserByName(
  db: Db,
  { username, email }: { username: string; email: string },
): Promise<UsersTable | undefined> {
  const rows = await db
    .selectFrom('users')
    .selectAll()
    .where((eb) => eb.or([eb('username', '=', username), eb('email', '=', email)]))
    .execute();
  return rows.find((row) => row.username === username) ?? rows[0];
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

/** What the server decides about a new user; everything else starts empty. */
export interface NewUser {
  id: string;
  email: string | null;
  username: string | null;
  passwordHash: string | null;
  role: Role;
  /** The identity at another service that this account was made from. */
  oidc?: { issuer: string; subject: string } | undefined;
  now: number;
}

/** @returns whether it was added; false when the e-mail or the user name is taken. */
export async function insertUser(db: Db, user: NewUser): Promise<boolean> {
  const added = await db
    .insertInto('users')
    .values(toUserRow(user))
    .onConflict((on) => on.doNothing())
    .returning('id')
    .executeTakeFirst();
  return added !== undefined;
}

function toUserRow({ now, oidc, ...user }: NewUser): UsersTable {
  return {
    ...NO_PERMISSIONS,
    ...user,
    displayName: null,
    locale: null,
    oidcIssuer: oidc?.issuer ?? null,
    oidcSubject: oidc?.subject ?? null,
    status: 'active',
    tokensValidAfter: 0,
    lastLoginAt: null,
    createdAt: now,
    updatedAt: now,
  };
}

export async function hasAdmin(db: Db): Promise<boolean> {
  const row = await db.selectFrom('users').select('id').where('role', '=', 'admin').limit(1).executeTakeFirst();
  return row !== undefined;
}

export async function countAdmins(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('users')
    .select((eb) => eb.fn.countAll<number | string>().as('count'))
    .where('role', '=', 'admin')
    .where('status', '=', 'active')
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Passes, revoked logins and places in classrooms go with the row; seats and classrooms stay without it. */
export async function deleteUser(db: Db, id: string): Promise<void> {
  await db.deleteFrom('users').where('id', '=', id).execute();
}

export async function updateLastLogin(db: Db, userId: string, now: number): Promise<void> {
  await db.updateTable('users').set({ lastLoginAt: now }).where('id', '=', userId).execute();
}

/** Ends every login of the user that was issued before `now`. */
export async function updatePassword(db: Db, userId: string, passwordHash: string, now: number): Promise<void> {
  const fields = { passwordHash, tokensValidAfter: now, updatedAt: now };
  await db.updateTable('users').set(fields).where('id', '=', userId).execute();
}

/** Ends every login of the user that was issued before `validAfter`. */
export async function updateTokensValidAfter(db: Db, userId: string, validAfter: number): Promise<void> {
  await db.updateTable('users').set({ tokensValidAfter: validAfter }).where('id', '=', userId).execute();
}

const SETUP = 'setup';

export async function insertSetupLink(db: Db, link: { id: string; tokenHash: string; now: number; expiresAt: number }) {
  const { now: createdAt, ...rest } = link;
  const row = { ...rest, kind: SETUP, role: 'admin', userId: null, createdBy: null, createdAt, usedAt: null };
  await db.insertInto('invites').values(row).execute();
}

export async function deleteSetupLinks(db: Db, createdBefore: number): Promise<void> {
  await db.deleteFrom('invites').where('kind', '=', SETUP).where('createdAt', '<', createdBefore).execute();
}

export async function isSetupLinkOpen(db: Db, tokenHash: string, now: number): Promise<boolean> {
  const row = await db
    .selectFrom('invites')
    .select('id')
    .where('tokenHash', '=', tokenHash)
    .where('kind', '=', SETUP)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .executeTakeFirst();
  return row !== undefined;
}

/** @returns whether the link was open until now. */
export async function useSetupLink(db: Db, tokenHash: string, now: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('invites')
    .set({ usedAt: now })
    .where('tokenHash', '=', tokenHash)
    .where('kind', '=', SETUP)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
