// Signing up: with an e-mail address and a password (requirement 001), or through another service. No mail is sent.
import { normalizeEmail } from '@hallpass/shared/accounts.ts';

import { recordAudit } from '../audit/audit.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import { admission } from './invites.ts';
import { useInvite } from './invites-store.ts';
import { findUserByEmail, insertUser, type NewUser } from './store.ts';

interface Registration {
  email: string;
  password: string;
  /** The token of an invite link. */
  invite?: string | undefined;
  ip: string;
}

/** @throws AppError registration_closed, invite_required, invite_invalid, login_throttled, email_taken, server_busy. */
export async function register(ctx: AppContext, input: Registration): Promise<void> {
  await admission(ctx, input.invite);
  const attempt = ctx.throttle.register(input.ip);
  const email = normalizeEmail(input.email);
  // Hashing is the costly part, so the likely refusal comes first; the insert decides.
  const taken = (await findUserByEmail(ctx.db, email)) !== undefined;
  const added =
    !taken && (await addUser(ctx, { ...input, email, passwordHash: await ctx.passwords.hash(input.password) }));
  if (!added) {
    attempt.taken();
    throw new AppError('email_taken', { param: 'email' });
  }
}

interface Newcomer extends Partial<Pick<NewUser, 'oidc'>> {
  email: string;
  passwordHash: string | null;
  invite?: string | undefined;
  ip: string;
}

/**
 * Adds the user and uses the invite up, both or neither.
 * @returns the id; undefined when the e-mail is taken. @throws as `admission`.
 */
export async function addUser(ctx: AppContext, newcomer: Newcomer): Promise<string | undefined> {
  const { role, inviteId } = await admission(ctx, newcomer.invite);
  const { email, passwordHash, oidc } = newcomer;
  const id = ctx.ids.next('user');
  const now = ctx.clock.now();
  return ctx.db.transaction().execute(async (trx) => {
    if (!(await insertUser(trx, { id, email, username: null, passwordHash, role, oidc, now }))) return undefined;
    if (inviteId === undefined) return id;
    if (!(await useInvite(trx, inviteId, id, now))) throw new AppError('invite_invalid');
    const target = { kind: 'user', id };
    const detail = { invite: inviteId, role };
    await recordAudit(ctx, { actor: { id, name: email }, action: 'user.join', target, detail, ip: newcomer.ip }, trx);
    return id;
  });
}
