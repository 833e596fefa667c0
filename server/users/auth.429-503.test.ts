import { expect, test } from 'bun:test';

import { addUser } from '../testing/people.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { createPasswords, PASSWORDS_WAITING_MAX } from './passwords.ts';

const ACCOUNT = { email: 'pupil@example.com', password: 'correct horse' };
const login = (app: TestApp, json: object, ip?: string, headers = {}) =>
  app.request('/api/auth/login', { json, headers, ...(ip ? { ip } : {}) });

test('429: the sixth wrong try waits, with the time in words and in the header', async () => {
  await using app = await createTestApp();
  await addUser(app.ctx, { email: ACCOUNT.email, passwordHash: await app.ctx.passwords.hash(ACCOUNT.password) });
  const wrong = { ...ACCOUNT, password: 'wrong horse' };
  for (let i = 0; i < 5; i++) expect((await login(app, wrong)).status).toBe(401);
  const refused = await login(app, ACCOUNT, undefined, { 'accept-language': 'en' });
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(await refused.json()).toMatchObject({
    error: { code: 'login_throttled', message: 'Too many attempts. Please try again in 1 seconds.' },
  });
  app.clock.advance(1_000);
  expect((await login(app, ACCOUNT)).status).toBe(200);
});

test('429: neither a made-up forwarding header nor another spelling is another count', async () => {
  await using app = await createTestApp();
  const spellings = ['nobody@example.com', 'NOBODY@example.com', ' nobody@example.com', 'Nobody@Example.com '];
  const statuses = [];
  for (let i = 0; i < 8; i++) {
    const headers = {
      'x-forwarded-for': `198.51.100.${i}`,
      forwarded: `for=198.51.100.${i}`,
      'x-real-ip': `198.51.100.${i}`,
      'x-client-ip': `198.51.100.${i}`,
      'cf-connecting-ip': `198.51.100.${i}`,
      'x-forwarded-host': `${i}.example`,
    };
    statuses.push((await login(app, { email: spellings[i % 4], password: 'wrong horse' }, undefined, headers)).status);
  }
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
});

test('429: behind a trusted proxy the address it saw counts, whatever the caller wrote before it', async () => {
  await using app = await createTestApp({ TRUSTED_PROXIES: '10.0.0.0/8' });
  const via = (forwarded: string) =>
    login(app, { email: 'nobody@example.com', password: 'wrong horse' }, '10.0.0.1', { 'x-forwarded-for': forwarded });
  const madeUp = (i: number) => Array.from({ length: 60 }, (_, hop) => `198.51.${i}.${hop}`).join(', ');
  const statuses = [];
  for (let i = 0; i < 6; i++) statuses.push((await via(`${madeUp(i)}, 203.0.113.9`)).status);
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  expect((await via('203.0.113.10')).status).toBe(401);
});

test('429: registering a hundred accounts from one address is the bound', async () => {
  await using app = await createTestApp();
  for (let i = 0; i < 100; i++) app.ctx.throttle.register('203.0.113.1');
  const refused = await app.request('/api/auth/register', { json: ACCOUNT });
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await app.request('/api/auth/register', { json: ACCOUNT, ip: '203.0.113.2' })).status).toBe(200);
});

test('503: of 200 sign-ins at once those above the bound are turned away at once, and the server stays awake', async () => {
  await using app = await createTestApp();
  let done = false;
  let longestGapMs = 0;
  const watch = (async () => {
    for (let last = performance.now(); !done;) {
      await Bun.sleep(5);
      longestGapMs = Math.max(longestGapMs, performance.now() - last);
      last = performance.now();
      expect((await app.request('/api/auth/options')).status).toBe(200);
    }
  })();
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, i) =>
      login(app, { email: `pupil${i}@example.com`, password: 'wrong horse' }, `192.0.2.${i}`),
    ),
  );
  done = true;
  await watch;
  const statuses = answers.map(({ status }) => status);
  const tried = statuses.filter((status) => status === 401).length;
  expect(tried).toBeGreaterThanOrEqual(PASSWORDS_WAITING_MAX + 1);
  expect(statuses.filter((status) => status === 503)).toHaveLength(200 - tried);
  expect(answers.find(({ status }) => status === 503)!.headers.get('retry-after')).toBe('5');
  // Hashing in the event loop would stop it for the whole time, seconds.
  expect(longestGapMs).toBeLessThan(1_000);
  // Those who were turned away did not fail: they may try again.
  expect((await login(app, { email: 'pupil199@example.com', password: 'wrong horse' }, '192.0.2.199')).status).toBe(
    401,
  );
}, 30_000);

test('503: the line takes exactly its bound and empties again', async () => {
  const passwords = createPasswords();
  const hashes = Array.from({ length: PASSWORDS_WAITING_MAX + 40 }, () =>
    passwords.hash('correct horse').then(
      () => 'ok',
      () => 'busy',
    ),
  );
  const first = await Promise.all(hashes);
  const lanes = first.filter((word) => word === 'ok').length - PASSWORDS_WAITING_MAX;
  expect(lanes).toBeGreaterThanOrEqual(1);
  expect(first.slice(0, PASSWORDS_WAITING_MAX + lanes).every((word) => word === 'ok')).toBe(true);
  expect(await passwords.matches('correct horse', await passwords.hash('correct horse'))).toBe(true);
}, 30_000);
