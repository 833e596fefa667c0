// /api/chat/limits: the chat page's gauge. Looking takes nothing.
import { type ChatLimits, chatLimitsReply } from '@hallpass/shared/limits.ts';
import { nanosToDollars } from '@hallpass/shared/money.ts';

import { ownAccounts } from '../budgets/accounts.ts';
import { findBalances } from '../budgets/store.ts';
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
    summary: 'What is left of questions and tokens a minute and of the budget, also for guests',
    tag: 'chat',
    response: chatLimitsReply,
    handler: async ({ ctx, http }) => limitsOf(ctx, await identifyCaller(http, ctx)),
  }),
];

async function limitsOf(ctx: AppContext, principal: Principal): Promise<ChatLimits> {
  const states = await Promise.all(limitScopes(principal).map((scope) => ctx.limits.peek(scope)));
  return {
    requests: tightest(states.map(({ requests }) => requests)),
    tokens: tightest(states.map(({ tokens }) => tokens)),
    budget: await budgetOf(ctx, principal),
  };
}

function tightest(states: readonly (LimitState | null)[]): ChatLimits['requests'] {
  const [first] = states.filter((state) => state !== null).sort((a, b) => a.remaining - b.remaining);
  if (!first) return null;
  const { limit, remaining, resetMs } = first;
  return { limit, remaining: Math.max(0, remaining), reset_seconds: Math.ceil(resetMs / 1000) };
}

/** The one with the least left. */
async function budgetOf({ db, clock }: AppContext, principal: Principal): Promise<ChatLimits['budget']> {
  const accounts = ownAccounts(principal, clock.now()).filter(({ capNanos }) => capNanos !== null);
  const balanceOf = await findBalances(db, accounts);
  const budgets = accounts.map((account) => {
    const { spentNanos, heldNanos } = balanceOf(account);
    return { account, leftNanos: Math.max(0, account.capNanos! - spentNanos - heldNanos) };
  });
  const [first] = budgets.sort((a, b) => a.leftNanos - b.leftNanos);
  if (!first) return null;
  const { capNanos, periodEnd } = first.account;
  return {
    limit: nanosToDollars(capNanos!),
    remaining: nanosToDollars(first.leftNanos),
    resets_at: periodEnd === null ? null : new Date(periodEnd).toISOString(),
  };
}
