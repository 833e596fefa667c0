// Agents: named presets of a model and its parameters, their owner's alone, without any key (requirement 003).
import { z } from 'zod';

import {
  AGENTS_MAX,
  agentCreateSchema,
  agentListSchema,
  agentSchema,
  type AgentUpdate,
  agentUpdateSchema,
} from '@hallpass/shared/llm-v1.ts';

import type { AppContext } from '../context.ts';
import { isUniqueViolation } from '../db/database-error.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { AppError } from '../lib/app-error.ts';
import { visibleModel } from '../models/rules.ts';
import type { Principal } from '../plans/levels.ts';
import { refuseKeys } from './chat-body.ts';
import { type AgentRow, deleteAgent, findAgent, insertAgent, listAgents, updateAgent } from './store.ts';

const shared = { guard: 'login', tag: 'agents', maxBodyBytes: 256 * 1024 } as const;
const params = z.object({ id: z.string().max(100) });
const path = '/api/v1/llm/agents';
/** Before the schema, so that a key is refused by its name and a reason. */
const withoutKeys = <S extends z.ZodType>(schema: S) =>
  z.preprocess((body) => {
    refuseKeys(body);
    refuseKeys((body as { parameters?: unknown } | null)?.parameters);
    return body;
  }, schema);

export const agentRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path,
    summary: 'Your agents, and whether you may still use their models',
    response: agentListSchema,
    handler: async ({ ctx, user }) => {
      const [rows, principal] = [await listAgents(ctx.db, user!.id), await ctx.passes.forUser(user!.id)];
      return { data: rows.map((row) => view(ctx, principal, row)), total: rows.length };
    },
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path,
    summary: 'Make an agent: a model, a system prompt, parameters; never a key',
    body: withoutKeys(agentCreateSchema),
    docs: { body: agentCreateSchema },
    response: agentSchema,
    status: 201,
    handler: async ({ ctx, user, body }) => viewed(ctx, user!.id, await create(ctx, user!.id, body)),
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: `${path}/:id`,
    summary: 'One of your agents',
    params,
    response: agentSchema,
    handler: async (input) => {
      const { ctx, user } = input;
      return viewed(ctx, user!.id, await findAgent(ctx.db, user!.id, input.params.id));
    },
  }),
  defineRoute({
    ...shared,
    method: 'put',
    path: `${path}/:id`,
    summary: 'Change one of your agents; fields left out stay',
    params,
    body: withoutKeys(agentUpdateSchema),
    docs: { body: agentUpdateSchema },
    response: agentSchema,
    handler: async (input) => {
      const { ctx, user, body } = input;
      const changes = { ...columnsOf(body), updatedAt: ctx.clock.now() };
      const row = await named(body.name, () => updateAgent(ctx.db, user!.id, input.params.id, changes));
      return viewed(ctx, user!.id, row);
    },
  }),
  defineRoute({
    ...shared,
    method: 'delete',
    path: `${path}/:id`,
    summary: 'Remove one of your agents',
    params,
    response: z.object({ id: z.string(), deleted: z.literal(true) }),
    handler: async (input) => {
      const { ctx, user } = input;
      if (!(await deleteAgent(ctx.db, user!.id, input.params.id))) throw new AppError('not_found');
      return { id: input.params.id, deleted: true as const };
    },
  }),
];

type Create = AgentUpdate & { name: string; model: string };

/** @throws AppError too_many, already_exists. */
async function create(ctx: AppContext, userId: string, body: Create): Promise<AgentRow> {
  const now = ctx.clock.now();
  const row: AgentRow = {
    id: ctx.ids.next('agent'),
    userId,
    name: body.name,
    description: body.description ?? null,
    model: body.model,
    systemPrompt: body.system_prompt ?? null,
    parameters: JSON.stringify(body.parameters ?? {}),
    createdAt: now,
    updatedAt: now,
  };
  const isAdded = await named(body.name, () => insertAgent(ctx.db, row, AGENTS_MAX));
  if (!isAdded) throw new AppError('too_many', { params: { limit: AGENTS_MAX } });
  return row;
}

async function named<T>(name: string | undefined, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new AppError('already_exists', { param: 'name', params: { what: name ?? '' }, cause: error });
  }
}

function columnsOf(body: AgentUpdate): Partial<AgentRow> {
  const { system_prompt: systemPrompt, parameters, ...plain } = body;
  const columns = { ...plain, systemPrompt, parameters: parameters && JSON.stringify(parameters) };
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined)) as Partial<AgentRow>;
}

async function viewed(ctx: AppContext, userId: string, row: AgentRow | undefined) {
  if (!row) throw new AppError('not_found');
  return view(ctx, await ctx.passes.forUser(userId), row);
}

function view(ctx: AppContext, principal: Principal, row: AgentRow) {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    model: row.model,
    system_prompt: row.systemPrompt,
    parameters: JSON.parse(row.parameters),
    model_allowed: visibleModel(ctx.catalog.current(), principal, row.model) !== undefined,
    created_at: new Date(row.createdAt).toISOString(),
    updated_at: new Date(row.updatedAt).toISOString(),
  };
}
