// From an identity that another service vouches for to a login of ours.
import { normalizeEmail } from '@hallpass/shared/accounts.ts';

import { recordAudit } from '../audit/audit.ts';
import type { AppContext } from '../context.ts';
import { isUniqueViolation } from '../db/database-error.ts';
import type { UsersTable } from '../db/tables/people.ts';
import { AppError } from '../lib/app-error.ts';
import type { LoginUser } from './logins.ts';
import type { Oidc, OidcIdentity } from './oidc.ts';
import { addUser } from './register.ts';
import { findUserByEmail, findUserByOidc, linkOidc, updateLastLogin } from './store.ts';

interface Return {
  flow: string;
  answer: string;
  ip: string;
}

/**
 * @returns a token. @throws AppError oidc_off, oidc_failed, oidc_unavailable, oidc_email_unverified,
 * oidc_domain_not_allowed, oidc_link_first, account_disabled, registration_closed, invite_required, invite_invalid.
 */
export async function signInWithOidc(ctx: AppContext, { flow, answer, ip }: Return): Promise<string> {
  const oidc = offered(ctx);
  const { identity, invite } = await oidc.finish(flow, answer);
  const email = verifiedEmail(ctx, oidc, identity);
  const known = await findUserByOidc(ctx.db, identity);
  const userId = known ? known.id : await join(ctx, { oidc, identity, email, invite, ip });
  const user = known ?? (await findUserByOidc(ctx.db, identity));
  if (user?.status !== 'active') throw new AppError('account_disabled');
  await updateLastLogin(ctx.db, userId, ctx.clock.now());
  return ctx.logins.issue(userId);
}

/** Adds the other service to the account of whoever is signed in. @throws as `signInWithOidc`, and oidc_taken. */
export async function linkWithOidc(ctx: AppContext, input: Return & { user: LoginUser }): Promise<void> {
  const { user, ip } = input;
  const oidc = offered(ctx);
  const { identity } = await oidc.finish(input.flow, input.answer);
  verifiedEmail(ctx, oidc, identity);
  const owner = await findUserByOidc(ctx.db, identity);
  if (owner?.id === user.id) return;
  if (owner) throw new AppError('oidc_taken', { params: { name: oidc.name } });
  try {
    await ctx.db.transaction().execute(async (trx) => {
      await linkOidc(trx, { userId: user.id, identity, now: ctx.clock.now() });
      await recordAudit(ctx, { actor: user, action: 'user.link', target: { kind: 'user', id: user.id }, ip }, trx);
    });
  } catch (error) {
    // Another account was linked to it meanwhile.
    if (isUniqueViolation(error)) throw new AppError('oidc_taken', { params: { name: oidc.name } });
    throw error;
  }
}

/** @throws AppError oidc_off. */
export function offered(ctx: AppContext): Oidc {
  if (!ctx.oidc) throw new AppError('oidc_off');
  return ctx.oidc;
}

/** @throws AppError oidc_email_unverified, oidc_domain_not_allowed. */
function verifiedEmail(ctx: AppContext, { name }: Oidc, identity: OidcIdentity): string {
  if (identity.email === undefined) throw new AppError('oidc_email_unverified', { params: { name } });
  const email = normalizeEmail(identity.email);
  const domains = ctx.config.OIDC_ALLOWED_DOMAINS.split(',')
    .map((domain) => domain.trim().toLowerCase().replace(/^@/, ''))
    .filter(Boolean);
  const domain = email.slice(email.lastIndexOf('@') + 1);
  if (domains.length > 0 && !domains.includes(domain))
    throw new AppError('oidc_domain_not_allowed', { params: { email } });
  return email;
}

interface Joining {
  oidc: Oidc;
  identity: OidcIdentity;
  email: string;
  invite: string | undefined;
  ip: string;
}

/** Somebody whom the service shows for the first time: an account of the same e-mail, or a new one. */
async function join(ctx: AppContext, { oidc, identity, email, invite, ip }: Joining): Promise<string> {
  const same = await findUserByEmail(ctx.db, email);
  // Another return of the same person, which came a moment earlier.
  if (same?.oidcIssuer === identity.issuer && same.oidcSubject === identity.subject) return same.id;
  if (same) return adopt(ctx, { oidc, identity, user: same, ip });
  const id = await addUser(ctx, { email, passwordHash: null, invite, ip, oidc: identity });
  if (id !== undefined) return id;
  // Two returns of one person at once: the other was first.
  const first = await findUserByOidc(ctx.db, identity);
  if (!first) throw new AppError('email_taken');
  return first.id;
}

interface Adoption {
  oidc: Oidc;
  identity: OidcIdentity;
  user: UsersTable;
  ip: string;
}

/**
 * Nobody proved the e-mail of an account made with a password, so whoever made it may be somebody else who was waiting
 * for its owner: the password and all earlier sign-ins end. Accounts with rights are never taken over by an e-mail.
 */
async function adopt(ctx: AppContext, { oidc, identity, user, ip }: Adoption): Promise<string> {
  if (user.role === 'admin' || user.role === 'teacher' || user.oidcSubject !== null)
    throw new AppError('oidc_link_first', { params: { name: oidc.name } });
  const now = ctx.clock.now();
  await ctx.db.transaction().execute(async (trx) => {
    await linkOidc(trx, { userId: user.id, identity, now, endEarlier: true });
    await ctx.bumpChanges(trx);
    const actor = { id: user.id, name: user.email ?? user.id };
    await recordAudit(ctx, { actor, action: 'user.adopt', target: { kind: 'user', id: user.id }, ip }, trx);
  });
  ctx.events.emit({ type: 'user.changed', userId: user.id });
  return user.id;
}
