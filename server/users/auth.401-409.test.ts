import { expect, test } from 'bun:test';

import { addUser, hashBeforehand, signInAs } from '../testing/people.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { upsertSetting } from '../settings/store.ts';

const ACCOUNT = { email: 'pupil@example.com', password: 'correct horse' };

interface Refusal {
  status: number;
  error: { code: string; message: string; param: string | null };
}

async function refused(app: TestApp, path: string, json: unknown, init = {}): Promise<Refusal> {
  const response = await app.request(path, { json, ...init });
  return { status: response.status, ...((await response.json()) as { error: Refusal['error'] }) };
}

test('401: unknown account, wrong password and a foreign role get the same answer', async () => {
  await using app = await createTestApp();
  const passwordHash = await app.ctx.passwords.hash(ACCOUNT.password);
  await addUser(app.ctx, { email: ACCOUNT.email, username: 'pupil', passwordHash });
  await addUser(app.ctx, { email: 'oidc@example.com', passwordHash: null });
  await addUser(app.ctx, { email: 'gone@example.com', passwordHash, status: 'disabled' });
  const answers = [
    await refused(app, '/api/auth/login', { ...ACCOUNT, email: 'nobody@example.com' }),
    await refused(app, '/api/auth/login', { ...ACCOUNT, password: 'wrong horse' }),
    await refused(app, '/api/auth/login', { ...ACCOUNT, email: 'oidc@example.com' }),
    await refused(app, '/api/auth/login', { email: 'gone@example.com', password: 'wrong horse' }),
    await refused(app, '/api/auth/admin/login', { username: 'pupil', password: ACCOUNT.password }),
    await refused(app, '/api/auth/admin/login', { username: 'admin', password: ACCOUNT.password }),
  ];
  for (const answer of answers) expect(answer).toEqual(answers[0]!);
  expect(answers[0]).toMatchObject({ status: 401, error: { code: 'login_failed', message: '账号或密码不正确。' } });
});

test('401: names that cannot be anybody’s are a wrong account, on either engine', async () => {
  await using app = await createTestApp();
  const names = [
    'a\0',
    '\0',
    'a\nb',
    '\u001b[31m',
    '\ud800',
    '%',
    "' or ''='",
    '\u202eadmin',
    'x'.repeat(300),
    '__proto__',
    '{"$ne":null}',
  ];
  for (const name of names) {
    for (const [path, field] of [
      ['/api/auth/login', 'email'],
      ['/api/auth/admin/login', 'username'],
    ] as const) {
      const { status, error } = await refused(app, path, { [field]: name, password: 'wrong horse' });
      expect([name, status, error.code]).toEqual([name, 401, 'login_failed']);
    }
  }
}, 20_000);

test('401: without a login, and with one that ended', async () => {
  await using app = await createTestApp();
  const { token } = await signInAs(app.ctx, 'user');
  const code = async (init: object) => (await refused(app, '/api/auth/me', undefined, init)).error.code;
  expect(await code({})).toBe('credential_missing');
  app.clock.advance(24 * 60 * 60 * 1000);
  expect(await code({ token })).toBe('login_expired');
});

test('401: the admin key is not a login', async () => {
  await using app = await createTestApp();
  expect((await app.request('/api/auth/me', { token: 'sk-test-admin-key-0123456789' })).status).toBe(401);
});

test('403: only whoever knows the password learns that the account is disabled', async () => {
  await using app = await createTestApp();
  const passwordHash = await app.ctx.passwords.hash(ACCOUNT.password);
  await addUser(app.ctx, { email: ACCOUNT.email, passwordHash, status: 'disabled' });
  expect(await refused(app, '/api/auth/login', ACCOUNT)).toMatchObject({
    status: 403,
    error: { code: 'account_disabled' },
  });
});

test('403: registration is closed by a setting', async () => {
  await using app = await createTestApp();
  await upsertSetting(app.ctx.db, { key: 'registration', value: '"closed"', updatedAt: 1, updatedBy: null });
  await app.ctx.settings.reload();
  expect(await refused(app, '/api/auth/register', ACCOUNT)).toMatchObject({
    status: 403,
    error: { code: 'registration_closed' },
  });
  expect(await (await app.request('/api/auth/options')).json()).toMatchObject({ registration: 'closed' });
});

test('409: an address registers once, also when fifty try at once in different spellings', async () => {
  await using app = await createTestApp();
  await hashBeforehand(app.ctx, ACCOUNT.password);
  const spellings = Array.from({ length: 50 }, (_, i) => (i % 2 ? ACCOUNT.email : ` ${ACCOUNT.email.toUpperCase()}`));
  const answers = await Promise.all(
    spellings.map((email) => app.request('/api/auth/register', { json: { ...ACCOUNT, email } })),
  );
  const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
  expect(statuses[0]).toBe(200);
  expect(statuses.slice(1).every((status) => status === 409)).toBe(true);
  expect(await app.ctx.db.selectFrom('users').select('id').execute()).toHaveLength(1);
  expect((await refused(app, '/api/auth/register', ACCOUNT, { ip: '198.51.100.1' })).error).toMatchObject({
    code: 'email_taken',
    param: 'email',
  });
});
