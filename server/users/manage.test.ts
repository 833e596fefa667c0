// An administrator's users: found, changed, given a link for a new password, taken along, deleted.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';

import type { Role } from '@hallpass/shared/roles.ts';
import type { ResetLink, UsersPage, UserView } from '@hallpass/shared/users.ts';

import { addPass } from '../testing/passes.ts';
import { signInAs } from '../testing/people.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

const USERS = '/api/admin/users';
let app: TestApp;
let admin: { token: string; userId: string };

beforeEach(async () => {
  app = await createTestApp();
  admin = await signInAs(app.ctx, 'admin');
});
afterEach(() => app[Symbol.asyncDispose]());

const list = async (query = ''): Promise<UsersPage> =>
  (await (await app.request(`${USERS}${query}`, { token: admin.token })).json()) as UsersPage;
const put = (id: string, json: unknown) => app.request(`${USERS}/${id}`, { method: 'PUT', json, token: admin.token });
const post = (path: string, json: unknown = {}) => app.request(path, { method: 'POST', json, token: admin.token });
const codeOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code;
const actions = async () =>
  (await app.ctx.db.selectFrom('audit').select('action').orderBy('seq').execute()).map(({ action }) => action);

async function register(email: string, password = 'a long password'): Promise<string> {
  await app.request('/api/auth/register', { json: { email, password } });
  const row = await app.ctx.db
    .selectFrom('users')
    .select('id')
    .where('email', '=', email.toLowerCase())
    .executeTakeFirstOrThrow();
  return row.id;
}
const login = (email: string, password: string) => app.request('/api/auth/login', { json: { email, password } });

describe('the list', () => {
  test('is the newest first, page by page, without a secret', async () => {
    for (const n of [1, 2, 3]) await register(`s${n}@school.example`);
    const first = await list('?limit=2');
    expect(first.data.map(({ email }) => email)).toEqual(['s3@school.example', 's2@school.example']);
    const second = await list(`?limit=2&cursor=${first.next_cursor}`);
    expect(second.data.map(({ email, role }) => (role === 'admin' ? role : email))).toEqual([
      's1@school.example',
      'admin',
    ]);
    expect(second.next_cursor).toBeNull();
    expect(JSON.stringify(first)).not.toContain('$2b$');
    expect(first.data[0]).toMatchObject({ role: 'user', status: 'active', has_password: true, has_oidc: false });
  });

  test('is searched by a part of a name or an address, in which % and _ are themselves', async () => {
    await register('Ming@school.example');
    await register('under_score@school.example');
    await register('underXscore@school.example');
    const found = async (search: string) =>
      (await list(`?search=${encodeURIComponent(search)}`)).data.map(({ email }) => email);
    expect(await found('MING')).toEqual(['ming@school.example']);
    expect(await found('r_s')).toEqual(['under_score@school.example']);
    expect(await found('%')).toEqual([]);
    expect(await found("' or 1=1 --")).toEqual([]);
  });

  test('is filtered by role and status', async () => {
    const id = await register('a@school.example');
    await register('b@school.example');
    await put(id, { status: 'disabled' });
    expect((await list('?status=disabled')).data.map((user) => user.id)).toEqual([id]);
    expect((await list('?role=admin')).data.map((user) => user.id)).toEqual([admin.userId]);
    for (const query of ['?role=king', '?status=dead', '?limit=0', '?limit=201', '?limit=x', '?cursor=x', '?cursor=5-'])
      expect((await app.request(USERS + query, { token: admin.token })).status).toBe(400);
  });
});

