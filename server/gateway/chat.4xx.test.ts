import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

import { ADMIN_KEY, createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';

let gateway: GatewayApp;
let key: string;

beforeAll(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m');
  await gateway.addModel('other');
  key = await gateway.pass({ max_budget: 5 });
});
afterAll(() => gateway[Symbol.asyncDispose]());

async function refusal(response: Response): Promise<Record<string, unknown>> {
  const { error } = (await response.json()) as { error: Record<string, unknown> };
  expect(Object.keys(error)).toEqual(expect.arrayContaining(['message', 'type', 'param', 'code']));
  return { status: response.status, ...error };
}

describe('400', () => {
  test.each([
    ['no JSON', 'not json', 'invalid_json', null],
    ['a list', '[]', 'invalid_body', null],
    ['null', 'null', 'invalid_body', null],
    ['no model', '{"messages":[{"role":"user","content":"hi"}]}', 'invalid_parameter', 'model'],
    [
      'a model that is no text',
      '{"model":7,"messages":[{"role":"user","content":"hi"}]}',
      'invalid_parameter',
      'model',
    ],
    ['no messages', '{"model":"m"}', 'invalid_parameter', 'messages'],
    ['no message', '{"model":"m","messages":[]}', 'invalid_parameter', 'messages'],
    ['a message that is null', '{"model":"m","messages":[null]}', 'invalid_parameter', 'messages.0'],
    ['a message without a role', '{"model":"m","messages":[{"content":"hi"}]}', 'invalid_parameter', 'messages.0.role'],
    [
      'content that is a number',
      '{"model":"m","messages":[{"role":"user","content":7}]}',
      'invalid_parameter',
      'messages.0.content',
    ],
    [
      'parts that are null',
      '{"model":"m","messages":[{"role":"user","content":[null]}]}',
      'invalid_parameter',
      'messages.0.content',
    ],
    [
      'max_tokens as text',
      '{"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":"9"}',
      'invalid_parameter',
      'max_tokens',
    ],
    [
      'max_tokens negative',
      '{"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":-1}',
      'invalid_parameter',
      'max_tokens',
    ],
    [
      'max_tokens infinite',
      '{"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":1e309}',
      'invalid_parameter',
      'max_tokens',
    ],
    ['n too large', '{"model":"m","messages":[{"role":"user","content":"hi"}],"n":129}', 'invalid_parameter', 'n'],
    [
      'stream as text',
      '{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":"yes"}',
      'invalid_parameter',
      'stream',
    ],
    [
      'tools that are no list',
      '{"model":"m","messages":[{"role":"user","content":"hi"}],"tools":{}}',
      'invalid_parameter',
      'tools',
    ],
  ])('%s is refused by name', async (_name, body, code, param) => {
    const response = await gateway.app.request('/v1/chat/completions', {
      method: 'POST',
      body,
      token: key,
      headers: { 'content-type': 'application/json' },
    });
    expect(await refusal(response)).toMatchObject({ status: 400, code, param });
  });

  test('an output cap beyond any model is no mistake', async () => {
    for (const max_tokens of [2_147_483_647, Number.MAX_SAFE_INTEGER])
      expect((await gateway.chat(key, { max_tokens })).status).toBe(200);
  });

  test('what the upstream refuses is relayed, without its addresses and keys', async () => {
    const message = 'bad tool at https://internal.example/x for key sk-abcdef123456 on 10.0.0.7:8080';
    await gateway.addModel('strict', { status: 422, rawBody: JSON.stringify({ error: { message } }) });
    const error = await refusal(await gateway.chat(key, { model: 'strict' }));
    expect(error).toMatchObject({ status: 400, code: 'upstream_rejected' });
    expect(error.message).toContain('bad tool');
    expect(String(error.message)).not.toMatch(/internal|sk-abc|10\.0\.0\.7/);
    const call = (await gateway.calls()).at(-1)!;
    expect(call).toMatchObject({ state: 'settled', status: 'error', costNanos: 0 });
  });
});

describe('401', () => {
  test('no credential', async () => {
    expect(await refusal(await gateway.chat(undefined))).toMatchObject({ status: 401, code: 'credential_missing' });
  });

  test('an unknown pass', async () => {
    const response = await gateway.chat(
      'sk-hp-nobody-0000000000000000000000000000',
      {},
      { headers: { 'accept-language': 'zh-TW' } },
    );
    expect(await refusal(response)).toMatchObject({
      status: 401,
      code: 'invalid_api_key',
      message: '這張通行證無效，請檢查是否複製完整。',
    });
  });

  test('an expired pass', async () => {
    const short = await gateway.pass({ duration: '30s' });
    expect((await gateway.chat(short)).status).toBe(200);
    gateway.app.clock.advance(31_000);
    const response = await gateway.chat(short);
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(await refusal(response)).toMatchObject({ status: 401, code: 'pass_expired' });
  });
});

