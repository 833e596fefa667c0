// Anthropic's Messages in, Anthropic's Messages out: nothing changes on the way but what the gateway must change.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';

import { createGatewayApp, eventually, type GatewayApp } from '../testing/gateway-app.ts';
import { type MessagesUpstream, startMessagesUpstream } from '../testing/scripted-messages.ts';

let gateway: GatewayApp;
let upstream: MessagesUpstream;
let key: string;

beforeAll(async () => {
  gateway = await createGatewayApp();
  upstream = startMessagesUpstream();
  const models = [{ name: 'claude', upstream_model: 'claude-inside', prices: { prompt: 2, completion: 8, cached: 1 } }];
  const fields = { base_url: upstream.baseUrl, protocol: 'anthropic-messages', auth_type: 'x-api-key' };
  await gateway.addModel('claude', {}, { ...fields, models });
  key = await gateway.pass({ max_budget: 5 });
});
afterAll(async () => {
  upstream[Symbol.dispose]();
  await gateway[Symbol.asyncDispose]();
});
beforeEach(() => {
  upstream.script = {};
});

const body = { model: 'claude', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] };
const ask = (json: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  gateway.app.request('/v1/messages', { json: { ...body, ...json }, headers: { 'x-api-key': key, ...headers } });
const lastCall = async () => (await gateway.calls()).at(-1)!;

describe('a message', () => {
  test('whole: settled at the exact cost, under the public name, with the channel’s credential', async () => {
    const response = await ask({ metadata: { user_id: 'u' }, vendor: { a: 1 } });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      type: 'message',
      model: 'claude',
      content: [{ type: 'text', text: 'Hello from the scripted upstream.' }],
      stop_reason: 'end_turn',
    });
    const { path, body: sent, headers } = upstream.journal.at(-1)!;
    expect(path).toBe('/v1/messages');
    expect(sent).toEqual({ ...body, model: 'claude-inside', metadata: { user_id: 'u' }, vendor: { a: 1 } });
    expect(headers['x-api-key']).toBe('sk-upstream-secret');
    expect(headers['anthropic-version']).toBe('2023-06-01');
    // 11 + 4 + 2 prompt tokens, 4 of them from the cache at half the price, and 6 of output.
    expect(await lastCall()).toMatchObject({
      status: 'success',
      promptTokens: 17,
      cachedTokens: 4,
      cacheWriteTokens: 2,
      completionTokens: 6,
      estimated: 0,
      costNanos: 13 * 2_000 + 4 * 1_000 + 6 * 8_000,
    });
  });

  test('headers tell the request’s id and what is left of the limits, under the names that Anthropic’s SDKs read', async () => {
    const limited = await gateway.pass({ rpm_limit: 10, tpm_limit: 50_000 });
    const { headers } = await ask({}, { 'x-api-key': limited });
    expect(headers.get('request-id')).toMatch(/^req_/);
    expect(headers.get('request-id')).toBe(headers.get('x-request-id'));
    const named = (what: string) =>
      ['limit', 'remaining', 'reset'].map((kind) => headers.get(`anthropic-ratelimit-${what}-${kind}`));
    expect(named('requests').slice(0, 2)).toEqual(['10', '9']);
    expect(named('tokens')[0]).toBe('50000');
    for (const reset of [named('requests')[2]!, named('tokens')[2]!]) {
      expect(reset).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      const inMs = Date.parse(reset) - gateway.app.clock.now();
      expect(inMs).toBeGreaterThan(0);
      expect(inMs).toBeLessThanOrEqual(61_000);
    }
    const chat = await gateway.chat(limited, { model: 'claude' });
    expect([chat.headers.get('request-id'), chat.headers.get('anthropic-ratelimit-requests-limit')]).toEqual([
      null,
      null,
    ]);
  });

  test('clearing old thinking is no cost without a bound', async () => {
    const edits = [{ type: 'clear_thinking_20251015', keep: 'all' }];
    expect((await ask({ context_management: { edits } })).status).toBe(200);
    expect(upstream.journal.at(-1)!.body.context_management).toEqual({ edits });
  });

  test('the client’s version and betas travel', async () => {
    await ask({}, { 'anthropic-version': '2024-01-01', 'anthropic-beta': 'a-2025,b-2025' });
    expect(upstream.journal.at(-1)!.headers).toMatchObject({
      'anthropic-version': '2024-01-01',
      'anthropic-beta': 'a-2025,b-2025',
    });
  });

  test('streamed: every event’s bytes as they came, thinking and its signature included', async () => {
    upstream.script = {
      content: [
        { type: 'thinking', thinking: 'let me think', signature: 'sig+/=é' },
        { type: 'text', text: 'One two' },
        { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: 'é', b: [1, 2] } },
        { type: 'tool_use', id: 'toolu_2', name: 'g', input: {} },
      ],
      stopReason: 'tool_use',
    };
    const direct = await fetch(`${upstream.baseUrl}/messages`, {
      method: 'POST',
      body: JSON.stringify({ ...body, stream: true }),
    });
    const response = await ask({ stream: true });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(await response.text()).toBe(await direct.text());
    expect(await lastCall()).toMatchObject({ status: 'success', promptTokens: 17, completionTokens: 6, stream: 1 });
  });

  test('a stream that breaks off ends with an error event; the prompt is charged as it was told', async () => {
    for (const end of ['cut', 'error'] as const) {
      upstream.script = { end };
      const text = await (await ask({ stream: true })).text();
      expect(text).not.toContain('message_stop');
      const last = text.trimEnd().split('\n\n').at(-1)!;
      expect(last).toStartWith('event: error\ndata: ');
      expect(JSON.parse(last.split('data: ')[1]!)).toMatchObject({ type: 'error', error: { type: 'api_error' } });
      expect(await lastCall()).toMatchObject({ status: 'cut', promptTokens: 17, cachedTokens: 4, estimated: 1 });
    }
  });

  test('a client that leaves ends the upstream’s answer', async () => {
    upstream.script = { delayMs: 40, content: [{ type: 'text', text: 'word '.repeat(100) }] };
    const control = new AbortController();
    const url = await gateway.app.listen();
    const response = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify({ ...body, stream: true }),
      signal: control.signal,
    });
    await response.body!.getReader().read();
    control.abort();
    await eventually(async () => upstream.journal.at(-1)!.aborted);
    await eventually(async () => (await lastCall()).status === 'cancelled');
  });
});

