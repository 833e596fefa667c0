// Step 3: may this caller use this model now, and is there room? Each refusal is a status word of the error table.
import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import { whenText } from '../lib/when-text.ts';
import type { Lease } from '../limits/limits.ts';
import { limitScopes } from '../plans/rules.ts';
import type { AskedCall, Call } from './call.ts';
import { findModel } from './resolve.ts';
import { type Standing, standingOf } from './standing.ts';

/** Status, class hours and model, then the hooks (`http/edge.ts` has refused blocked addresses). @throws AppError for each refusal. */
export async function admit(ctx: AppContext, asked: AskedCall): Promise<AskedCall> {
  refuseUnlessStanding(asked);
  const call = await ctx.gateway.hooks.preCall(asked);
  if (call.request.model === asked.request.model) return call;
  const other = { ...call, model: findModel(ctx, call.principal, call.request.model) };
  refuseUnlessStanding(other);
  return other;
}

function refuseUnlessStanding(call: AskedCall): void {
  const standing = standingOf(call.principal, call.model.publicName, call.openedAt);
  if (standing.word !== 'ok') throw refusal(standing, call);
}

/** Concurrency, requests and tokens a minute. @throws AppError when there is no room; nothing is taken then. */
export async function takePlace(ctx: AppContext, call: Call): Promise<Lease> {
  const reply = await ctx.limits.acquire(limitScopes(call.principal), call.size.estimateTokens);
  if (reply.ok) return reply.lease;
  const { problem, scope, limit, retryAfterMs } = reply;
  throw new AppError(LIMIT_CODES[problem], {
    params: { limit, scope: scope.name },
    details: { scope: scope.name, limit },
    retryAfterMs,
  });
}

const LIMIT_CODES = {
  concurrency: 'concurrency_exceeded',
  rpm: 'rate_limit_exceeded',
  tpm: 'token_limit_exceeded',
} as const;

function refusal(standing: Exclude<Standing, { word: 'ok' }>, call: AskedCall): AppError {
  const { locale, principal } = call;
  switch (standing.word) {
    case 'pass_expired':
      return new AppError('pass_expired', {
        params: { when: whenText(standing.expiredAt, call.openedAt, principal.timeZone, locale) },
        headers: { 'x-should-retry': 'false' },
      });
    case 'class_closed':
      if (standing.opensAt === null) return new AppError('class_closed_indefinitely');
      return new AppError('class_closed', {
        params: { when: whenText(standing.opensAt, call.openedAt, standing.timeZone, locale) },
        details: { opens_at: new Date(standing.opensAt).toISOString() },
      });
    case 'model_not_allowed':
      return new AppError('model_not_allowed', { param: 'model', params: { model: call.request.model } });
    case 'pass_blocked':
    case 'class_paused':
      return new AppError(standing.word);
  }
}
