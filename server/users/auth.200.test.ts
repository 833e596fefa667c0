import { expect, test } from 'bun:test';

import { addUser, signInAs } from '../testing/people.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

const ACCOUNT = { email: 'pupil@example.com', password: 'correct horse' };

const register = (app: TestApp, json: unknown = ACCOUNT, headers = {}) =>
  app.request('/api/auth/register', { json, headers });
const login = (app: TestApp, json: unknown = ACCOUNT) => app.request('/api/auth/login', { json });
const me = async (app: TestApp, token: string) => (await app.request('/api/auth/me', { token })).json();

async function tokenOf(response: Response): Promise<string> {
  expect(response.status).toBe(200);
  const reply = (await response.json()) as { access_token: string; token_type: string };
  expect(reply).toEqual({ access_token: expect.any(String), token_type: 'bearer' });
  return reply.access_token;
}

test('requirement 001: register, sign in, and be who one is', async () => {
  await using app = await createTestApp();
  const registered = await register(app);
  expect(registered.status).toBe(200);
  expect(await registered.json()).toEqual({ message: '注册成功' });
  const token = await tokenOf(await login(app));
  expect(await me(app, token)).toEqual({
    id: expect.stringMatching(/^user_[0-9a-f-]{36}$/),
    role: 'user',
    name: ACCOUNT.email,
    email: ACCOUNT.email,
    locale: null,
  });
});

test.each([
  ['zh-TW', '註冊成功'],
  ['en-GB,en;q=0.9', 'You are registered'],
  ['*', '注册成功'],
  ['fr', '注册成功'],
])('registering is confirmed in the language of %p', async (header, message) => {
  await using app = await createTestApp();
  expect(await (await register(app, ACCOUNT, { 'accept-language': header })).json()).toEqual({ message });
});

test('the stored password is bcrypt of cost 10 or more, and nothing else of it is kept', async () => {
  await using app = await createTestApp();
  await register(app);
  const row = await app.ctx.db.selectFrom('users').selectAll().executeTakeFirstOrThrow();
  expect(Number(/^\$2[aby]\$(\d\d)\$.{53}$/.exec(row.passwordHash!)?.[1])).toBeGreaterThanOrEqual(10);
  expect(JSON.stringify(row)).not.toContain(ACCOUNT.password);
});

test('an e-mail address is one account in any case and spacing', async () => {
  await using app = await createTestApp();
  await register(app, { ...ACCOUNT, email: '  Pupil@Example.COM ' });
  await tokenOf(await login(app));
  await tokenOf(await login(app, { ...ACCOUNT, email: 'PUPIL@example.com' }));
});

test('the whole password counts: 1024 characters, behind a NUL, behind 72 bytes', async () => {
  await using app = await createTestApp();
  const passwords = ['x'.repeat(1024), 'abcd\0efgh', `${'密'.repeat(24)}a`, '🔑🔑🔑🔑🔑🔑🔑🔑', '  blanks  '];
  for (const [i, password] of passwords.entries()) {
    const email = `p${i}@example.com`;
    await register(app, { email, password });
    await tokenOf(await login(app, { email, password }));
    const other = { email, password: `${password.slice(0, -1)}b` };
    expect((await login(app, other)).status).toBe(401);
    expect((await login(app, { email, password: password.trim().slice(0, 4) })).status).toBe(401);
  }
});

test('fields that are not asked for change nothing', async () => {
  await using app = await createTestApp();
  const extra =
    '"role":"admin","id":"user_me","isAdmin":true,"createdAt":1,"created_at":1,"status":"x","tokensValidAfter":9,"password_hash":"x","__proto__":{"role":"admin"},"constructor":{"prototype":{"role":"admin"}}';
  const body = `{"email":"${ACCOUNT.email}","password":"${ACCOUNT.password}",${extra}}`;
  const headers = { 'content-type': 'application/json' };
  expect((await app.request('/api/auth/register', { method: 'POST', body, headers })).status).toBe(200);
  const user = await app.ctx.db.selectFrom('users').selectAll().executeTakeFirstOrThrow();
  expect(user).toMatchObject({ role: 'user', status: 'active', tokensValidAfter: 0, createdAt: app.clock.now() });
  expect(user.id).not.toBe('user_me');
  expect(({} as { role?: string }).role).toBeUndefined();
});

test('an administrator signs in by user name or e-mail, in any case', async () => {
  await using app = await createTestApp();
  const passwordHash = await app.ctx.passwords.hash('the admin’s password');
  await addUser(app.ctx, { username: 'admin', email: 'head@example.com', role: 'admin', passwordHash });
  for (const username of ['admin', ' Admin', 'HEAD@example.com']) {
    const response = await app.request('/api/auth/admin/login', {
      json: { username, password: 'the admin’s password' },
    });
    expect(await me(app, await tokenOf(response))).toMatchObject({ role: 'admin', name: 'admin' });
  }
});

test('signing in is remembered on the row', async () => {
  await using app = await createTestApp();
  await register(app);
  app.clock.advance(1_000);
  await tokenOf(await login(app));
  const { lastLoginAt } = await app.ctx.db.selectFrom('users').select('lastLoginAt').executeTakeFirstOrThrow();
  expect(lastLoginAt).toBe(app.clock.now());
});

test('after a sign-out the token is dead and others live', async () => {
  await using app = await createTestApp();
  const { userId, token } = await signInAs(app.ctx, 'user');
  const other = await app.ctx.logins.issue(userId);
  const out = await app.request('/api/auth/logout', { method: 'POST', token, headers: { 'accept-language': 'en' } });
  expect(await out.json()).toEqual({ message: 'You are signed out' });
  expect((await app.request('/api/auth/me', { token })).status).toBe(401);
  expect((await app.request('/api/auth/me', { token: other })).status).toBe(200);
});

test('a changed password ends every other sign-in', async () => {
  await using app = await createTestApp();
  await register(app);
  const old = await tokenOf(await login(app));
  app.clock.advance(1);
  const json = { current_password: ACCOUNT.password, new_password: 'battery staple' };
  const fresh = await tokenOf(await app.request('/api/auth/password', { json, token: old }));
  expect((await app.request('/api/auth/me', { token: old })).status).toBe(401);
  expect((await app.request('/api/auth/me', { token: fresh })).status).toBe(200);
  expect((await login(app)).status).toBe(401);
  await tokenOf(await login(app, { ...ACCOUNT, password: 'battery staple' }));
});

test('the sign-in pages learn what is offered', async () => {
  await using app = await createTestApp({ DEFAULT_LOCALE: 'zh-TW', PUBLIC_URL: 'https://ai.school.example/' });
  const options = await app.request('/api/auth/options');
  expect(await options.json()).toEqual({
    registration: 'open',
    guests_allowed: true,
    default_locale: 'zh-TW',
    oidc: null,
    public_url: 'https://ai.school.example',
  });
});

test('private answers are not stored by browsers', async () => {
  await using app = await createTestApp();
  const { token } = await signInAs(app.ctx, 'user');
  expect((await app.request('/api/auth/me', { token })).headers.get('cache-control')).toBe('no-store');
});
