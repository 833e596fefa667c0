// What an administrator does with an account: role, switching it off, a link for a new password, its data, its end.
import type { ResetLink, UserUpdate, UserView } from '@hallpass/shared/users.ts';
import type { Kysely } from 'kysely';

import { recordAudit } from '../audit/audit.ts';
import type { AppContext } from '../context.ts';
import type { Schema } from '../db/schema.ts';
import type { UsersTable } from '../db/tables/people.ts';
import { AppError } from '../lib/app-error.ts';
import { exportAccount } from './export-account.ts';
import { hashOfLink } from './link-tokens.ts';
import type { LoginUser } from './logins.ts';
import { removeAccount } from './remove-account.ts';
import { countAdmins, findUser, updateTokensValidAfter } from './store.ts';
import { insertResetLink, updateUser } from './users-store.ts';

const RESET_LIFETIME_MS = 3 * 24 * 60 * 60 * 1000;

export interface Managing {
  id: string;
  by: LoginUser;
  ip: string;
}

/** @throws AppError not_found, last_admin. */
export async function changeUser(ctx: AppContext, { id, by, ip }: Managing, changes: UserUpdate): Promise<UserView> {
  const row = await ctx.db.transaction().execute(async (db) => {
    // The version row makes other changes wait, so that two administrators cannot both be the last to go.
    await ctx.bumpChanges(db);
    const before = await findUser(db, id);
    if (!before) throw new AppError('not_found');
    const now = ctx.clock.now();
    const after = (await updateUser(db, id, changes, now))!;
    // Switched on again, they sign in anew: a sign-in of before may be somebody else's by now.
    if (changes.status === 'disabled') await updateTokensValidAfter(db, id, now + 1);
    await keepAnAdmin(db, before);
    const target = { kind: 'user', id };
    await recordAudit(ctx, { actor: by, action: 'user.update', target, detail: { ...changes }, ip }, db);
    return after;
  });
  ctx.events.emit({ type: 'user.changed', userId: id });
  return viewOfUser(row);
}

async function keepAnAdmin(db: Kysely<Schema>, before: UsersTable): Promise<void> {
  const wasOne = before.role === 'admin' && before.status === 'active';
  if (wasOne && (await countAdmins(db)) === 0) throw new AppError('last_admin');
}

/** @returns the link's path, told this once. @throws AppError not_found. */
export async function createResetLink(ctx: AppContext, { id, by, ip }: Managing): Promise<ResetLink> {
  const token = ctx.ids.secret(24);
  const now = ctx.clock.now();
  const expiresAt = now + RESET_LIFETIME_MS;
  await ctx.db.transaction().execute(async (db) => {
    if (!(await findUser(db, id))) throw new AppError('not_found');
    const link = { id: ctx.ids.next('invite'), tokenHash: hashOfLink(token), userId: id, createdBy: by.id };
    await insertResetLink(db, { ...link, createdAt: now, expiresAt });
    await recordAudit(ctx, { actor: by, action: 'user.reset_link', target: { kind: 'user', id }, ip }, db);
  });
  // After the #: browsers do not send it, so it stays out of every server's log.
  return { path: `/reset#${token}`, expires_at: new Date(expiresAt).toISOString() };
}

/** Everything kept about a person; that it was read is written down first. @throws AppError not_found. */
export async function exportUser(ctx: AppContext, { id, by, ip }: Managing): Promise<Response> {
  if (!(await findUser(ctx.db, id))) throw new AppError('not_found');
  await recordAudit(ctx, { actor: by, action: 'user.export', target: { kind: 'user', id }, ip });
  return exportAccount(ctx, id);
}

/** @throws AppError not_found, last_admin. */
export async function deleteUserAccount(ctx: AppContext, { id, by, ip }: Managing): Promise<void> {
  const row = await findUser(ctx.db, id);
  if (!row) throw new AppError('not_found');
  await removeAccount(ctx, { row, actor: by, ip });
}

export function viewOfUser(row: UsersTable): UserView {
  return {
    id: row.id,
    username: row.username,
    email: row.email,
    display_name: row.displayName,
    role: row.role as UserView['role'],
    status: row.status === 'active' ? 'active' : 'disabled',
    has_password: row.passwordHash !== null,
    has_oidc: row.oidcSubject !== null,
    created_at: new Date(row.createdAt).toISOString(),
    last_login_at: row.lastLoginAt === null ? null : new Date(row.lastLoginAt).toISOString(),
  };
}
