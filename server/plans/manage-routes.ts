// /api/admin/plans.
import { planInput, plansReply, planUpdate, planView } from '@hallpass/shared/plans.ts';
import { z } from 'zod';

import { byOf } from '../http/acting.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { allPlans, changePlan, createPlan, removePlan } from './manage.ts';

const PLANS = '/api/admin/plans';
const shared = { guard: 'admin', tag: 'plans' } as const;
const params = z.object({ id: z.string().max(100) });

export const planRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path: PLANS,
    summary: 'The plans, the built-in ones first',
    response: plansReply,
    handler: async ({ ctx }) => ({ data: await allPlans(ctx) }),
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path: PLANS,
    summary: 'Make a plan',
    body: planInput,
    response: planView,
    status: 201,
    handler: (input) => createPlan(input.ctx, input.body, byOf(input)),
  }),
  defineRoute({
    ...shared,
    method: 'put',
    path: `${PLANS}/:id`,
    summary: 'Change a plan, for every pass on it; fields left out stay, null empties',
    params,
    body: planUpdate,
    response: planView,
    handler: (input) => changePlan(input.ctx, input.params.id, input.body, byOf(input)),
  }),
  defineRoute({
    ...shared,
    method: 'delete',
    path: `${PLANS}/:id`,
    summary: 'Delete a plan that no pass and no class is on',
    params,
    response: z.object({ id: z.string(), deleted: z.literal(true) }),
    handler: async (input) => {
      await removePlan(input.ctx, input.params.id, byOf(input));
      return { id: input.params.id, deleted: true as const };
    },
  }),
];
