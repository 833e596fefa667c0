import { expect, test } from 'bun:test';

import { createTestApp, type TestApp } from '../testing/test-app.ts';

const ACCOUNT = { email: 'pupil@example.com', password: 'correct horse' };

interface Refusal {
  status: number;
  error: { code: string; message: string; param: string | null };
}

async function refused(app: TestApp, path: string, json: unknown, init = {}): Promise<Refusal> {
  const response = await app.request(path, { json, ...init });
  return { status: response.status, ...((await response.json()) as { error: Refusal['error'] }) };
}

test('400: a password under 8 characters, in the reader’s language', async () => {
  await using app = await createTestApp();
  for (const password of ['', 'seven77', '🔑🔑🔑🔑🔑🔑🔑']) {
    const { status, error } = await refused(app, '/api/auth/register', { ...ACCOUNT, password });
    expect([status, error.code, error.param]).toEqual([400, 'password_too_short', 'password']);
    expect(error.message).toBe('密码至少要有 8 个字符。');
  }
});

test('400: an address that is none', async () => {
  await using app = await createTestApp();
  const addresses = [
    '',
    'pupil',
    'pupil@',
    '@example.com',
    'a b@example.com',
    'pupil@example.com\nbcc: x@y.z',
    `${'x'.repeat(250)}@example.com`,
    "a@b.c' or 1=1 --",
    'pupil@example.com\0',
    'püpil@example.com',
  ];
  for (const email of addresses) {
    const { status, error } = await refused(app, '/api/auth/register', { ...ACCOUNT, email });
    expect([email, status, error.code]).toEqual([email, 400, 'email_invalid']);
  }
  expect(await app.ctx.db.selectFrom('users').select('id').execute()).toEqual([]);
});

const WRONG_TYPES: unknown[] = [null, 12345678, 1e309, true, ['pupil@example.com'], { $ne: null }, { toString: 'x' }];

test('400: wrong types are named, in every field of every address', async () => {
  await using app = await createTestApp();
  const bodies: Record<string, Record<string, unknown>> = {
    '/api/auth/register': ACCOUNT,
    '/api/auth/login': ACCOUNT,
    '/api/auth/admin/login': { username: 'admin', password: 'correct horse' },
    '/api/auth/setup': { token: 'x', username: 'admin', password: 'correct horse' },
  };
  for (const [path, body] of Object.entries(bodies)) {
    for (const field of Object.keys(body)) {
      for (const value of [...WRONG_TYPES, undefined]) {
        const { status, error } = await refused(app, path, { ...body, [field]: value });
        expect([path, field, status, error.code, error.param]).toEqual([path, field, 400, 'invalid_body', field]);
      }
    }
    for (const whole of [null, [], 'text', 7])
      expect((await refused(app, path, whole)).error.code).toBe('invalid_body');
  }
});

test('400: a password above 1024 characters', async () => {
  await using app = await createTestApp();
  const long = { ...ACCOUNT, password: 'x'.repeat(1025) };
  for (const path of ['/api/auth/register', '/api/auth/login'])
    expect(await refused(app, path, long)).toMatchObject({
      status: 400,
      error: { code: 'invalid_body', param: 'password' },
    });
});

test('413: a body above the bound', async () => {
  await using app = await createTestApp();
  const at = (bytes: number) => ({
    ...ACCOUNT,
    email: 'x'.repeat(bytes - JSON.stringify({ ...ACCOUNT, email: '' }).length),
  });
  expect((await refused(app, '/api/auth/login', at(16 * 1024))).status).toBe(400);
  expect((await refused(app, '/api/auth/login', at(16 * 1024 + 1))).error.code).toBe('body_too_large');
});

test('415: forms and plain text, which a foreign page could send without asking, change nothing', async () => {
  await using app = await createTestApp();
  const body = JSON.stringify(ACCOUNT);
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain; application/json',
    'application/jsonp',
  ]) {
    const response = await app.request('/api/auth/register', {
      method: 'POST',
      body,
      headers: { 'content-type': type },
    });
    expect([type, response.status]).toEqual([type, 415]);
  }
  expect(await app.ctx.db.selectFrom('users').select('id').execute()).toEqual([]);
});
