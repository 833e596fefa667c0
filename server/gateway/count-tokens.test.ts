// How many tokens a prompt is: told by an upstream that counts, else estimated; free, and behind the same rules.
import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { type MessagesUpstream, startMessagesUpstream } from '../testing/scripted-messages.ts';

let gateway: GatewayApp;
let upstream: MessagesUpstream;
let key: string;

beforeAll(async () => {
  gateway = await createGatewayApp();
  upstream = startMessagesUpstream();
  const models = [{ name: 'claude', upstream_model: 'claude-inside', prices: { prompt: 2, completion: 8 } }];
  const fields = { base_url: upstream.baseUrl, protocol: 'anthropic-messages', auth_type: 'x-api-key' };
  await gateway.addModel('claude', {}, { ...fields, models });
  await gateway.addModel('m', {});
  key = await gateway.pass({ max_budget: 5 });
});
afterAll(async () => {
  upstream[Symbol.dispose]();
  await gateway[Symbol.asyncDispose]();
});
beforeEach(() => {
  upstream.script = {};
});

const count = (fields: Record<string, unknown> = {}, as = key) =>
  gateway.app.request('/v1/messages/count_tokens', {
    json: { model: 'claude', messages: [{ role: 'user', content: 'hi' }], ...fields },
    headers: { 'x-api-key': as },
  });

test('an upstream of Messages counts; nothing is charged or logged', async () => {
  const response = await count({ system: 'Be brief.' });
  expect([response.status, await response.json()]).toEqual([200, { input_tokens: 1234 }]);
  expect(response.headers.get('x-hallpass-estimated')).toBeNull();
  const { path, body, headers } = upstream.journal.at(-1)!;
  expect(path).toBe('/v1/messages/count_tokens');
  expect(body).toEqual({ model: 'claude-inside', system: 'Be brief.', messages: [{ role: 'user', content: 'hi' }] });
  expect(headers['x-api-key']).toBe('sk-upstream-secret');
  expect(await gateway.calls()).toEqual([]);
});

test('for another upstream, or one that fails, it is estimated, with system, calls and results', async () => {
  const short = await count({ model: 'm' });
  expect(short.headers.get('x-hallpass-estimated')).toBe('true');
  const { input_tokens: few } = (await short.json()) as { input_tokens: number };
  expect(few).toBeGreaterThan(0);
  const words = 'photosynthesis in green leaves '.repeat(50);
  const use = { type: 'tool_use', id: 't', name: 'look', input: { words } };
  const result = { type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: words }] };
  const messages = [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: [use] },
    { role: 'user', content: [result] },
  ];
  const long = await count({ model: 'm', system: [{ type: 'text', text: words }], messages });
  expect(((await long.json()) as { input_tokens: number }).input_tokens).toBeGreaterThan(3 * 150);
  upstream.script = { status: 500 };
  expect((await count()).headers.get('x-hallpass-estimated')).toBe('true');
}, 20_000);

test('what the upstream finds wrong is told; rules and limits are those of a call', async () => {
  upstream.script = { status: 400 };
  const wrong = await count();
  expect([wrong.status, await wrong.json()]).toMatchObject([
    400,
    { type: 'error', error: { code: 'upstream_rejected' } },
  ]);
  upstream.script = {};
  expect((await count({ model: 'nothing' })).status).toBe(404);
  const slow = await gateway.pass({ rpm_limit: 1 });
  expect((await count({}, slow)).status).toBe(200);
  expect((await count({}, slow)).status).toBe(429);
});
