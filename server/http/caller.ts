// Finds out who is asking on addresses that passes, logins, the admin key and guests share.
import type { Context as HonoContext } from 'hono';

import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import type { Principal } from '../plans/levels.ts';
import { bearerToken } from './credentials.ts';
import { isAdminKey } from './guards.ts';
import type { HttpEnv } from './route.ts';

/** The only addresses a request without a credential may use. */
const GUEST_PATHS = '/api/chat/';

/**
 * Who makes this request: the admin key, a login, a pass, or, on the chat page's addresses only, a guest.
 * It identifies and decides nothing else: a blocked or expired pass is returned as it is.
 * @throws AppError credential_missing, invalid_api_key, guests_off, login_expired, account_disabled, database_unavailable.
 */
export async function identifyCaller(http: HonoContext<HttpEnv>, ctx: AppContext): Promise<Principal> {
  const token = bearerToken(http.req.raw.headers);
  if (token === undefined) return asGuest(http, ctx);
  if (isAdminKey(token, ctx)) return ctx.passes.forAdminKey();
  if (ctx.logins.looksLikeLogin(token)) {
    const user = await ctx.logins.verify(token);
    return ctx.passes.forUser(user.id);
  }
  const principal = await ctx.passes.find(token);
  if (!principal) throw new AppError('invalid_api_key');
  return principal;
}

async function asGuest(http: HonoContext<HttpEnv>, ctx: AppContext): Promise<Principal> {
  if (!http.req.path.startsWith(GUEST_PATHS)) throw new AppError('credential_missing');
  if (!ctx.settings.current().guestsAllowed) throw new AppError('guests_off');
  return ctx.passes.forGuest(http.get('ip'));
}
