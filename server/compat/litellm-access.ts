// Who may ask what at /key/*: administrators everything, a pass about itself only.
import type { Context as HonoContext } from 'hono';

import type { AppContext } from '../context.ts';
import { bearerToken } from '../http/credentials.ts';
import { isAdminKey } from '../http/guards.ts';
import type { HttpEnv } from '../http/route.ts';
import { AppError } from '../lib/app-error.ts';
import { hashKey } from '../passes/keys.ts';
import type { ChangedBy } from '../passes/pass-settings.ts';
import type { LoginUser } from '../users/logins.ts';

/** A plain key or its hash → the hash. */
export function tokenHashOf(keyOrHash: string): string {
  return /^[0-9a-f]{64}$/.test(keyOrHash) ? keyOrHash : hashKey(keyOrHash);
}

/** Who makes a change, for the audit log; the admin key has no user. */
export function changedBy(http: HonoContext<HttpEnv>, user: LoginUser | undefined): ChangedBy {
  const actor = user ? { id: user.id, name: user.name } : { id: 'litellm_admin_key', name: 'LITELLM_ADMIN_KEY' };
  return { actor, ip: http.get('ip') };
}

export interface InfoRequest {
  /** Where an administrator asks. */
  tokenHash?: string;
  /** Where a pass asks about itself, by its key or by one that was replaced and is still good. */
  passId?: string;
}

/**
 * Which key an info request is about.
 * @throws AppError credential_missing, invalid_api_key, role_required; not_found when a pass asks about another.
 */
export async function infoRequest(
  http: HonoContext<HttpEnv>,
  ctx: AppContext,
  asked: string | undefined,
): Promise<InfoRequest> {
  const token = bearerToken(http.req.raw.headers);
  if (token === undefined) throw new AppError('credential_missing');
  const wanted = asked === undefined ? undefined : tokenHashOf(asked);
  if (isAdminKey(token, ctx)) return adminsRequest(wanted);
  if (ctx.logins.looksLikeLogin(token)) {
    const { role } = await ctx.logins.verify(token);
    if (role !== 'admin') throw new AppError('role_required');
    return adminsRequest(wanted);
  }
  const principal = await ctx.passes.find(token);
  if (!principal?.passId) throw new AppError('invalid_api_key');
  const own = hashKey(token);
  // The same answer as for a key that does not exist: a pass learns nothing about others.
  if (wanted !== undefined && wanted !== own) throw new AppError('not_found', { param: 'key' });
  return { passId: principal.passId };
}

function adminsRequest(wanted: string | undefined): InfoRequest {
  if (wanted === undefined) throw new AppError('not_found', { param: 'key' });
  return { tokenHash: wanted };
}
