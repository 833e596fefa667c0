import { expect, test } from 'bun:test';

import { upsertSetting } from '../settings/store.ts';
import { hashBeforehand, signInAs } from '../testing/people.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

const ACCOUNT = { email: 'new@example.com', password: 'correct horse' };
const codeOf = async (response: Response) =>
  ((await response.json()) as { error?: { code: string } }).error?.code ?? 'ok';

async function setRegistration(app: TestApp, value: string): Promise<void> {
  await upsertSetting(app.ctx.db, { key: 'registration', value: JSON.stringify(value), updatedAt: 1, updatedBy: null });
  await app.ctx.settings.reload();
}

async function invite(app: TestApp, json: object): Promise<{ id: string; invite: string }> {
  const { token } = await signInAs(app.ctx, 'admin');
  const response = await app.request('/api/admin/invites', { json, token });
  const { id, path } = (await response.json()) as { id: string; path: string };
  expect(path).toMatch(/^\/register#invite=[\w-]{32}$/);
  return { id, invite: path.split('=')[1]! };
}

const register = (app: TestApp, extra: object, email = ACCOUNT.email) =>
  app.request('/api/auth/register', { json: { ...ACCOUNT, email, ...extra } });
const roleOf = async (app: TestApp, email: string) =>
  (await app.ctx.db.selectFrom('users').select('role').where('email', '=', email).executeTakeFirst())?.role;

test('who may register: open, by invite, closed, each with every kind of link', async () => {
  await using app = await createTestApp();
  await hashBeforehand(app.ctx, ACCOUNT.password);
  const outcomes: Record<string, string[]> = {};
  for (const registration of ['open', 'invite', 'closed']) {
    await setRegistration(app, registration);
    outcomes[registration] = [];
    for (const role of [undefined, 'user', 'teacher', 'admin']) {
      const link = role === undefined ? {} : { invite: (await invite(app, { role })).invite };
      const email = `${registration}-${role}@example.com`;
      const code = await codeOf(await register(app, link, email));
      outcomes[registration].push(code === 'ok' ? (await roleOf(app, email))! : code);
    }
  }
  expect(outcomes).toEqual({
    open: ['user', 'user', 'teacher', 'admin'],
    invite: ['invite_required', 'user', 'teacher', 'admin'],
    closed: ['registration_closed', 'registration_closed', 'teacher', 'admin'],
  });
});

test('S13: an invite is good once, until its day, until it is withdrawn, and only whole', async () => {
  await using app = await createTestApp();
  await hashBeforehand(app.ctx, ACCOUNT.password);
  const { id, invite: token } = await invite(app, { role: 'teacher', days: 2 });
  for (const wrong of [token.slice(0, -1), `${token}x`, token.toUpperCase(), ' ', '%', id])
    expect([wrong, await codeOf(await register(app, { invite: wrong }))]).toEqual([wrong, 'invite_invalid']);
  for (const wrong of [null, '', [token], { token }])
    expect(await codeOf(await register(app, { invite: wrong }))).toBe('invalid_body');
  expect(await codeOf(await register(app, { invite: token }))).toBe('ok');
  expect(await codeOf(await register(app, { invite: token }, 'second@example.com'))).toBe('invite_invalid');
  const late = await invite(app, { role: 'teacher', days: 2 });
  app.clock.advance(2 * 86_400_000);
  expect(await codeOf(await register(app, { invite: late.invite }, 'late@example.com'))).toBe('invite_invalid');
  const gone = await invite(app, { role: 'teacher' });
  const { token: admin } = await signInAs(app.ctx, 'admin');
  const withdraw = () => app.request(`/api/admin/invites/${gone.id}`, { method: 'DELETE', token: admin });
  expect([(await withdraw()).status, (await withdraw()).status]).toEqual([200, 404]);
  expect(await codeOf(await register(app, { invite: gone.invite }, 'gone@example.com'))).toBe('invite_invalid');
});

test('S17: fifty who use one link at once are one teacher', async () => {
  await using app = await createTestApp();
  await hashBeforehand(app.ctx, ACCOUNT.password);
  const { invite: token } = await invite(app, { role: 'teacher' });
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, i) => register(app, { invite: token }, `t${i}@example.com`)),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  const teachers = await app.ctx.db.selectFrom('users').select('id').where('role', '=', 'teacher').execute();
  expect(teachers).toHaveLength(1);
}, 30_000);

test('a taken e-mail does not use the link up', async () => {
  await using app = await createTestApp();
  await hashBeforehand(app.ctx, ACCOUNT.password);
  await register(app, {});
  const { invite: token } = await invite(app, { role: 'teacher' });
  expect(await codeOf(await register(app, { invite: token }))).toBe('email_taken');
  expect(await codeOf(await app.request('/api/auth/invite', { json: { invite: token } }))).toBe('ok');
});

test('the list shows no secret, and the table holds only hashes', async () => {
  await using app = await createTestApp();
  const { invite: token } = await invite(app, { role: 'teacher' });
  const { token: admin } = await signInAs(app.ctx, 'admin');
  const text = await (await app.request('/api/admin/invites', { token: admin })).text();
  expect(JSON.parse(text)).toEqual({
    data: [
      {
        id: expect.any(String),
        role: 'teacher',
        created_at: expect.any(String),
        expires_at: expect.any(String),
        used_at: null,
      },
    ],
  });
  expect(text + JSON.stringify(await app.ctx.db.selectFrom('invites').selectAll().execute())).not.toContain(token);
});

test('a role that nobody may be invited to, and days out of range, are refused', async () => {
  await using app = await createTestApp();
  const { token } = await signInAs(app.ctx, 'admin');
  for (const json of [
    { role: 'student' },
    { role: 'owner' },
    { role: 'teacher', days: 0 },
    { role: 'teacher', days: 91 },
  ])
    expect((await app.request('/api/admin/invites', { json, token })).status).toBe(400);
});
