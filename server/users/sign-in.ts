// Signing in with a password. Unknown account, wrong password and an account that may not use this door get the same
// answer after the same work.
import { normalizeEmail, normalizeUsername } from '@hallpass/shared/accounts.ts';

import { recordAudit } from '../audit/audit.ts';
import type { AppContext } from '../context.ts';
import type { UsersTable } from '../db/tables/people.ts';
import { AppError } from '../lib/app-error.ts';
import type { LoginUser } from './logins.ts';
import { findUser, findUserByEmail, findUserByName, updateLastLogin, updatePassword } from './store.ts';

interface Credentials {
  name: string;
  password: string;
  ip: string;
}

/** @returns a token. @throws AppError login_failed, login_throttled, account_disabled, server_busy. */
export async function signIn(ctx: AppContext, input: Credentials): Promise<string> {
  const email = normalizeEmail(input.name);
  return enter(ctx, { ...input, name: email }, await findUserByEmail(ctx.db, email));
}

/** Administrators only, by user name or e-mail. @throws as `signIn`. */
export async function signInAdmin(ctx: AppContext, input: Credentials): Promise<string> {
  const username = normalizeUsername(input.name);
  const user = await findUserByName(ctx.db, { username, email: normalizeEmail(input.name) });
  return enter(ctx, { ...input, name: username }, user?.role === 'admin' ? user : undefined);
}

async function enter(
  ctx: AppContext,
  { name, password, ip }: Credentials,
  user: UsersTable | undefined,
): Promise<string> {
  // One person is one account to the throttle, whichever door and spelling is tried.
  const attempt = ctx.throttle.signIn(user?.id ?? name, ip);
  const right = await ctx.passwords.matches(password, user?.passwordHash).catch((error: unknown) => {
    attempt.withdrawn();
    throw error;
  });
  if (!right || !user) throw new AppError('login_failed');
  // Told only to whoever knows the password.
  if (user.status !== 'active') throw new AppError('account_disabled');
  attempt.succeeded();
  await updateLastLogin(ctx.db, user.id, ctx.clock.now());
  return ctx.logins.issue(user.id);
}

interface PasswordChange {
  user: LoginUser;
  current: string;
  next: string;
  ip: string;
}

/** Every login of before ends. @returns a new token. @throws AppError login_failed, login_throttled, server_busy. */
export async function changePassword(ctx: AppContext, { user, current, next, ip }: PasswordChange): Promise<string> {
  const row = await findUser(ctx.db, user.id);
  const attempt = ctx.throttle.signIn(user.id, ip);
  try {
    if (!(await ctx.passwords.matches(current, row?.passwordHash))) throw new AppError('login_failed');
    const hash = await ctx.passwords.hash(next);
    await ctx.db.transaction().execute(async (trx) => {
      await updatePassword(trx, user.id, hash, ctx.clock.now());
      await ctx.bumpChanges(trx);
      const target = { kind: 'user', id: user.id };
      await recordAudit(ctx, { actor: user, action: 'user.password', target, ip }, trx);
    });
    attempt.succeeded();
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'login_failed')) attempt.withdrawn();
    throw error;
  }
  ctx.events.emit({ type: 'user.changed', userId: user.id });
  return ctx.logins.issue(user.id);
}
