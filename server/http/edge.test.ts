import { expect, test } from 'bun:test';

import { createTestApp } from '../testing/test-app.ts';

const EVERYWHERE = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'strict-transport-security': null,
};

test.each([
  ['GET', '/healthz', 200],
  ['GET', '/api/auth/options', 200],
  ['GET', '/api/auth/me', 401],
  ['GET', '/v1/models', 401],
  ['GET', '/api/nothing', 404],
  ['GET', '/nothing', 404],
  ['DELETE', '/healthz', 405],
  ['OPTIONS', '/v1/models', 204],
  ['OPTIONS', '/api/auth/me', 204],
  ['POST', '/api/auth/login', 415],
] as const)('%s %s answers with the security headers and a request id', async (method, path, status) => {
  await using app = await createTestApp();
  const response = await app.request(path, { method, headers: { 'content-type': 'text/plain' } });
  expect(response.status).toBe(status);
  for (const [name, value] of Object.entries(EVERYWHERE))
    expect([name, response.headers.get(name)]).toEqual([name, value]);
  expect(response.headers.get('x-request-id')).toMatch(/^req_[0-9a-f-]{36}$/);
});

test('an unforeseen error keeps the headers and tells its reference only', async () => {
  await using app = await createTestApp();
  const headers = { authorization: 'Bearer sk-hp-unknown' };
  app.ctx.passes.find = () => Promise.reject(new Error('select token_hash from passes: /srv/hallpass/data SECRET'));
  const response = await app.request('/v1/models', { headers });
  const text = await response.text();
  expect(response.status).toBe(500);
  expect(text).not.toMatch(/select|SECRET|\/srv|at .*\.ts/);
  const id = response.headers.get('x-request-id')!;
  expect(text).toContain(id);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(app.logs.find(({ level }) => level === 'error')).toMatchObject({ requestId: id });
});

test('405 names what is allowed; 404 what is not there; each in the caller’s language', async () => {
  await using app = await createTestApp();
  const refused = await app.request('/api/auth/me', { method: 'DELETE', headers: { 'accept-language': 'en' } });
  expect(refused.status).toBe(405);
  expect(refused.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
  expect(await refused.json()).toMatchObject({
    error: { code: 'method_not_allowed', message: 'This address does not accept DELETE.' },
  });
  expect((await app.request('/v1/models', { method: 'PUT' })).headers.get('allow')).toBe('GET, HEAD, OPTIONS');
  expect((await app.request('/v1/models/org/some%2Fmodel', { method: 'POST' })).status).toBe(405);
  expect((await app.request('/api/admin/channels', { method: 'PATCH' })).headers.get('allow')).toContain('POST');
  expect((await app.request('/api/admin/nothing', { method: 'PATCH' })).status).toBe(404);
});

test('OPTIONS outside the model API names the methods and lets no other origin in', async () => {
  await using app = await createTestApp();
  const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
  const response = await app.request('/api/auth/login', { method: 'OPTIONS', headers });
  expect(response.status).toBe(204);
  expect(response.headers.get('allow')).toBe('POST, OPTIONS');
  for (const name of response.headers.keys()) expect(name).not.toStartWith('access-control');
});

test('HEAD is GET without a body', async () => {
  await using app = await createTestApp();
  const response = await app.request('/healthz', { method: 'HEAD' });
  expect(response.status).toBe(200);
  expect(await response.text()).toBe('');
});

test('a method in a header or a query changes nothing', async () => {
  await using app = await createTestApp();
  const headers = { 'x-http-method-override': 'POST', 'x-method-override': 'POST', 'x-http-method': 'POST' };
  expect((await app.request('/api/auth/logout?_method=POST', { headers })).status).toBe(405);
});

test('a trailing slash makes no other address', async () => {
  await using app = await createTestApp();
  expect((await app.request('/api/auth/options/')).status).toBe(200);
  expect((await app.request('/api/auth/me/')).status).toBe(401);
  expect((await app.request('/v1/models/')).status).toBe(401);
  expect((await app.request('/api/admin/config/')).status).toBe(401);
});

test.each([
  '//api/auth/options',
  '/api//auth/options',
  '/api/auth/options//',
  '/api/auth;/options',
  '/api/auth/..;/auth/options',
  '/api/auth/options%00',
  '/api/auth/options.',
  '/api/auth/options%20',
  '/API/auth/options',
  '/api%2Fauth%2Foptions',
  '/api/auth/options%2F',
  '/api/auth%5Coptions',
])('%p is not an address', async (path) => {
  await using app = await createTestApp();
  expect((await app.request(new URL('http://localhost').origin + path)).status).toBe(404);
});

test('another spelling of a guarded address is guarded alike', async () => {
  await using app = await createTestApp();
  for (const path of [
    '/api/admin/config',
    '/api/%61dmin/config',
    '/api/x/../admin/config',
    '/api/%2e/admin/config',
    '/api/admin/./config',
  ])
    expect([path, (await app.request(path)).status]).toEqual([path, 401]);
});

test('readiness follows the database and the stop', async () => {
  const app = await createTestApp();
  expect(await (await app.request('/readyz')).json()).toEqual({ status: 'ready' });
  app.ctx.shutdown.stop();
  const stopping = await app.request('/readyz');
  expect(stopping.status).toBe(503);
  expect(await stopping.json()).toMatchObject({ error: { code: 'server_stopping' } });
  expect((await app.request('/healthz')).status).toBe(200);
  await app[Symbol.asyncDispose]();
});

test('a server whose database is gone is alive and not ready', async () => {
  const app = await createTestApp();
  await app[Symbol.asyncDispose]();
  const response = await app.request('/readyz');
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ error: { code: 'database_unavailable' } });
  expect((await app.request('/healthz')).status).toBe(200);
});
