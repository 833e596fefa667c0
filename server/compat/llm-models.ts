// /api/v1/llm-models: requirement 003's management of model configurations, as a thin translation.
import { z } from 'zod';

import {
  llmModelCreateSchema,
  llmModelListSchema,
  llmModelQuery,
  llmModelSchema,
  llmModelUpdateSchema,
} from '@hallpass/shared/llm-models.ts';

import type { Author } from '../channels/save.ts';
import { defineRoute, type Route, type RouteInput } from '../http/route.ts';
import { createLlmModel, deleteLlmModel, updateLlmModel } from './llm-models-save.ts';
import { llmModel, llmModels } from './llm-models-view.ts';

const shared = { guard: 'admin', tag: 'llm-models' } as const;
const params = z.object({ id: z.string().max(100) });

function author({ user, http }: Pick<RouteInput<unknown, unknown, unknown>, 'user' | 'http'>): Author {
  return { actor: user ? { id: user.id, name: user.name } : null, ip: http.get('ip') };
}

export const llmModelRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path: '/api/v1/llm-models',
    summary: 'List model configurations, by provider, type and status; keys are masked',
    query: llmModelQuery,
    response: llmModelListSchema,
    handler: ({ ctx, query }) => llmModels(ctx, query),
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: '/api/v1/llm-models/:id',
    summary: 'One model configuration',
    params,
    response: llmModelSchema,
    handler: (input) => llmModel(input.ctx, input.params.id),
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path: '/api/v1/llm-models',
    summary: 'Add a model configuration: a channel, and a route to a model, which is made where its name is new',
    body: llmModelCreateSchema,
    response: llmModelSchema,
    status: 201,
    handler: async (input) => llmModel(input.ctx, await createLlmModel(input.ctx, input.body, author(input))),
  }),
  defineRoute({
    ...shared,
    method: 'put',
    path: '/api/v1/llm-models/:id',
    summary: 'Change a model configuration; fields left out stay, api_keys replaces the list',
    params,
    body: llmModelUpdateSchema,
    response: llmModelSchema,
    handler: async (input) => {
      await updateLlmModel(input.ctx, input.params.id, input.body, author(input));
      return llmModel(input.ctx, input.params.id);
    },
  }),
  defineRoute({
    ...shared,
    method: 'delete',
    path: '/api/v1/llm-models/:id',
    summary: 'Remove a model configuration; its channel goes with its last route',
    params,
    response: z.object({ id: z.string(), deleted: z.literal(true) }),
    handler: async (input) => {
      await deleteLlmModel(input.ctx, input.params.id, author(input));
      return { id: input.params.id, deleted: true as const };
    },
  }),
];
