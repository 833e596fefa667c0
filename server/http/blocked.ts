// Refuses a blocked visitor on the users' pages, and counts the visit (requirement 001 §2.3).
import type { Context as HonoContext } from 'hono';

import { isUserPath } from '../blocklist/rules.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import { plainPage } from './plain-page.ts';
import { refuse } from './refuse.ts';
import type { HttpEnv } from './route.ts';

/** @returns the refusal; undefined for everyone else. */
export function refuseBlocked(http: HonoContext<HttpEnv>, ctx: AppContext): Response | undefined {
  const { path } = http.req;
  const ip = http.get('ip');
  const entry = ctx.blocklist.find(ip, ctx.clock.now());
  if (entry === undefined || !isUserPath(path)) return undefined;
  ctx.blockedAttempts.note(entry, ip, path);
  if (path.startsWith('/api/')) return refuse(http, ctx, new AppError('ip_blocked'));
  return plainPage('blocked', http.get('locale'));
}
