// Deleting one's own account.
import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import type { LoginUser } from './logins.ts';
import { removeAccount } from './remove-account.ts';
import { findUser } from './store.ts';

interface Closing {
  user: LoginUser;
  password: string | undefined;
  ip: string;
}

/** @throws AppError login_failed, login_throttled, last_admin, server_busy. */
export async function closeAccount(ctx: AppContext, { user, password, ip }: Closing): Promise<void> {
  await prove(ctx, { user, password, ip });
  // By the id alone: the audit outlives the person's name.
  await removeAccount(ctx, { row: { ...user, status: 'active' }, actor: { id: user.id, name: user.id }, ip });
}

/** An account with a password is deleted only by whoever knows it, not by whoever finds the page open. */
async function prove(ctx: AppContext, { user, password, ip }: Closing): Promise<void> {
  const row = await findUser(ctx.db, user.id);
  if (!row?.passwordHash) return;
  const attempt = ctx.throttle.signIn(user.id, ip);
  const right = await ctx.passwords.matches(password ?? '', row.passwordHash).catch((error: unknown) => {
    attempt.withdrawn();
    throw error;
  });
  if (!right) throw new AppError('login_failed', { param: 'password' });
  attempt.succeeded();
}