describe('errors have Anthropic’s shape', () => {
  test('no credential, no such model, no budget, an upstream that is overloaded', async () => {
    const none = await gateway.app.request('/v1/messages', { json: body });
    expect(none.status).toBe(401);
    expect(await none.json()).toMatchObject({
      type: 'error',
      error: { type: 'authentication_error' },
      request_id: none.headers.get('request-id'),
    });
    const unknown = await ask({ model: 'nothing' });
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { error: { type: 'not_found_error' } }]);
    const poor = await gateway.pass({ max_budget: 0 });
    const empty = await ask({}, { 'x-api-key': poor });
    expect(empty.headers.get('x-should-retry')).toBe('false');
    expect([empty.status, await empty.json()]).toMatchObject([429, { error: { code: 'insufficient_quota' } }]);
    upstream.script = { status: 429 };
    const busy = await ask();
    expect([busy.status, await busy.json()]).toMatchObject([529, { error: { type: 'overloaded_error' } }]);
  });

  test('max_tokens is needed, a role is known, and what has no bound is refused by name to a budget', async () => {
    const { max_tokens: _, ...without } = body;
    const missing = await gateway.app.request('/v1/messages', { json: without, token: key });
    expect([missing.status, await missing.json()]).toMatchObject([400, { error: { param: 'max_tokens' } }]);
    for (const fields of [
      { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
      { mcp_servers: [{ url: 'https://x.example' }] },
      { context_management: { edits: [{ type: 'compact_20260112' }] } },
      { system: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '1h' } }] },
    ]) {
      const refused = await ask(fields);
      expect([refused.status, await refused.json()]).toMatchObject([400, { error: { type: 'invalid_request_error' } }]);
    }
  });
});
