// Requirement 003's model configurations onto channels, models and routes.
import { afterEach, beforeEach, expect, test } from 'bun:test';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';

let gateway: GatewayApp;
beforeEach(async () => void (gateway = await createGatewayApp()));
afterEach(() => gateway[Symbol.asyncDispose]());

type Body = Record<string, unknown>;

async function send(method: string, path: string, json?: unknown): Promise<{ status: number; body: Body }> {
  const init = { method, token: gateway.admin, ...(json === undefined ? {} : { json }) };
  const response = await gateway.app.request(path, init);
  return { status: response.status, body: (await response.json()) as Body };
}

const example = (over: Body = {}) => ({
  name: 'GPT-4 Turbo',
  model_id: 'gpt-4-turbo',
  provider: 'openai',
  type: '生文',
  description: '最新的 GPT-4 模型',
  base_url: gateway.upstream.baseUrl,
  auth_type: 'api_key',
  key_usage_mode: 'single',
  api_keys: [{ key: 'sk-first-secret-0123456789', status: 'enabled' }],
  supports_vision: true,
  max_tokens: 4096,
  context_window: 128000,
  ...over,
});

const add = async (over: Body = {}) => (await send('POST', '/api/v1/llm-models', example(over))).body;

test('every field is kept and told again, keys masked; the next call uses it', async () => {
  const prices = { input_price: 10, output_price: 30, rpm_limit: 500, tpm_limit: 90_000 };
  const { status, body } = await send('POST', '/api/v1/llm-models', example(prices));
  expect(status).toBe(201);
  expect(body).toMatchObject({
    ...example(prices),
    upstream_model: 'gpt-4-turbo',
    status: 'enabled',
    api_keys: [{ key: 'sk-…6789', status: 'enabled' }],
  });
  expect(JSON.stringify(body)).not.toContain('first-secret');
  expect((await send('GET', `/api/v1/llm-models/${String(body.id)}`)).body).toEqual(body);
  const answer = await gateway.chat(await gateway.pass(), { model: 'gpt-4-turbo' });
  expect(answer.status).toBe(200);
  expect(gateway.upstream.journal[0]!.headers.authorization).toBe('Bearer sk-first-secret-0123456789');
  // 11 tokens at $10 and 6 at $30 a million.
  expect((await gateway.calls())[0]!.costNanos).toBe(290_000);
});

test('the list is filtered by provider, type (in either word) and status', async () => {
  await add();
  await add({ model_id: 'painter', type: '生图', provider: 'other', status: 'inactive' });
  await add({ model_id: 'embedder', type: 'embedding', provider: 'other', status: 'disabled' });
  const found = async (query: string) => {
    const { body } = await send('GET', `/api/v1/llm-models${query}`);
    return [(body.data as Body[]).map(({ model_id }) => model_id), body.total];
  };
  expect(await found('')).toEqual([['gpt-4-turbo', 'painter', 'embedder'], 3]);
  expect(await found('?provider=openai&type=生文&status=enabled')).toEqual([['gpt-4-turbo'], 1]);
  expect(await found('?type=image')).toEqual([['painter'], 1]);
  expect(await found('?type=向量&status=disabled')).toEqual([['embedder'], 1]);
  expect(await found('?status=inactive')).toEqual([['painter'], 1]);
  expect(await found('?skip=1&limit=1')).toEqual([['painter'], 3]);
  for (const query of ['?type=诗', '?status=on', '?limit=1000000', '?skip=-1'])
    expect((await send('GET', `/api/v1/llm-models${query}`)).status).toBe(400);
});

test('only enabled configurations answer', async () => {
  const key = await gateway.pass();
  await add({ model_id: 'other' });
  const { id } = await add();
  for (const status of ['disabled', 'inactive', 'enabled']) {
    expect((await send('PUT', `/api/v1/llm-models/${String(id)}`, { status })).body.status).toBe(status);
    expect((await gateway.chat(key, { model: 'gpt-4-turbo' })).status).toBe(status === 'enabled' ? 200 : 404);
  }
});

test('enabled means that it answers, whatever of it was switched off in the console', async () => {
  const { id, channel_id: channelId } = await add();
  const { db } = gateway.app.ctx;
  await send('PUT', `/api/admin/channels/${String(channelId)}`, { is_enabled: false });
  await db.updateTable('models').set({ status: 'disabled' }).execute();
  const path = `/api/v1/llm-models/${String(id)}`;
  expect((await send('GET', path)).body.status).toBe('disabled');
  expect((await send('PUT', path, { description: 'untouched' })).body.status).toBe('disabled');
  expect((await send('PUT', path, { status: 'enabled' })).body.status).toBe('enabled');
  expect((await gateway.chat(await gateway.pass(), { model: 'gpt-4-turbo' })).status).toBe(200);
});

