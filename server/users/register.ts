// Signing up with an e-mail address and a password (requirement 001). No mail is sent.
import { normalizeEmail } from '@hallpass/shared/accounts.ts';

import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import { findUserByEmail, insertUser } from './store.ts';

/** @throws AppError registration_closed, login_throttled, email_taken, server_busy. */
export async function register(ctx: AppContext, input: { email: string; password: string; ip: string }): Promise<void> {
  if (ctx.settings.current().registration === 'closed') throw new AppError('registration_closed');
  const attempt = ctx.throttle.register(input.ip);
  const email = normalizeEmail(input.email);
  // Hashing is the costly part, so the likely refusal comes first; the insert decides.
  const taken = (await findUserByEmail(ctx.db, email)) !== undefined;
  if (taken || !(await addUser(ctx, email, input.password))) {
    attempt.taken();
    throw new AppError('email_taken', { param: 'email' });
  }
}

async function addUser(ctx: AppContext, email: string, password: string): Promise<boolean> {
  const passwordHash = await ctx.passwords.hash(password);
  const now = ctx.clock.now();
  return insertUser(ctx.db, { id: ctx.ids.next('user'), email, username: null, passwordHash, role: 'user', now });
}
