// The answer to anything thrown. What nobody foresaw is logged in full and told as a reference only.
import type { Context as HonoContext } from 'hono';

import type { AppContext } from '../context.ts';
import { errorAnswer, toAppError } from './errors.ts';
import type { HttpEnv } from './route.ts';

export function refuse(http: HonoContext<HttpEnv>, ctx: AppContext, thrown: unknown): Response {
  const requestId = http.get('requestId');
  const error = toAppError(thrown, requestId);
  if (error.code === 'internal_error' && !isClientGone(thrown, http))
    ctx.log.error('unexpected', { requestId, error: thrown });
  const { status, headers, body } = errorAnswer(error, http.get('family'), http.get('locale'), requestId);
  return http.json(body, status as 500, headers);
}

/** The client closed the connection while its request was read or waited in line: nobody hears the answer. */
export function isClientGone(thrown: unknown, http: HonoContext<HttpEnv>): boolean {
  return http.req.raw.signal.aborted && (thrown as { name?: unknown } | null)?.name === 'AbortError';
}
