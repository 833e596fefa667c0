// Counts the prompt of a message without sending it to a model: the upstream does where it can, else our estimate.
import type { Context as HonoContext } from 'hono';

import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import type { CatalogRoute } from '../models/catalog.ts';
import type { HttpEnv } from '../http/route.ts';
import { DeliveredText } from './delivered-text.ts';
import { admit, takePlace } from './admit.ts';
import type { Call } from './call.ts';
import { ask } from './chat.ts';
import { anthropicMessages } from './protocols/anthropic-messages/client.ts';
import { readBody } from './request-body.ts';
import { measure } from './resolve.ts';
import { failureOfStatus, hiderOf } from './upstream-failure.ts';

const PATH = '/messages/count_tokens';
/** A count is quick; a client that waits for it longer is better served by an estimate. */
const COUNT_WITHIN_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;

/** @throws AppError as a message's own call would, `upstream_rejected` when the upstream finds the prompt wrong. */
export async function countTokens(http: HonoContext<HttpEnv>, ctx: AppContext): Promise<Response> {
  const asked = await ask(http, ctx, readCountBody, anthropicMessages);
  const call = measure(await admit(ctx, asked), ctx.gateway.signatures);
  const lease = await takePlace(ctx, call);
  try {
    const told = await toldByUpstream(ctx, call);
    if (told !== undefined) return Response.json({ input_tokens: told });
    const { promptTokens } = await ctx.gateway.estimator.estimate(call, new DeliveredText());
    return Response.json({ input_tokens: promptTokens }, { headers: { 'x-hallpass-estimated': 'true' } });
  } finally {
    lease.release(0);
  }
}

/** A count names no output cap, and never streams. */
async function readCountBody(request: Request): Promise<unknown> {
  const body = await readBody(request);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return { ...body, max_tokens: 1, stream: false };
}

/** @returns undefined where no upstream counts. */
async function toldByUpstream(ctx: AppContext, call: Call): Promise<number | undefined> {
  const route = call.routes.find(({ channel }) => channel.protocol === 'anthropic-messages');
  const key = route && ctx.gateway.health.chooseKey(route, ctx.gateway.random);
  if (!route || key === undefined) return undefined;
  const { max_tokens: _maxTokens, stream: _stream, ...fields } = call.request.fields;
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(COUNT_WITHIN_MS)]);
  const answer = await ctx.gateway.protocols[route.channel.protocol]({
    route,
    key,
    path: PATH,
    body: { ...fields, model: route.upstreamModel },
    stream: false,
    headers: call.headers,
    requestId: call.requestId,
    locale: call.locale,
    signal,
  })
    .then(async (response) => ({ status: response.status, text: await boundedText(response) }))
    .catch((error: unknown) => {
      ctx.log.warn('an upstream did not count tokens', { channelId: route.channel.id, error });
      return undefined;
    });
  if (!answer) return undefined;
  if (answer.status === 400) throw rejected(answer.text, route, call, key);
  return answer.status === 200 ? countIn(answer.text) : undefined;
}

function rejected(text: string, route: CatalogRoute, { model }: Call, key: Parameters<typeof hiderOf>[1]): AppError {
  const { code, options } = failureOfStatus(400, text, undefined, hiderOf(route, key, model.publicName));
  return new AppError(code, options);
}

function countIn(text: string): number | undefined {
  try {
    const { input_tokens: count } = JSON.parse(text) as { input_tokens?: unknown };
    return typeof count === 'number' && Number.isInteger(count) && count >= 0 ? count : undefined;
  } catch {
    return undefined;
  }
}

/** An answer beyond the bound is none. */
async function boundedText(response: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_ANSWER_BYTES) throw new Error('the answer is too large');
  }
  return text;
}
