import { expect, test } from 'bun:test';

import { createApp } from '../app.ts';
import { readConfig } from '../config.ts';
import { createContext } from '../context.ts';
import { addUser, hashBeforehand } from '../testing/people.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { prepareFirstAdmin } from './first-admin.ts';

const PASSWORD = 'a good password';

const admins = (app: TestApp) => app.ctx.db.selectFrom('users').selectAll().where('role', '=', 'admin').execute();
const adminLogin = (app: TestApp, username: string, password = PASSWORD) =>
  app.request('/api/auth/admin/login', { json: { username, password } });

async function linkOf(app: TestApp): Promise<string> {
  const { setupPath } = (await prepareFirstAdmin(app.ctx))!;
  expect(setupPath).toMatch(/^\/setup#[\w-]{32}$/);
  return setupPath.split('#')[1]!;
}

const setUp = (app: TestApp, token: unknown, username = 'Head') =>
  app.request('/api/auth/setup', { json: { token, username, password: PASSWORD } });
const codeOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code;

test('ADMIN_USERNAME and ADMIN_PASSWORD make the first administrator; changed later they change nothing', async () => {
  await using app = await createTestApp({ ADMIN_USERNAME: 'Boss', ADMIN_PASSWORD: PASSWORD });
  expect(await prepareFirstAdmin(app.ctx)).toBeUndefined();
  expect((await adminLogin(app, 'boss')).status).toBe(200);
  const [before] = await admins(app);
  const config = { ...app.ctx.config, ADMIN_PASSWORD: 'another password', ADMIN_USERNAME: 'other' };
  expect(await prepareFirstAdmin({ ...app.ctx, config })).toBeUndefined();
  expect(await admins(app)).toEqual([before!]);
  expect((await adminLogin(app, 'boss', 'another password')).status).toBe(401);
  expect((await adminLogin(app, 'other', 'another password')).status).toBe(401);
});

test('fifty first starts at once make one administrator', async () => {
  await using app = await createTestApp();
  await hashBeforehand(app.ctx, PASSWORD);
  const starts = Array.from({ length: 50 }, (_, i) =>
    prepareFirstAdmin({
      ...app.ctx,
      config: { ...app.ctx.config, ADMIN_USERNAME: `boss${i}`, ADMIN_PASSWORD: PASSWORD },
    }),
  );
  expect(await Promise.all(starts)).toEqual(Array(50).fill(undefined));
  expect(await admins(app)).toHaveLength(1);
}, 30_000);

test('fifty set-ups with one link make one administrator, and one answer says so', async () => {
  await using app = await createTestApp();
  await hashBeforehand(app.ctx, PASSWORD);
  const token = await linkOf(app);
  const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => setUp(app, token, `boss${i}`)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(49);
  expect(await admins(app)).toHaveLength(1);
}, 30_000);

test('fifty links, as of fifty replicas starting together, make one administrator', async () => {
  await using app = await createTestApp();
  await hashBeforehand(app.ctx, PASSWORD);
  const tokens = await Promise.all(Array.from({ length: 50 }, () => linkOf(app)));
  const answers = await Promise.all(tokens.map((token, i) => setUp(app, token, `boss${i}`)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(await admins(app)).toHaveLength(1);
}, 30_000);

test('the link signs in, works once, and the name is found in any case', async () => {
  await using app = await createTestApp();
  const token = await linkOf(app);
  const answer = await setUp(app, token);
  expect(answer.status).toBe(200);
  const { access_token } = (await answer.json()) as { access_token: string };
  expect(await (await app.request('/api/auth/me', { token: access_token })).json()).toMatchObject({
    role: 'admin',
    name: 'head',
  });
  expect((await adminLogin(app, ' HEAD')).status).toBe(200);
  expect(await codeOf(await setUp(app, token))).toBe('setup_done');
  expect(await prepareFirstAdmin(app.ctx)).toBeUndefined();
  const [row] = await app.ctx.db.selectFrom('audit').selectAll().execute();
  expect(row).toMatchObject({ action: 'user.first_admin', actorName: 'head', ip: '203.0.113.1' });
});

test('a wrong, empty, cut or foreign link is refused, and no link at all exists where a password was configured', async () => {
  await using app = await createTestApp();
  const token = await linkOf(app);
  await app.ctx.db
    .insertInto('invites')
    .values({
      id: 'inv_1',
      tokenHash: new Bun.CryptoHasher('sha256').update('teacher-invite').digest('hex'),
      kind: 'teacher',
      role: 'teacher',
      userId: null,
      createdBy: null,
      createdAt: 0,
      expiresAt: 9e15,
      usedAt: null,
    })
    .execute();
  for (const wrong of [token.slice(0, -1), `${token}x`, token.toUpperCase(), 'teacher-invite', ' ', '%', "' or 1=1 --"])
    expect([wrong, await codeOf(await setUp(app, wrong))]).toEqual([wrong, 'setup_link_invalid']);
  for (const wrong of ['', null, [token], { token }])
    expect(await codeOf(await setUp(app, wrong))).toBe('invalid_body');
  expect(await admins(app)).toEqual([]);
  expect(await app.ctx.db.selectFrom('invites').select('tokenHash').execute()).not.toContainEqual({ tokenHash: token });
});

test('a later start prints a new link and the old one is dead; links older than a month are dead', async () => {
  await using app = await createTestApp();
  const first = await linkOf(app);
  app.clock.advance(11 * 60_000);
  const second = await linkOf(app);
  expect(await codeOf(await setUp(app, first))).toBe('setup_link_invalid');
  app.clock.advance(31 * 24 * 60 * 60_000);
  expect(await codeOf(await setUp(app, second))).toBe('setup_link_invalid');
  expect((await setUp(app, await linkOf(app))).status).toBe(200);
});

test('a name that somebody has is refused and the link stays good', async () => {
  await using app = await createTestApp();
  await addUser(app.ctx, { username: 'head' });
  const token = await linkOf(app);
  expect(await codeOf(await setUp(app, token, 'ＨＥＡＤ'))).toBe('already_exists');
  expect((await setUp(app, token, 'principal')).status).toBe(200);
});

test('two processes on one database: a sign-in of one is known to the other', async () => {
  await using app = await createTestApp();
  const config = readConfig({ SECRET_KEY: app.ctx.config.SECRET_KEY, ENCRYPTION_KEY: app.ctx.config.ENCRYPTION_KEY });
  const { clock, ids, log, database } = app.ctx;
  const other = createApp(await createContext({ config, clock, ids, log, database }));
  const { access_token } = (await (await setUp(app, await linkOf(app))).json()) as { access_token: string };
  const headers = { authorization: `Bearer ${access_token}` };
  expect((await other.request('/api/auth/me', { headers }, { ip: '203.0.113.5' })).status).toBe(200);
});
