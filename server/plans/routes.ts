// The administrator's quotas of users and plans.
import { z } from 'zod';

import { quotaSchema, quotaUpdateSchema } from '@hallpass/shared/llm-v1.ts';

import { defineRoute, type Route } from '../http/route.ts';
import { type QuotaOwner, quotaOf, setQuota } from './quota.ts';
import { listPlans } from './store.ts';

const shared = { guard: 'admin', tag: 'quotas' } as const;
const params = z.object({ id: z.string().max(100) });

const quotaRoutesOf = (owner: QuotaOwner, who: string): Route[] => [
  defineRoute({
    ...shared,
    method: 'get',
    path: `/api/admin/${owner}/:id/quota`,
    summary: `Budget, rates and content policy of ${who}`,
    params,
    response: quotaSchema,
    handler: (input) => quotaOf(input.ctx, owner, input.params.id),
  }),
  defineRoute({
    ...shared,
    method: 'put',
    path: `/api/admin/${owner}/:id/quota`,
    summary: `Set budget, rates and content policy of ${who}; fields left out stay, null removes`,
    params,
    body: quotaUpdateSchema,
    response: quotaSchema,
    handler: async (input) => {
      const { ctx, http, user, body: update } = input;
      const by = { actor: user ? { id: user.id, name: user.name } : null, ip: http.get('ip') };
      await setQuota(ctx, { owner, id: input.params.id, update, by });
      return quotaOf(ctx, owner, input.params.id);
    },
  }),
];

export const quotaRoutes: readonly Route[] = [
  ...quotaRoutesOf('users', 'one user'),
  ...quotaRoutesOf('plans', 'everybody on a plan, each for themselves'),
  defineRoute({
    ...shared,
    method: 'get',
    path: '/api/admin/plan-quotas',
    summary: 'The quotas of every plan, the built-in ones first',
    response: z.object({ data: z.array(quotaSchema) }),
    handler: async ({ ctx }) => {
      const plans = await listPlans(ctx.db);
      return { data: await Promise.all(plans.map(({ id }) => quotaOf(ctx, 'plans', id))) };
    },
  }),
];