describe('a change', () => {
  test('of the role is in force at once and in the audit log', async () => {
    const { token, userId } = await signInAs(app.ctx, 'user');
    expect((await app.request(USERS, { token })).status).toBe(403);
    const changed = (await (await put(userId, { role: 'admin' })).json()) as UserView;
    expect(changed).toMatchObject({ id: userId, role: 'admin' });
    expect((await app.request(USERS, { token })).status).toBe(200);
    await put(userId, { role: 'user' });
    expect((await app.request(USERS, { token })).status).toBe(403);
    expect(await actions()).toEqual(['user.update', 'user.update']);
  });

  test('that switches an account off ends its sign-ins and its passes, and can be taken back', async () => {
    const { token, userId } = await signInAs(app.ctx, 'user');
    const { key } = await addPass(app.ctx, { userId });
    const statuses = async () => [
      (await app.request('/api/auth/me', { token })).status,
      (await app.request('/v1/models', { token: key })).status,
    ];
    expect(await statuses()).toEqual([200, 200]);
    await put(userId, { status: 'disabled' });
    expect(await statuses()).toEqual([403, 403]);
    await put(userId, { status: 'active' });
    // The pass is good again; a sign-in of before is not, whoever has it by now.
    expect(await statuses()).toEqual([401, 200]);
  });

  test('never takes the last administrator away, also not two at the same time', async () => {
    for (const change of [{ role: 'user' }, { status: 'disabled' }]) {
      const refused = await put(admin.userId, change);
      expect([refused.status, await codeOf(refused)]).toEqual([409, 'last_admin']);
    }
    expect((await app.request(`${USERS}/${admin.userId}`, { method: 'DELETE', token: admin.token })).status).toBe(409);
    const other = await signInAs(app.ctx, 'admin');
    const both = await Promise.all([
      put(admin.userId, { role: 'user' }),
      app.request(`${USERS}/${other.userId}`, { method: 'PUT', json: { role: 'user' }, token: other.token }),
    ]);
    expect(both.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    const { count } = await app.ctx.db
      .selectFrom('users')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('role', '=', 'admin')
      .executeTakeFirstOrThrow();
    expect(Number(count)).toBeGreaterThanOrEqual(1);
  });

  test('that is wrong is refused by name', async () => {
    const id = await register('a@school.example');
    for (const body of [{}, { role: 'king' }, { status: 'gone' }, { email: 'x@y.example' }, { role: null }])
      expect([body, (await put(id, body)).status]).toEqual([body, 400]);
    expect((await put('usr_nobody', { role: 'user' })).status).toBe(404);
  });
});

describe('a link for a new password', () => {
  const reset = (token: string, password = 'another password') =>
    app.request('/api/auth/reset', { json: { token, password } });
  async function linkFor(id: string): Promise<string> {
    const link = (await (await post(`${USERS}/${id}/reset-link`)).json()) as ResetLink;
    expect(link.path).toMatch(/^\/reset#[\w-]{20,}$/);
    return link.path.split('#')[1]!;
  }

  test('works once, ends every earlier sign-in, and the old password is gone', async () => {
    const id = await register('a@school.example');
    const { access_token: old } = (await (await login('a@school.example', 'a long password')).json()) as {
      access_token: string;
    };
    const token = await linkFor(id);
    expect((await reset(token)).status).toBe(200);
    expect((await app.request('/api/auth/me', { token: old })).status).toBe(401);
    expect((await login('a@school.example', 'a long password')).status).toBe(401);
    app.clock.advance(5);
    expect((await login('a@school.example', 'another password')).status).toBe(200);
    const again = await reset(token);
    expect([again.status, await codeOf(again)]).toEqual([403, 'reset_link_invalid']);
    expect(await actions()).toEqual(['user.reset_link', 'user.reset']);
  });

  test('used by two at once sets one password', async () => {
    const id = await register('a@school.example');
    const token = await linkFor(id);
    const both = await Promise.all([reset(token, 'first password'), reset(token, 'second password')]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 403]);
  });

  test('ends after three days, when a newer one is made, and with the account', async () => {
    const id = await register('a@school.example');
    const first = await linkFor(id);
    const second = await linkFor(id);
    expect((await reset(first)).status).toBe(403);
    app.clock.advance(3 * 24 * 3_600_000);
    expect((await reset(second)).status).toBe(403);
    const { token: fresh, userId } = await signInAs(app.ctx, 'admin');
    const third = (await (
      await app.request(`${USERS}/${id}/reset-link`, { method: 'POST', json: {}, token: fresh })
    ).json()) as ResetLink;
    await app.request(`${USERS}/${id}`, { method: 'DELETE', token: fresh });
    expect((await reset(third.path.split('#')[1]!)).status).toBe(403);
    expect(userId).toBeTruthy();
  });

  test('is kept as a hash only; a short password and a made-up token are refused', async () => {
    const id = await register('a@school.example');
    const token = await linkFor(id);
    const rows = await app.ctx.db.selectFrom('invites').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(token);
    expect((await reset(token, 'short')).status).toBe(400);
    expect((await reset('made-up')).status).toBe(403);
    expect((await reset(token)).status).toBe(200);
    expect((await post(`${USERS}/usr_nobody/reset-link`)).status).toBe(404);
  });

  test('is no invite link, and an invite link is none for a password', async () => {
    const id = await register('a@school.example');
    const token = await linkFor(id);
    const joined = await app.request('/api/auth/register', {
      json: { email: 'b@school.example', password: 'a long password', invite: token },
    });
    expect(joined.status).toBe(403);
    const invite = (await (await post('/api/admin/invites', { role: 'teacher' })).json()) as { path: string };
    expect((await reset(invite.path.split('invite=')[1]!)).status).toBe(403);
  });
});

test('what is kept about somebody is taken along as a file, and the audit log says by whom', async () => {
  const id = await register('a@school.example');
  const response = await app.request(`${USERS}/${id}/export`, { token: admin.token });
  expect(response.headers.get('content-disposition')).toContain('attachment');
  expect(((await response.json()) as { account: { email: string } }).account.email).toBe('a@school.example');
  expect(await actions()).toEqual(['user.export']);
  expect((await app.request(`${USERS}/usr_nobody/export`, { token: admin.token })).status).toBe(404);
});

test.each(['user', 'teacher', 'admin'] as Role[])(
  'an account of the role %s is deleted with its sign-ins',
  async (role) => {
    const { token, userId } = await signInAs(app.ctx, role);
    const path = `${USERS}/${userId}`;
    expect((await app.request(path, { method: 'DELETE', token: admin.token })).status).toBe(200);
    expect((await app.request('/api/auth/me', { token })).status).toBe(401);
    expect((await app.request(path, { method: 'DELETE', token: admin.token })).status).toBe(404);
  },
);