describe('403', () => {
  test('a blocked pass, from the next call on', async () => {
    const blocked = await gateway.pass();
    expect((await gateway.chat(blocked)).status).toBe(200);
    await gateway.app.request('/key/block', { json: { key: blocked }, token: 'sk-test-admin-key-0123456789' });
    expect(await refusal(await gateway.chat(blocked))).toMatchObject({ status: 403, code: 'pass_blocked' });
  });

  test('a model the pass may not use', async () => {
    const narrow = await gateway.pass({ models: ['other'] });
    expect(await refusal(await gateway.chat(narrow))).toMatchObject({
      status: 403,
      code: 'model_not_allowed',
      param: 'model',
    });
  });

  test('an alias does not open a model that is not allowed', async () => {
    const sly = await gateway.pass({ models: ['other'], aliases: { other: 'm' } });
    expect(await refusal(await gateway.chat(sly, { model: 'other' }))).toMatchObject({
      status: 403,
      code: 'model_not_allowed',
    });
  });

  test('outside class hours: the reason and the time, in the caller’s language', async () => {
    const access_schedule = { timezone: 'Asia/Shanghai', windows: [{ days: ['mon'], start: '08:00', end: '09:00' }] };
    const student = await gateway.pass({ permissions: { access_schedule } });
    const response = await gateway.chat(student, {}, { headers: { 'accept-language': 'en' } });
    expect(response.headers.get('x-should-retry')).toBe('false');
    const error = await refusal(response);
    expect(error).toMatchObject({ status: 403, code: 'class_closed', opens_at: '2026-11-23T00:00:00.000Z' });
    expect(error.message).toMatch(/Mon.*08:00/);
    expect((await refusal(await gateway.chat(student))).message).toMatch(/周一.*08:00|星期一.*08:00/);
  });

  test('a list of other models, from a pass whose models are limited', async () => {
    const limited = await gateway.pass({ models: ['m'] });
    const error = await refusal(await gateway.chat(limited, { models: ['openai/o1-pro'] }));
    expect(error).toMatchObject({ status: 400, code: 'unsupported_parameter', param: 'models' });
    expect((await gateway.chat(await gateway.pass(), { models: ['openai/o1-pro'] })).status).toBe(200);
  });

  test('a pass that is blocked while its request is still arriving', async () => {
    const slow = await gateway.pass();
    const text = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'x'.repeat(100_000) }] });
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const headers = { 'content-type': 'application/json' };
    const asked = gateway.app.request('/v1/chat/completions', { method: 'POST', body: readable, token: slow, headers });
    await writer.write(new TextEncoder().encode(text.slice(0, 70_000)));
    await gateway.app.request('/key/block', { json: { key: slow }, token: ADMIN_KEY });
    gateway.app.clock.advance(1_000);
    await writer.write(new TextEncoder().encode(text.slice(70_000)));
    await writer.close();
    expect(await refusal(await asked)).toMatchObject({ status: 403, code: 'pass_blocked' });
  });

  test('an unpriced model for a pass with a budget', async () => {
    // At a private address it would be free; it is refused before anything is sent.
    await gateway.addModel('nameless-model-q', {}, { prices: null, base_url: 'https://upstream.example/v1' });
    expect(await refusal(await gateway.chat(key, { model: 'nameless-model-q' }))).toMatchObject({
      status: 403,
      code: 'model_unpriced',
    });
  });

  test('a blocked address is closed out of the chat page, not of the API', async () => {
    await gateway.app.ctx.db
      .insertInto('blockedIps')
      .values({ id: 'ip_1', ipAddress: '192.0.2.0/24', reason: null, createdBy: null, createdAt: 0, expiresAt: null })
      .execute();
    await gateway.app.ctx.blocklist.reload();
    const page = { path: '/api/chat/completions', ip: '192.0.2.9' };
    expect(await refusal(await gateway.chat(undefined, {}, page))).toMatchObject({ status: 403, code: 'ip_blocked' });
    expect((await gateway.chat(key, {}, { ip: '192.0.2.9' })).status).toBe(200);
  });
});

describe('404, 413, 415', () => {
  test('an unknown model', async () => {
    for (const model of ['nope', '__proto__', 'constructor', 'M', ' m'])
      expect(await refusal(await gateway.chat(key, { model }))).toMatchObject({ status: 404, code: 'model_not_found' });
  });

  test('a body above the bound', async () => {
    const response = await gateway.app.request('/v1/chat/completions', {
      method: 'POST',
      token: key,
      headers: { 'content-type': 'application/json', 'content-length': String(33 * 1024 * 1024) },
      body: '{}',
    });
    expect(await refusal(response)).toMatchObject({ status: 413, code: 'body_too_large' });
  });

  test('a form', async () => {
    const response = await gateway.app.request('/v1/chat/completions', {
      method: 'POST',
      token: key,
      body: new URLSearchParams({ a: 'b' }),
    });
    expect(await refusal(response)).toMatchObject({ status: 415, code: 'unsupported_media_type' });
  });
});
