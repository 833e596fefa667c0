// Requirement 001 §2.3: blocked addresses and networks, on the users' pages only, with the visits they made.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';

import { sweepAttempts } from '../calls/retention.ts';
import { signInAs } from '../testing/people.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { COUNTED_MAX } from './attempts.ts';

const URL = '/api/admin/blocked-ips';
let app: TestApp;
let token: string;

beforeEach(async () => {
  app = await createTestApp();
  ({ token } = await signInAs(app.ctx, 'admin'));
});
afterEach(() => app[Symbol.asyncDispose]());

type View = { id: string; ip_address: string; reason: string | null; attempts: number; last_attempt_at: string | null };

async function block(ip_address: string, fields: Record<string, unknown> = {}): Promise<View> {
  const response = await app.request(URL, { json: { ip_address, ...fields }, token });
  expect(response.status).toBe(201);
  return (await response.json()) as View;
}
const list = async (): Promise<View[]> => (await app.request(URL, { token })).json() as Promise<View[]>;
const statusFor = async (ip: string, path: string, init = {}) => (await app.request(path, { ip, ...init })).status;

const USERS_PAGES = [
  ...['/', '/index.html', '/login', '/login/oidc', '/register', '/account', '/setup', '/setup.html', '/reset'],
  ...['/api/chat/models', '/api/chat/models/', '/api/chat/limits', '/%61pi/chat/models'],
];

describe('a blocked network', () => {
  test.each([
    ['192.168.1.0/24', '192.168.1.77', '192.168.2.1'],
    ['198.51.100.9', '198.51.100.9', '198.51.100.10'],
    ['2001:db8:1::/48', '2001:db8:1::5', '2001:db8:2::5'],
    ['192.168.9.0/24', '::ffff:192.168.9.4', '::ffff:192.168.8.4'],
    ['192.168.9.0/24', '::ffff:c0a8:0904', '::ffff:c0a8:0804'],
    ['::ffff:192.168.9.0/120', '192.168.9.4', '192.168.8.4'],
    ['fe80::1%eth0', 'fe80::1%en1', 'fe80::2'],
    ['0.0.0.0/0', '198.51.100.1', '2001:db8::1'],
    ['::/0', '2001:db8::1', '198.51.100.1'],
    ['192.0.2.6/31', '192.0.2.7', '192.0.2.8'],
    ['2001:db8::6/127', '2001:db8::7', '2001:db8::8'],
  ])('%s closes the users’ pages to %s, not to %s', async (network, inside, outside) => {
    await block(network);
    for (const path of USERS_PAGES) {
      expect([path, await statusFor(inside, path)]).toEqual([path, 403]);
      expect([path, await statusFor(inside, `${path}?a=b`)]).toEqual([path, 403]);
      expect([path, await statusFor(outside, path)]).not.toEqual([path, 403]);
    }
    const login = { json: { email: 'a@example.com', password: 'long enough' } };
    for (const path of [
      '/api/auth/login',
      '/api/auth/login/',
      '/api/auth/register',
      '/api/v1/activate',
      '/api/auth/reset',
    ])
      expect([path, await statusFor(inside, path, login)]).toEqual([path, 403]);
  });

  test('opens at the very instant its time is over', async () => {
    const until = app.clock.now() + 60_000;
    await block('203.0.113.10', { expires_at: new Date(until).toISOString() });
    app.clock.advance(59_999);
    expect(await statusFor('203.0.113.10', '/api/chat/models')).toBe(403);
    app.clock.advance(1);
    expect(await statusFor('203.0.113.10', '/api/chat/models')).toBe(200);
  });

  test('is listed in one spelling, once, and whoever is in it is told', async () => {
    const own = { ip: '10.9.8.7', token };
    const send = (json: object) => app.request(URL, { ...own, json });
    expect(await (await send({ ip_address: '10.1.2.3/8' })).json()).toMatchObject({
      ip_address: '10.0.0.0/8',
      covers_you: true,
    });
    expect((await send({ ip_address: '10.0.0.0/8' })).status).toBe(409);
    expect(await list()).toMatchObject([{ ip_address: '10.0.0.0/8', covers_you: false }]);
    const past = new Date(app.clock.now()).toISOString();
    expect((await send({ ip_address: '10.0.0.1', expires_at: past })).status).toBe(400);
    // Whose time is over may be blocked again.
    await block('192.0.2.1', { expires_at: new Date(app.clock.now() + 1_000).toISOString() });
    app.clock.advance(1_000);
    await block('192.0.2.1');
  });

  test('leaves the administrator’s pages and the addresses of passes alone', async () => {
    await block('203.0.113.0/24');
    for (const path of ['/admin', '/admin/login', '/api/admin/channels', '/healthz', '/v1/models', '/api/auth/me'])
      expect([path, await statusFor('203.0.113.1', path, { token })]).not.toEqual([path, 403]);
  });

  test('refuses a page with a page and an interface with the error, in the caller’s language', async () => {
    await block('203.0.113.8');
    const headers = { 'accept-language': 'zh-TW' };
    const page = await app.request('/login', { ip: '203.0.113.8', headers });
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toContain('這個網路位址已被停用');
    const answer = await app.request('/api/chat/models', { ip: '203.0.113.8', headers });
    expect(await answer.json()).toMatchObject({
      error: { code: 'ip_blocked', message: expect.stringContaining('停用') },
    });
  });

  test('is open again when the entry is removed or its time is over', async () => {
    const entry = await block('203.0.113.9');
    const hour = new Date(app.clock.now() + 3_600_000).toISOString();
    await block('203.0.113.10', { expires_at: hour });
    expect(await statusFor('203.0.113.10', '/api/chat/models')).toBe(403);
    app.clock.advance(3_600_001);
    expect(await statusFor('203.0.113.10', '/api/chat/models')).toBe(200);
    expect((await app.request(`${URL}/${entry.id}`, { method: 'DELETE', token })).status).toBe(200);
    expect(await statusFor('203.0.113.9', '/api/chat/models')).toBe(200);
    expect((await app.request(`${URL}/${entry.id}`, { method: 'DELETE', token })).status).toBe(404);
  });
});

