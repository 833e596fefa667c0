// Who may pass a route's guard. A route without one does not type-check.
import { timingSafeEqual } from 'node:crypto';
import type { Context as HonoContext } from 'hono';

import { type Guard, roleAtLeast } from '@hallpass/shared/roles.ts';

import type { Config } from '../config.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import type { LoginUser } from '../users/logins.ts';
import { bearerToken } from './credentials.ts';
import type { HttpEnv } from './route.ts';

/**
 * @returns the signed-in user where the guard asks for one.
 * @throws AppError credential_missing, invalid_api_key, login_expired, role_required.
 */
export async function checkGuard(
  guard: Guard,
  http: HonoContext<HttpEnv>,
  ctx: AppContext,
): Promise<LoginUser | undefined> {
  // `pass` and `caller` routes find out by themselves who is asking.
  if (guard === 'public' || guard === 'pass' || guard === 'caller') return undefined;
  const token = bearerToken(http.req.raw.headers);
  if (!token) throw new AppError('credential_missing');
  if (guard === 'adminKey' && isAdminKey(token, ctx)) return undefined;
  if (guard === 'adminKey' && !ctx.logins.looksLikeLogin(token)) throw await notAdmin(token, ctx);
  const user = await ctx.logins.verify(token);
  const needed = guard === 'adminKey' ? 'admin' : guard;
  if (needed !== 'login' && !roleAtLeast(user.role, needed)) throw new AppError('role_required');
  return user;
}

/** Panels send passes to the admin key's addresses: a pass may not, anything else is no key. */
async function notAdmin(token: string, ctx: AppContext): Promise<AppError> {
  const pass = await ctx.passes.find(token);
  return new AppError(pass ? 'role_required' : 'invalid_api_key');
}

const digest = (value: string) => new Bun.CryptoHasher('sha256').update(value).digest();
const adminDigests = new WeakMap<Config, Buffer>();

/** Compares in constant time. */
export function isAdminKey(token: string, { config }: Pick<AppContext, 'config'>): boolean {
  if (!config.LITELLM_ADMIN_KEY) return false;
  let expected = adminDigests.get(config);
  if (!expected) adminDigests.set(config, (expected = digest(config.LITELLM_ADMIN_KEY)));
  return timingSafeEqual(digest(token), expected);
}
