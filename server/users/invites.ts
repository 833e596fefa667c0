// Invite links: how teachers and administrators join, and everybody where registration is by invite.
import type { createdInviteReply, inviteSchema } from '@hallpass/shared/accounts.ts';
import type { Role } from '@hallpass/shared/roles.ts';
import type { z } from 'zod';

import { recordAudit } from '../audit/audit.ts';
import type { AppContext } from '../context.ts';
import type { InvitesTable } from '../db/tables/people.ts';
import { AppError } from '../lib/app-error.ts';
import { hashOfLink } from './link-tokens.ts';
import { countOpenInvites, deleteInvite, findOpenInvite, insertInvite, listInvites } from './invites-store.ts';
import type { LoginUser } from './logins.ts';

export type Invite = z.infer<typeof inviteSchema>;
type InviteRole = Invite['role'];

/** Open links at once; more are a mistake or a loop. */
export const OPEN_INVITES_MAX = 1_000;
/** Rows of the list: the newest. */
const LISTED_MAX = 200;
const DAY_MS = 24 * 60 * 60 * 1000;
const ROLES: readonly InviteRole[] = ['teacher', 'admin', 'user'];

interface Asking {
  by: LoginUser;
  ip: string;
}

/** @returns the link's path, told this once. @throws AppError invalid_parameter above OPEN_INVITES_MAX. */
export async function createInvite(
  ctx: AppContext,
  { role, days, by, ip }: Asking & { role: InviteRole; days: number },
): Promise<z.infer<typeof createdInviteReply>> {
  const token = ctx.ids.secret(24);
  const now = ctx.clock.now();
  const id = ctx.ids.next('invite');
  const row = {
    id,
    tokenHash: hashOfLink(token),
    role,
    createdBy: by.id,
    createdAt: now,
    expiresAt: now + days * DAY_MS,
  };
  await ctx.db.transaction().execute(async (trx) => {
    if ((await countOpenInvites(trx, now)) >= OPEN_INVITES_MAX)
      throw new AppError('invalid_parameter', { params: { param: 'role', detail: `${OPEN_INVITES_MAX}` } });
    await insertInvite(trx, row);
    const target = { kind: 'invite', id };
    await recordAudit(ctx, { actor: by, action: 'invite.create', target, detail: { role, days }, ip }, trx);
  });
  // After the #: browsers do not send it, so it stays out of every server's log.
  return { ...toView({ ...row, usedAt: null }), path: `/register#invite=${token}` };
}

export async function allInvites(ctx: AppContext): Promise<Invite[]> {
  return (await listInvites(ctx.db, LISTED_MAX)).map(toView);
}

/** @throws AppError not_found. */
export async function withdrawInvite(ctx: AppContext, { id, by, ip }: Asking & { id: string }): Promise<void> {
  await ctx.db.transaction().execute(async (trx) => {
    if (!(await deleteInvite(trx, id))) throw new AppError('not_found');
    await recordAudit(ctx, { actor: by, action: 'invite.delete', target: { kind: 'invite', id }, ip }, trx);
  });
}

/**
 * What somebody who signs up now becomes, and the invite that says so. A link of the role `user` opens what
 * `registration` has not closed; teachers' and administrators' links always work.
 * @throws AppError invite_invalid, invite_required, registration_closed.
 */
export async function admission(
  ctx: AppContext,
  token: string | undefined,
): Promise<{ role: Role & InviteRole; inviteId?: string }> {
  const { registration } = ctx.settings.current();
  if (token === undefined) {
    if (registration === 'open') return { role: 'user' };
    throw new AppError(registration === 'invite' ? 'invite_required' : 'registration_closed');
  }
  const invite = await findOpenInvite(ctx.db, hashOfLink(token), ctx.clock.now());
  const role = ROLES.find((name) => name === invite?.role);
  if (!invite || !role) throw new AppError('invite_invalid');
  if (role === 'user' && registration === 'closed') throw new AppError('registration_closed');
  return { role, inviteId: invite.id };
}

function toView(row: Pick<InvitesTable, 'id' | 'role' | 'createdAt' | 'expiresAt' | 'usedAt'>): Invite {
  return {
    id: row.id,
    role: ROLES.find((name) => name === row.role) ?? 'user',
    created_at: iso(row.createdAt),
    expires_at: iso(row.expiresAt),
    used_at: row.usedAt === null ? null : iso(row.usedAt),
  };
}

const iso = (ms: number) => new Date(ms).toISOString();
