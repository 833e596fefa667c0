// /api/chat/limits: the chat page's gauge. Looking takes nothing.
import { type ChatLimits, chatLimitsReply } from '@hallpass/shared/limits.ts';

import type { AppContext } from '../context.ts';
import { identifyCaller } from '../http/caller.ts';
import { defineRoute, type Route } from '../http/route.ts';
import type { LimitState } from '../limits/limits.ts';
import type { Principal } from './levels.ts';
import { limitScopes } from './rules.ts';

export const limitRoutes: readonly Route[] = [
  defineRoute({
    method: 'get',
    path: '/api/chat/limits',
    guard: 'caller',
    summary: 'What is left of the questions a minute, also for guests',
    tag: 'chat',
    response: chatLimitsReply,
    handler: async ({ ctx, http }) => limitsOf(ctx, await identifyCaller(http, ctx)),
  }),
];

async function limitsOf(ctx: AppContext, principal: Principal): Promise<ChatLimits> {
  const states = await Promise.all(limitScopes(principal).map((scope) => ctx.limits.peek(scope)));
  let tightest: LimitState | null = null;
  for (const { requests } of states)
    if (requests && (!tightest || requests.remaining < tightest.remaining)) tightest = requests;
  if (!tightest) return { requests: null };
  const { limit, remaining, resetMs } = tightest;
  return { requests: { limit, remaining: Math.max(0, remaining), reset_seconds: Math.ceil(resetMs / 1000) } };
}
