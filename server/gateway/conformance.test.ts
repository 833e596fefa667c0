// Of the list of what chat clients rely on, what only a whole call can show: C01 and C11 to C13, for every format of a client and of
// an upstream. The others stand in `protocols/protocols.test.ts` and `protocols/openai-chat/chunk.test.ts`.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

import { createGatewayApp, eventsOf, type GatewayApp } from '../testing/gateway-app.ts';
import { type GeminiUpstream, startGeminiUpstream } from '../testing/scripted-gemini.ts';
import { type MessagesUpstream, startMessagesUpstream } from '../testing/scripted-messages.ts';

let gateway: GatewayApp;
let anthropic: MessagesUpstream;
let gemini: GeminiUpstream;
let key: string;
let url: string;

beforeAll(async () => {
  gateway = await createGatewayApp();
  anthropic = startMessagesUpstream();
  gemini = startGeminiUpstream();
  const route = (name: string, upstream_model: string) => [
    { name, upstream_model, prices: { prompt: 2, completion: 8 } },
  ];
  const messages = { base_url: anthropic.baseUrl, protocol: 'anthropic-messages', auth_type: 'x-api-key' };
  const google = { base_url: gemini.baseUrl, protocol: 'gemini', auth_type: 'x-goog-api-key' };
  await gateway.addModel('chat');
  await gateway.addModel('messages', {}, { ...messages, models: route('messages', 'inside') });
  await gateway.addModel('gemini', {}, { ...google, models: route('gemini', 'gemini-3.8-flash') });
  key = await gateway.pass({ max_budget: 5 });
  url = await gateway.app.listen();
});
afterAll(async () => {
  anthropic[Symbol.dispose]();
  gemini[Symbol.dispose]();
  await gateway[Symbol.asyncDispose]();
});

const MODELS = ['chat', 'messages', 'gemini'];
const ASKS: [string, Record<string, unknown>][] = [
  ['/v1/chat/completions', { messages: [{ role: 'user', content: 'hi' }] }],
  ['/v1/messages', { max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] }],
  ['/v1/responses', { input: 'hi' }],
];
const lastCall = async () => (await gateway.calls()).at(-1)!;

describe.each(MODELS)('an upstream of %s', (model) => {
  test.each(ASKS)(
    'C01 the head of a stream at %s: its type, no cache, no buffer, no compression',
    async (path, asked) => {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'accept-encoding': 'gzip, br' },
        body: JSON.stringify({ model, stream: true, ...asked }),
      });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('no-cache, no-transform');
      expect(response.headers.get('x-accel-buffering')).toBe('no');
      expect(response.headers.get('content-encoding')).toBeNull();
      await response.text();
    },
  );

  test('C11 several answers are told apart by their index, or refused by name', async () => {
    const two = [0, 1].flatMap((n) => [chunk(n, { content: `a${n}` }), chunk(n, {}, 'stop')]);
    gateway.upstream.script('chat', raw([two[0]!, two[2]!, two[1]!, two[3]!]));
    const response = await gateway.chat(key, { model, stream: true, n: 2 });
    const text = await response.text();
    gateway.upstream.script('chat', {});
    if (model !== 'chat')
      return expect([response.status, JSON.parse(text)]).toMatchObject([400, { error: { param: 'n' } }]);
    const seen = eventsOf(text)
      .filter((data) => data !== '[DONE]')
      .map((data) => JSON.parse(data) as Seen);
    expect(seen.flatMap(({ choices }) => choices.map(({ index, delta }) => [index, delta.content]))).toEqual([
      [0, 'a0'],
      [1, 'a1'],
      [0, undefined],
      [1, undefined],
    ]);
  });

  test('C12 fields that nobody here reads pass through where both speak the same, and are asked for nowhere else', async () => {
    const logprobs = { content: [{ token: 'a', logprob: -0.1, bytes: [97], top_logprobs: [] }], refusal: null };
    const delta = {
      content: 'a',
      refusal: null,
      annotations: [{ type: 'url_citation' }],
      audio: { id: 'x' },
      vendor: 1,
    };
    const more = { service_tier: 'flex', obfuscation: 'xyz', vendor_thing: { deep: [1] } };
    gateway.upstream.script('chat', raw([chunk(0, delta, null, { logprobs }, more), chunk(0, {}, 'stop')]));
    const response = await gateway.chat(key, { model, stream: true, logprobs: true });
    const text = await response.text();
    gateway.upstream.script('chat', {});
    if (model !== 'chat')
      return expect([response.status, JSON.parse(text)]).toMatchObject([400, { error: { param: 'logprobs' } }]);
    expect(JSON.parse(eventsOf(text)[0]!)).toMatchObject({ ...more, choices: [{ delta, logprobs }] });
  });
});

test('C13 running totals of Gemini are what a stream that breaks off is charged, thoughts included', async () => {
  const usageMetadata = { promptTokenCount: 11, candidatesTokenCount: 2, thoughtsTokenCount: 30, totalTokenCount: 43 };
  gemini.script = { events: [{ candidates: [{ content: { parts: [{ text: 'Hel' }] }, index: 0 }], usageMetadata }] };
  const text = await (await gateway.chat(key, { model: 'gemini', stream: true })).text();
  gemini.script = {};
  expect(text).toContain('stream_cut');
  expect(await lastCall()).toMatchObject({
    status: 'cut',
    estimated: 0,
    reasoningTokens: 30,
    costNanos: 11 * 2_000 + 32 * 8_000,
  });
});

interface Seen {
  choices: { index: number; delta: { content?: string } }[];
}

function chunk(
  index: number,
  delta: object,
  finish_reason: string | null = null,
  choice: object = {},
  more: object = {},
): object {
  return {
    id: 'c',
    object: 'chat.completion.chunk',
    created: 7,
    model: 'chat',
    choices: [{ index, delta, finish_reason, ...choice }],
    ...more,
  };
}

const raw = (chunks: readonly object[]) => ({
  rawBody: `${chunks.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('')}data: [DONE]\n\n`,
  headers: { 'content-type': 'text/event-stream' },
});
