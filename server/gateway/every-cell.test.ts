// docs/protocols.md through a running server: what each cell says of a client's format, an upstream's and a feature is what really
// happens to a request over HTTP, and to an answer, whole and streamed.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import {
  ANSWER_FEATURES,
  type AnswerFeature,
  answerVerdict,
  EVENTS,
  matches,
  type Pair,
  PAIRS,
  REQUEST_FEATURES,
  requestVerdict,
  type Verdict,
} from './protocols/protocol.suite.ts';
import type { UpstreamName } from './protocols/suite/answers.ts';
import type { RequestFeature } from './protocols/suite/request-features.ts';
import { assembled } from './protocols/suite/stream-words.ts';

const PATHS: Record<string, string> = {
  'openai-chat': '/v1/chat/completions',
  'openai-responses': '/v1/responses',
  'anthropic-messages': '/v1/messages',
};

/** One server that answers in whichever words it is told, and keeps what it was asked. */
const upstream = {
  given: {} as Record<string, unknown>,
  events: [] as string[],
  body: undefined as unknown,
};
const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  async fetch(request) {
    upstream.body = await request.json();
    const isStream = request.url.includes(':stream') || (upstream.body as { stream?: unknown }).stream === true;
    if (!isStream) return Response.json(upstream.given);
    return new Response(upstream.events.map((data) => `data: ${data}\n\n`).join(''), {
      headers: { 'content-type': 'text/event-stream' },
    });
  },
});

let gateway: GatewayApp;
let key: string;
let url: string;

beforeAll(async () => {
  gateway = await createGatewayApp();
  key = await gateway.pass();
  url = await gateway.app.listen();
  for (const name of Object.keys(EVENTS) as UpstreamName[]) {
    const models = [{ name: `public ${name}`, upstream_model: name === 'gemini' ? 'gemini-3.8-flash' : 'inside' }];
    const fields = { protocol: name, base_url: `http://127.0.0.1:${server.port}/v1`, model_id: undefined, models };
    await gateway.addModel(name, {}, fields);
  }
});
afterAll(async () => {
  await server.stop(true);
  await gateway[Symbol.asyncDispose]();
});

async function ask(pair: Pair, fields: object): Promise<Response> {
  upstream.body = undefined;
  return fetch(url + PATHS[pair.client.name], {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...fields, model: `public ${pair.upstream}` }),
  });
}

function answerWith(pair: Pair, given: Record<string, unknown>): void {
  upstream.given = given;
  upstream.events = EVENTS[pair.upstream](given);
}

const TEXT = ANSWER_FEATURES.find(({ name }) => name === 'Text')!;

/** What became of the request. */
async function requestSeen(feature: RequestFeature, pair: Pair): Promise<Verdict> {
  const asked = feature.asks[pair.client.name as keyof RequestFeature['asks']];
  const expected = feature.finds[pair.upstream];
  if (!asked || (!pair.bridge.translates && !expected)) return { kind: 'none' };
  answerWith(pair, TEXT.gives[pair.upstream]!);
  const response = await ask(pair, asked);
  const body = (await response.json()) as { error?: { param?: string } };
  if (response.status === 400 && upstream.body === undefined)
    return { kind: 'refused', param: body.error?.param ?? '' };
  expect(response.status).toBe(200);
  const isThere = expected && matches(upstream.body, expected);
  return isThere ? { kind: 'works' } : { kind: 'lossy', detail: feature.lossy ?? '' };
}

/** Each client asks so that it can be told everything. */
const ASKS: Record<string, object> = {
  'openai-chat': { messages: [{ role: 'user', content: 'hi' }] },
  'openai-responses': { input: 'hi', include: ['reasoning.encrypted_content'] },
  'anthropic-messages': {
    max_tokens: 100,
    thinking: { type: 'adaptive' },
    messages: [{ role: 'user', content: 'hi' }],
  },
};

async function answerSeen(feature: AnswerFeature, pair: Pair): Promise<Verdict> {
  const { name } = pair.client;
  const given = feature.gives[pair.upstream];
  const shown = feature.shows[name as keyof AnswerFeature['shows']];
  if (!given || !shown) return { kind: 'none' };
  // The suite's public name is another.
  const expected = 'model' in shown ? { ...shown, model: `public ${pair.upstream}` } : shown;
  answerWith(pair, given);
  const whole = await ask(pair, ASKS[name]!);
  expect(whole.status).toBe(200);
  const usage = name === 'openai-chat' ? { stream_options: { include_usage: true } } : {};
  const streamed = await ask(pair, { ...ASKS[name], ...usage, stream: true });
  const seen = [await whole.json(), assembled(name, await streamed.text())];
  return seen.every((answer) => matches(answer, expected))
    ? { kind: 'works' }
    : { kind: 'lossy', detail: feature.lossy ?? '' };
}

describe.each(PAIRS.map((pair) => [`${pair.client.name} → ${pair.upstream}`, pair] as const))('%s', (_name, pair) => {
  test('what is asked', async () => {
    const seen: [string, Verdict][] = [];
    for (const feature of REQUEST_FEATURES) seen.push([feature.name, await requestSeen(feature, pair)]);
    expect(seen).toEqual(REQUEST_FEATURES.map((feature) => [feature.name, requestVerdict(feature, pair)]));
    expect(seen.filter(([, { kind }]) => kind === 'works').length).toBeGreaterThan(15);
  });

  test('what is answered', async () => {
    const seen: [string, Verdict][] = [];
    for (const feature of ANSWER_FEATURES) seen.push([feature.name, await answerSeen(feature, pair)]);
    expect(seen).toEqual(ANSWER_FEATURES.map((feature) => [feature.name, answerVerdict(feature, pair)]));
    expect(seen.filter(([, { kind }]) => kind === 'works').length).toBeGreaterThan(5);
  });
});