test('visits are counted by hour and visitor, and shown with the entry', async () => {
  const entry = await block('203.0.113.0/28', { reason: 'a flood' });
  for (let n = 0; n < 3; n += 1) await statusFor('203.0.113.2', '/api/chat/models');
  app.clock.advance(1_000);
  await statusFor('203.0.113.3', '/login');
  app.clock.advance(3_600_000);
  await statusFor('203.0.113.2', '/');
  expect(await list()).toMatchObject([{ id: entry.id, reason: 'a flood', attempts: 5 }]);
  const attempts = (await (await app.request(`${URL}/${entry.id}/attempts`, { token })).json()) as object[];
  expect(attempts).toMatchObject([
    { ip: '203.0.113.2', path: '/', attempts: 1 },
    { ip: '203.0.113.3', path: '/login', attempts: 1 },
    { ip: '203.0.113.2', path: '/api/chat/models', attempts: 3 },
  ]);
});

test('a flood from more addresses than are counted apart is counted together', async () => {
  const { id } = await block('2001:db8::/32');
  for (let n = 0; n < COUNTED_MAX + 5; n += 1)
    app.ctx.blockedAttempts.note(id, `2001:db8::${n.toString(16)}`, '/api/chat/models');
  expect(await list()).toMatchObject([{ attempts: COUNTED_MAX + 5 }]);
  const rows = await app.ctx.db.selectFrom('blockedAttempts').select(['ip', 'attempts']).execute();
  expect(rows).toHaveLength(COUNTED_MAX + 1);
  expect(rows.find(({ ip }) => ip === '*')).toMatchObject({ attempts: 5 });
});

test('an hour of a flood is a bounded number of rows, however often they are written', async () => {
  const { id } = await block('2001:db8::/32');
  const note = (n: number) => app.ctx.blockedAttempts.note(id, `2001:db8::${n.toString(16)}`, '/api/chat/models');
  for (let n = 0; n < COUNTED_MAX - 1; n += 1) note(n);
  await app.ctx.blockedAttempts.write();
  for (let round = 1; round <= 3; round += 1) {
    for (let n = 0; n < 4; n += 1) note(round * 10_000 + n);
    await app.ctx.blockedAttempts.write();
  }
  // Whoever is counted already goes on being counted apart.
  note(0);
  expect(await list()).toMatchObject([{ attempts: COUNTED_MAX - 1 + 12 + 1 }]);
  const rows = await app.ctx.db.selectFrom('blockedAttempts').select(['ip', 'attempts']).execute();
  expect(rows).toHaveLength(COUNTED_MAX + 1);
  expect(rows.find(({ ip }) => ip === '*')).toMatchObject({ attempts: 11 });
  expect(rows.find(({ ip }) => ip === '2001:db8::0')).toMatchObject({ attempts: 2 });
});

test('visits are kept as long as calls', async () => {
  await block('203.0.113.0/28');
  await statusFor('203.0.113.2', '/');
  await app.ctx.blockedAttempts.write();
  app.clock.advance(90 * 86_400_000);
  expect(await sweepAttempts(app.ctx)).toBe(0);
  await statusFor('203.0.113.3', '/');
  await app.ctx.blockedAttempts.write();
  app.clock.advance(1);
  expect(await sweepAttempts(app.ctx)).toBe(1);
  expect(await app.ctx.db.selectFrom('blockedAttempts').select('ip').execute()).toEqual([{ ip: '203.0.113.3' }]);
});

test.each(['', 'not an address', '300.1.1.1', '10.0.0.0/33', '10.0.0.0/8/8', '::1/129', '10.0.0.1 OR 1=1'])(
  '%p is refused by name and nothing is stored',
  async (ip_address) => {
    const response = await app.request(URL, { json: { ip_address }, token, headers: { 'accept-language': 'en' } });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param: 'ip_address' } });
    expect(await list()).toEqual([]);
  },
);

test('blocking and letting in again are in the audit log', async () => {
  const { id } = await block('203.0.113.9', { reason: 'why' });
  await app.request(`${URL}/${id}`, { method: 'DELETE', token });
  const { data } = (await (await app.request('/api/admin/audit?action=blocked_ip', { token })).json()) as {
    data: object[];
  };
  expect(data).toMatchObject([
    { action: 'blocked_ip.delete', target_id: id, detail: { ip_address: '203.0.113.9' } },
    { action: 'blocked_ip.create', target_id: id, detail: { ip_address: '203.0.113.9', reason: 'why' } },
  ]);
  expect(await (await app.request('/api/admin/audit/verify', { token })).json()).toEqual({
    intact: true,
    damage: null,
  });
});