test('api_keys replaces the list, {id,status} keeps its secret, a masked key sent back changes nothing', async () => {
  const made = await add({
    key_usage_mode: 'polling',
    api_keys: [{ key: 'sk-one-secret-000000001' }, { key: 'sk-two-secret-000000002' }],
  });
  expect(made.key_usage_mode).toBe('round_robin');
  const [one, two] = made.api_keys as { id: string; key: string }[];
  const path = `/api/v1/llm-models/${String(made.id)}`;
  const put = await send('PUT', path, {
    api_keys: [{ id: one!.id, status: 'disabled' }, { ...two }, { key: 'sk-new-key', status: 'enabled' }],
  });
  expect((put.body.api_keys as Body[]).map(({ key, status }) => [key, status])).toEqual([
    ['sk-…0001', 'disabled'],
    ['sk-…0002', 'enabled'],
    ['…', 'enabled'],
  ]);
  const key = await gateway.pass();
  for (let i = 0; i < 6; i += 1) await (await gateway.chat(key, { model: 'gpt-4-turbo' })).text();
  const used = new Set(gateway.upstream.journal.map(({ headers }) => headers.authorization));
  expect(used).toEqual(new Set(['Bearer sk-two-secret-000000002', 'Bearer sk-new-key']));
  const foreign = await send('PUT', path, { api_keys: [{ id: 'ckey_of_another', status: 'enabled' }] });
  expect(foreign.status).toBe(400);
});

test('a second configuration of one model is another route to it, and each leaves by itself', async () => {
  const first = await add();
  const second = await add({ upstream_model: 'gpt-4-turbo-2024-04-09' });
  const { ctx } = gateway.app;
  expect(await ctx.db.selectFrom('models').select('publicName').execute()).toEqual([{ publicName: 'gpt-4-turbo' }]);
  expect(await ctx.db.selectFrom('routes').select('id').execute()).toHaveLength(2);
  for (const { id } of [first, second]) {
    const gone = await send('DELETE', `/api/v1/llm-models/${String(id)}`);
    expect([gone.status, gone.body.deleted]).toEqual([200, true]);
    expect((await send('GET', `/api/v1/llm-models/${String(id)}`)).status).toBe(404);
  }
  expect(await ctx.db.selectFrom('channels').select('id').execute()).toEqual([]);
  expect(await ctx.db.selectFrom('models').select('id').execute()).toEqual([]);
});

test('another model_id renames it for clients; a name that is an alias is refused', async () => {
  const { id } = await add();
  const { body } = await send('PUT', `/api/v1/llm-models/${String(id)}`, {
    model_id: 'smart',
    upstream_model: 'gpt-4-turbo',
  });
  expect(body).toMatchObject({ model_id: 'smart', upstream_model: 'gpt-4-turbo', context_window: 128000 });
  expect((await gateway.chat(await gateway.pass(), { model: 'smart' })).status).toBe(200);
  expect(gateway.upstream.journal[0]!.model).toBe('gpt-4-turbo');
});

test('RPM of a route is held: a full route is passed over, and told as busy when there is no other', async () => {
  await add({ rpm_limit: 2 });
  const key = await gateway.pass();
  const statuses = [];
  for (let i = 0; i < 3; i += 1) statuses.push((await gateway.chat(key, { model: 'gpt-4-turbo' })).status);
  expect(statuses).toEqual([200, 200, 429]);
  expect(gateway.upstream.journal).toHaveLength(2);
});

test('what is wrong is named, and nothing of it is stored', async () => {
  const wrong: [Body, string][] = [
    [{ model_id: '' }, 'model_id'],
    [{ type: '诗' }, 'type'],
    [{ status: 'on' }, 'status'],
    [{ base_url: 'http://169.254.169.254/v1' }, 'base_url'],
    [{ auth_type: 'magic' }, 'auth_type'],
    [{ input_price: 1 }, 'input_price'],
    [{ max_tokens: -1 }, 'max_tokens'],
    [{ api_keys: [{ status: 'enabled' }] }, 'api_keys'],
  ];
  for (const [fields, param] of wrong) {
    const { status, body } = await send('POST', '/api/v1/llm-models', example(fields));
    expect([param, status, (body.error as Body).param]).toEqual([param, 400, param]);
  }
  expect((await send('GET', '/api/v1/llm-models')).body.total).toBe(0);
  expect((await send('PUT', '/api/v1/llm-models/route_none', { status: 'enabled' })).status).toBe(404);
});
