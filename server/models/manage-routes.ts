// /api/admin/models.
import { adminModel, adminModelsReply, adminModelUpdate } from '@hallpass/shared/admin-models.ts';
import { z } from 'zod';

import { byOf } from '../http/acting.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { allModels, changeModel } from './manage.ts';

const path = '/api/admin/models';
const shared = { guard: 'admin', tag: 'models' } as const;

export const manageModelRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path,
    summary: 'Every model with its routes, in the order they are tried',
    response: adminModelsReply,
    handler: async ({ ctx }) => ({ data: await allModels(ctx) }),
  }),
  defineRoute({
    ...shared,
    method: 'put',
    path: `${path}/:id`,
    summary: 'Change a model, its fallbacks, and the order, weight and state of its routes; fields left out stay',
    params: z.object({ id: z.string().max(100) }),
    body: adminModelUpdate,
    response: adminModel,
    handler: (input) => changeModel(input.ctx, input.params.id, input.body, byOf(input)),
  }),
];
