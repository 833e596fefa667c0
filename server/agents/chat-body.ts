// The body of /api/v1/llm/chat → a chat completion's: an agent's model, system prompt and parameters put in.
import { FORBIDDEN_FIELDS } from '@hallpass/shared/llm-v1.ts';

import type { AppContext } from '../context.ts';
import { readJson } from '../http/body.ts';
import { AppError } from '../lib/app-error.ts';
import { visibleModel, visibleModels } from '../models/rules.ts';
import type { Principal } from '../plans/levels.ts';
import { type AgentRow, findAgentCalled } from './store.ts';

type Fields = Record<string, unknown>;

/** As large as a chat completion may be. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/**
 * What is no object is returned as it is: the gateway refuses it in its own words.
 * @throws AppError unsupported_parameter for a key or an address, agent_not_found, agent_model_not_allowed.
 */
export async function llmChatBody(ctx: AppContext, request: Request, principal: Principal): Promise<unknown> {
  const value = await readJson(request, MAX_BODY_BYTES);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  refuseKeys(value as Fields);
  const { agent_id: id, agent: called = id, ...fields } = value as Fields;
  const body = called === undefined || called === null ? fields : await withAgent(ctx, principal, called, fields);
  if (body.model !== undefined && body.model !== null) return body;
  const first = visibleModels(ctx.catalog.current(), principal).find(({ model }) => model.type === 'chat');
  return first ? { ...body, model: first.name } : body;
}

/** @throws AppError unsupported_parameter naming the field. */
export function refuseKeys(fields: unknown): void {
  if (typeof fields !== 'object' || fields === null) return;
  const param = FORBIDDEN_FIELDS.find((name) => Object.hasOwn(fields, name));
  if (param === undefined) return;
  const detail = 'keys and addresses of model services are kept by the administrator';
  throw new AppError('unsupported_parameter', { param, params: { param, detail } });
}

async function withAgent(ctx: AppContext, principal: Principal, called: unknown, fields: Fields): Promise<Fields> {
  const agent = await theirAgent(ctx, principal, called);
  const parameters = JSON.parse(agent.parameters) as Fields;
  // The request's own cap goes by another name.
  if (fields.max_completion_tokens !== undefined) delete parameters.max_tokens;
  const model = fields.model ?? usableModel(ctx, principal, agent);
  const system = agent.systemPrompt ? [{ role: 'system', content: agent.systemPrompt }] : [];
  const messages = Array.isArray(fields.messages) ? [...system, ...(fields.messages as unknown[])] : fields.messages;
  return { ...parameters, ...fields, model, messages };
}

async function theirAgent(ctx: AppContext, { userId }: Principal, called: unknown): Promise<AgentRow> {
  const name = typeof called === 'string' ? called : '';
  const isSound = name !== '' && name.length <= 100 && !/\p{Cc}/u.test(name);
  const found = userId !== null && isSound ? await findAgentCalled(ctx.db, userId, name) : undefined;
  if (!found) throw new AppError('agent_not_found', { param: 'agent_id', params: { agent: isSound ? name : '' } });
  return found;
}

function usableModel(ctx: AppContext, principal: Principal, { name, model }: AgentRow): string {
  if (visibleModel(ctx.catalog.current(), principal, model)) return model;
  throw new AppError('agent_model_not_allowed', { param: 'agent_id', params: { agent: name, model } });
}
