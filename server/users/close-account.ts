// Deleting one's own account: the person and what they wrote go; numbers of past calls stay for the ledger until
// retention takes them.
import { recordAudit } from '../audit/audit.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import { deleteRecords } from './records-store.ts';
import type { LoginUser } from './logins.ts';
import { countAdmins, deleteUser, findUser } from './store.ts';

interface Closing {
  user: LoginUser;
  password: string | undefined;
  ip: string;
}

/** @throws AppError login_failed, login_throttled, last_admin, server_busy. */
export async function closeAccount(ctx: AppContext, { user, password, ip }: Closing): Promise<void> {
  await prove(ctx, { user, password, ip });
  if (user.role === 'admin' && (await countAdmins(ctx.db)) < 2) throw new AppError('last_admin');
  await deleteRecords(ctx.db, user.id);
  await ctx.db.transaction().execute(async (trx) => {
    // Writing the version row makes others wait until this transaction ends, so that two last ones cannot both go.
    await ctx.bumpChanges(trx);
    if (user.role === 'admin' && (await countAdmins(trx)) < 2) throw new AppError('last_admin');
    await deleteUser(trx, user.id);
    // By the id alone: the audit outlives the person's name.
    const actor = { id: user.id, name: user.id };
    await recordAudit(ctx, { actor, action: 'user.delete', target: { kind: 'user', id: user.id }, ip }, trx);
  });
  ctx.events.emit({ type: 'user.changed', userId: user.id });
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
