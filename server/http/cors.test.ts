import { expect, test } from 'bun:test';

import { createGatewayApp } from '../testing/gateway-app.ts';
import { createTestApp } from '../testing/test-app.ts';
import { isOpenPath } from './cors.ts';

const ORIGIN = 'https://client.example';

test('a preflight is answered without a credential, with what was asked for', async () => {
  await using app = await createTestApp();
  for (const path of [
    '/v1/chat/completions',
    '/chat/completions',
    '/v1/models',
    '/models',
    '/v1/responses',
    '/v1/what-comes-later',
  ]) {
    const headers = {
      origin: ORIGIN,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,x-stainless-lang,x-stainless-retry-count',
    };
    const response = await app.request(path, { method: 'OPTIONS', headers });
    expect([path, response.status]).toEqual([path, 204]);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, POST, OPTIONS',
      'access-control-allow-headers': headers['access-control-request-headers'],
      'access-control-max-age': '600',
    });
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  }
});

test('refusals can be read by the asking page too', async () => {
  await using app = await createTestApp();
  const headers = { origin: ORIGIN, authorization: 'Bearer sk-wrong' };
  for (const [path, status] of [
    ['/v1/models', 401],
    ['/v1/nothing', 404],
    ['/models', 401],
  ] as const) {
    const response = await app.request(path, { headers });
    expect([path, response.status, response.headers.get('access-control-allow-origin')]).toEqual([path, status, '*']);
    const exposed = response.headers.get('access-control-expose-headers')!;
    for (const name of [
      'retry-after',
      'x-request-id',
      'x-ratelimit-remaining-requests',
      'x-ratelimit-reset-tokens',
      'request-id',
      'anthropic-ratelimit-tokens-reset',
    ])
      expect(exposed).toContain(name);
  }
  app.ctx.passes.find = () => Promise.reject(new Error('unforeseen'));
  const failed = await app.request('/v1/models', { headers });
  expect([failed.status, failed.headers.get('access-control-allow-origin')]).toEqual([500, '*']);
});

test('answers, streams and limits of a call can be read by the asking page', async () => {
  await using gateway = await createGatewayApp();
  await gateway.addModel('m');
  const key = await gateway.pass({ rpm_limit: 2 });
  const headers = { origin: ORIGIN };
  const whole = await gateway.chat(key, {}, { headers });
  const stream = await gateway.chat(key, { stream: true }, { headers, path: '/chat/completions' });
  expect(await stream.text()).toEndWith('data: [DONE]\n\n');
  await whole.text();
  const limited = await gateway.chat(key, {}, { headers });
  expect([whole.status, stream.status, limited.status]).toEqual([200, 200, 429]);
  for (const { headers: answer } of [whole, stream, limited]) {
    expect(answer.get('access-control-allow-origin')).toBe('*');
    expect(answer.get('x-request-id')).toMatch(/^req_/);
    expect(answer.get('x-content-type-options')).toBe('nosniff');
  }
  expect(limited.headers.get('retry-after')).not.toBeNull();
});

test('S49: sign-ins, the admin console, keys and the chat page are for the same origin only', async () => {
  await using app = await createTestApp();
  for (const path of [
    '/api/auth/login',
    '/api/admin/config',
    '/api/chat/models',
    '/key/generate',
    '/key/info',
    '/',
    '/healthz',
    '/v1x',
    '/chat',
    '/chat/other',
  ]) {
    for (const method of ['GET', 'OPTIONS', 'POST']) {
      const response = await app.request(path, { method, headers: { origin: ORIGIN } });
      for (const name of response.headers.keys())
        expect([path, name]).not.toEqual([path, expect.stringMatching(/^access-control/)]);
    }
  }
});

test('S49: listed origins are let in exactly', async () => {
  await using app = await createTestApp({ CORS_ORIGINS: 'https://a.example, http://localhost:5173/' });
  const allowed = async (origin: string) => {
    const response = await app.request('/v1/models', { headers: { origin } });
    expect(response.headers.get('vary')).toContain('origin');
    return response.headers.get('access-control-allow-origin');
  };
  expect(await allowed('https://a.example')).toBe('https://a.example');
  expect(await allowed('http://localhost:5173')).toBe('http://localhost:5173');
  const foreign = [
    'null',
    'https://a.example.evil.example',
    'https://evila.example',
    'http://a.example',
    'https://a.example:8443',
    'https://a.example@evil.example',
    'https://sub.a.example',
    '*',
    '',
  ];
  for (const origin of foreign) expect([origin, await allowed(origin)]).toEqual([origin, null]);
});

test('header names that are none are not reflected', async () => {
  await using app = await createTestApp();
  for (const wanted of ['x'.repeat(2_001), 'a;b', '<script>', 'x: y']) {
    const headers = { origin: ORIGIN, 'access-control-request-headers': wanted };
    const response = await app.request('/v1/models', { method: 'OPTIONS', headers });
    expect(response.headers.get('access-control-allow-headers')).toBe('authorization, content-type');
  }
});

test('what is open', () => {
  for (const path of ['/v1', '/v1/', '/v1/x', '/models', '/models/a/b', '/responses', '/chat/completions'])
    expect([path, isOpenPath(path)]).toEqual([path, true]);
  for (const path of ['/', '', '/chat', '/chat/x', '/v10', '/api/v1/llm/chat', '/key/info', '/modelsx', '//v1'])
    expect([path, isOpenPath(path)]).toEqual([path, false]);
});
