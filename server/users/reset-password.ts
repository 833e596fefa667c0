// Sets a new password by the link an administrator has made: it works once, and every earlier sign-in ends.
import { recordAudit } from '../audit/audit.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import { hashOfLink } from './link-tokens.ts';
import { findUser, updatePassword } from './store.ts';
import { findResetLink, useResetLink } from './users-store.ts';

/** @throws AppError reset_link_invalid, server_busy. */
export async function resetPassword(
  ctx: AppContext,
  { token, password, ip }: { token: string; password: string; ip: string },
): Promise<void> {
  const tokenHash = hashOfLink(token);
  const userId = await findResetLink(ctx.db, tokenHash, ctx.clock.now());
  // Hashing is dear: it is done for links that are open only.
  if (userId === undefined) throw new AppError('reset_link_invalid');
  const passwordHash = await ctx.passwords.hash(password);
  await ctx.db.transaction().execute(async (db) => {
    await ctx.bumpChanges(db);
    if (!(await useResetLink(db, tokenHash, ctx.clock.now()))) throw new AppError('reset_link_invalid');
    const user = await findUser(db, userId);
    if (!user) throw new AppError('reset_link_invalid');
    // A login issued within this millisecond ends too.
    await updatePassword(db, userId, passwordHash, ctx.clock.now() + 1);
    const actor = { id: userId, name: user.username ?? user.email ?? userId };
    await recordAudit(ctx, { actor, action: 'user.reset', target: { kind: 'user', id: userId }, ip }, db);
  });
  ctx.events.emit({ type: 'user.changed', userId });
}
