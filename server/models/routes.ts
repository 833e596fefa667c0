// The lists of models: OpenAI's at /v1/models and at the root, requirement 001's for the chat page.
// Lists are open outside class hours and to paused classes: clients show an error here as an empty list.
import type { Context as HonoContext } from 'hono';
import type { z } from 'zod';

import {
  chatModelListSchema,
  type ChatModel,
  type MessagesModel,
  messagesModelListSchema,
  messagesModelSchema,
  type Model,
  modelListSchema,
  modelSchema,
} from '@hallpass/shared/models.ts';

import type { AppContext } from '../context.ts';
import { identifyCaller } from '../http/caller.ts';
import { defineRoute, type HttpEnv, type Route } from '../http/route.ts';
import { AppError } from '../lib/app-error.ts';
import { whenText } from '../lib/when-text.ts';
import type { Principal } from '../plans/levels.ts';
import { type VisibleModel, visibleModel, visibleModels } from './rules.ts';

type Http = HonoContext<HttpEnv>;

/** Open WebUI asks every second; a browser may keep an answer for this long. */
const CACHE_CONTROL = 'private, max-age=5';

const tag = 'models';
const list = (path: string): Route =>
  defineRoute({
    method: 'get',
    path,
    guard: 'caller',
    tag,
    summary: 'List the models you may use; in Anthropic’s shape to a client that sends `anthropic-version`',
    response: modelListSchema,
    raw: listModels,
  });
const one = (path: string): Route =>
  defineRoute({
    method: 'get',
    path,
    guard: 'caller',
    tag,
    summary: 'One model you may use; in Anthropic’s shape to a client that sends `anthropic-version`',
    response: modelSchema,
    raw: oneModel,
  });

export const modelRoutes: readonly Route[] = [
  ...['/v1/models', '/v1/models/', '/models', '/models/'].map(list),
  // Names such as `org/model` hold slashes, plain or encoded.
  ...['/v1/models/:id{.+}', '/models/:id{.+}'].map(one),
  defineRoute({
    method: 'get',
    path: '/api/chat/models',
    guard: 'caller',
    tag,
    summary: 'The models of the chat page, also for guests',
    response: chatModelListSchema,
    raw: listChatModels,
  }),
];

async function listModels(http: Http, ctx: AppContext): Promise<Response> {
  const principal = await identifyValid(http, ctx);
  const models = visibleModels(ctx.catalog.current(), principal);
  if (!speaksMessages(http)) return answer(http, modelListSchema, { object: 'list', data: models.map(openaiModel) });
  const data = models.map(messagesModel);
  const ends = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
  return answer(http, messagesModelListSchema, { data, has_more: false, ...ends });
}

async function oneModel(http: Http, ctx: AppContext): Promise<Response> {
  const principal = await identifyValid(http, ctx);
  const name = http.req.param('id') ?? '';
  const found = visibleModel(ctx.catalog.current(), principal, name);
  if (!found) throw new AppError('model_not_found', { param: 'model', params: { model: name.slice(0, 200) } });
  return speaksMessages(http)
    ? answer(http, messagesModelSchema, messagesModel(found))
    : answer(http, modelSchema, openaiModel(found));
}

async function listChatModels(http: Http, ctx: AppContext): Promise<Response> {
  const principal = await identifyValid(http, ctx);
  const models = visibleModels(ctx.catalog.current(), principal).filter(({ model }) => model.type === 'chat');
  return answer(http, chatModelListSchema, models.map(chatModel));
}

/** @throws AppError pass_blocked, pass_expired and those of `identifyCaller`. */
export async function identifyValid(http: Http, ctx: AppContext): Promise<Principal> {
  const principal = await identifyCaller(http, ctx);
  const { passStatus, expiresAt, timeZone } = principal;
  if (passStatus === 'blocked') throw new AppError('pass_blocked');
  const now = ctx.clock.now();
  if (expiresAt !== null && now >= expiresAt)
    throw new AppError('pass_expired', { params: { when: whenText(expiresAt, now, timeZone, http.get('locale')) } });
  return principal;
}

function openaiModel({ name, model }: VisibleModel): Model {
  const { publicName, displayName, provider, createdAt } = model;
  return {
    id: name,
    object: 'model',
    created: Math.floor(createdAt / 1000),
    owned_by: provider ?? 'hallpass',
    name: name === publicName ? displayName : name,
  };
}

/** Anthropic's clients send it with every request, and read the list in its shape. */
const speaksMessages = (http: Http): boolean => http.req.raw.headers.has('anthropic-version');

function messagesModel({ name, model }: VisibleModel): MessagesModel {
  const { publicName, displayName, createdAt, contextWindow, maxOutputTokens } = model;
  return {
    type: 'model',
    id: name,
    display_name: name === publicName ? displayName : name,
    created_at: new Date(createdAt).toISOString(),
    max_input_tokens: contextWindow,
    max_tokens: maxOutputTokens,
    lifecycle: 'active',
    ...{ capabilities: null, deprecated_at: null, retires_at: null, line: null },
  };
}

function chatModel({ name, model }: VisibleModel): ChatModel {
  return {
    id: name,
    name: name === model.publicName ? model.displayName : name,
    description: model.description,
    capabilities: [...model.capabilities],
    context_window: model.contextWindow,
    max_output_tokens: model.maxOutputTokens,
    demo: model.routes[0]?.channel.protocol === 'demo',
  };
}

/** JSON with a fingerprint; 304 where the client has it already. */
function answer<S extends z.ZodType>(http: Http, schema: S, value: z.input<S>): Response {
  const body = JSON.stringify(schema.parse(value));
  const etag = `"${Bun.hash(body).toString(36)}"`;
  const headers = {
    etag,
    'cache-control': CACHE_CONTROL,
    vary: 'authorization, x-api-key, api-key, anthropic-version',
  };
  if (
    http.req
      .header('if-none-match')
      ?.split(',')
      .some((given) => given.trim().replace(/^W\//, '') === etag)
  )
    return http.body(null, 304, headers);
  return http.body(body, 200, { ...headers, 'content-type': 'application/json' });
}
