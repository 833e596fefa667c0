import { expect, test } from 'bun:test';

import type { ConfigReply } from '@hallpass/shared/settings.ts';

import { signInAs } from '../testing/people.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

const path = '/api/admin/config';

async function open(env: Record<string, string> = {}) {
  const app = await createTestApp(env);
  const { token, userId } = await signInAs(app.ctx, 'admin');
  const get = async (headers = {}) => (await (await app.request(path, { token, headers })).json()) as ConfigReply;
  const put = (json: unknown) => app.request(path, { method: 'PUT', json, token });
  return { app, userId, token, get, put, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

const itemOf = ({ items }: ConfigReply, key: string) => items.find((item) => item.key === key);

test('200: the values of requirement 001 and ours, with their source and a description', async () => {
  await using site = await open({ GUEST_RPM: '7' });
  const reply = await site.get({ 'accept-language': 'zh-TW' });
  expect(reply).toMatchObject({
    guest_rpm: 7,
    user_rpm: 60,
    log_retention_days: 90,
    system_budget: null,
    class_size: 500,
    registration: 'open',
    guests_allowed: true,
    default_locale: 'zh-CN',
  });
  expect(reply.items).toHaveLength(14);
  expect(itemOf(reply, 'guest_rpm')).toEqual({
    key: 'guest_rpm',
    value: 7,
    description: '未登入使用者每個 IP 位址每分鐘最多請求次數',
    source: 'environment',
    updated_at: null,
  });
});

test('200: a change is in force for the next call, shown as stored, and kept over a restart’s reading', async () => {
  await using site = await open({ GUEST_RPM: '7' });
  let told = 0;
  site.app.ctx.events.on('settings.changed', () => (told += 1));
  const answer = await site.put({
    guest_rpm: 3,
    system_budget: 12.34,
    registration: 'closed',
    guests_allowed: false,
    default_locale: 'en',
  });
  expect(answer.status).toBe(200);
  expect(site.app.ctx.settings.current()).toMatchObject({
    guestRpm: 3,
    userRpm: 60,
    systemBudgetNanos: 12_340_000_000,
    guestsAllowed: false,
  });
  const reply = await site.get();
  expect(reply).toMatchObject({ guest_rpm: 3, user_rpm: 60, system_budget: 12.34, registration: 'closed' });
  expect(itemOf(reply, 'guest_rpm')).toMatchObject({
    source: 'stored',
    updated_at: new Date(site.app.clock.now()).toISOString(),
  });
  expect(itemOf(reply, 'user_rpm')).toMatchObject({ source: 'environment' });
  expect(told).toBe(1);
  await site.app.ctx.settings.reload();
  expect(site.app.ctx.settings.current().guestRpm).toBe(3);
});

test('200: the default language is in force at once', async () => {
  await using site = await open();
  await site.put({ default_locale: 'en' });
  const refusal = (await (await site.app.request('/api/auth/me')).json()) as { error: { message: string } };
  expect(refusal.error.message).toBe('Please sign in, or send a pass with the request.');
});

test('200: every process learns of it through the version row, and the audit log of who did it', async () => {
  await using site = await open();
  const { db } = site.app.ctx;
  const version = async () => (await db.selectFrom('changes').select('version').executeTakeFirstOrThrow()).version;
  const before = await version();
  await site.put({ user_rpm: 5, reset: ['guest_rpm'] });
  expect(await version()).toBe(before + 1);
  const row = await db.selectFrom('audit').selectAll().executeTakeFirstOrThrow();
  expect(row).toMatchObject({ actorId: site.userId, action: 'settings.update', ip: '203.0.113.1' });
  expect(JSON.parse(row.detail)).toEqual({ set: { user_rpm: 5 }, reset: ['guest_rpm'] });
});

test('200: an answer can be sent back, null takes the budget away, reset gives the environment its say', async () => {
  await using site = await open({ USER_RPM: '44' });
  await site.put({ system_budget: 5, user_rpm: 1 });
  expect((await site.put(await site.get())).status).toBe(200);
  expect(await site.get()).toMatchObject({ system_budget: 5, user_rpm: 1 });
  await site.put({ system_budget: null, reset: ['user_rpm'] });
  const reply = await site.get();
  expect(reply).toMatchObject({ system_budget: null, user_rpm: 44 });
  expect(itemOf(reply, 'user_rpm')).toMatchObject({ source: 'environment', updated_at: null });
});

test('400: what is wrong is named, and nothing of the body is stored', async () => {
  await using site = await open();
  const wrong: [string, unknown][] = [
    ...['guest_rpm', 'user_rpm', 'log_retention_days'].flatMap((key): [string, unknown][] =>
      ['10', '1 ', 1.5, -1, 1e309, 2 ** 53 + 1, true, null, [10], {}, ''].map((value) => [key, value]),
    ),
    ['log_retention_days', 0],
    ['log_retention_days', 3_651],
    ['guest_rpm', 1_000_001],
    ['system_budget', -0.01],
    ['system_budget', '5'],
    ['system_budget', 1e12],
    ['registration', 'maybe'],
    ['guests_allowed', 'yes'],
    ['guests_allowed', 1],
    ['default_locale', 'fr'],
  ];
  for (const [key, value] of wrong) {
    const answer = await site.put({ log_retention_days: 11, [key]: value });
    const { error } = (await answer.json()) as { error: { code: string; param: string } };
    expect([key, value, answer.status, error.code, error.param]).toEqual([key, value, 400, 'invalid_body', key]);
  }
  expect(await site.app.ctx.db.selectFrom('settings').select('key').execute()).toEqual([]);
});

test('400: names nobody knows, and foreign fields, are refused by name', async () => {
  await using site = await open();
  for (const body of [
    '{"guest_rmp":5}',
    '{"id":1}',
    '{"updated_by":"me"}',
    '{"internal.audit_head":"0:0"}',
    '{"__proto__":{"guest_rpm":1}}',
  ]) {
    const headers = { 'content-type': 'application/json' };
    const answer = await site.app.request(path, { method: 'PUT', token: site.token, body, headers });
    expect([body, answer.status]).toEqual([body, 400]);
    expect(JSON.stringify(await answer.json())).toContain(Object.keys(JSON.parse(body))[0]!);
  }
  expect(await (await site.put({ user_rpm: 5, reset: ['user_rpm'] })).json()).toMatchObject({
    error: { code: 'invalid_parameter', param: 'user_rpm' },
  });
  expect((await site.put({ reset: ['internal.audit_head'] })).status).toBe(400);
});

test('401 and 403: nobody but an administrator reads or changes settings', async () => {
  await using app: TestApp = await createTestApp();
  const tokens = {
    none: undefined,
    key: 'sk-test-admin-key-0123456789',
    user: (await signInAs(app.ctx, 'user')).token,
    teacher: (await signInAs(app.ctx, 'teacher')).token,
  };
  const statuses: Record<string, number[]> = {};
  for (const [who, token] of Object.entries(tokens)) {
    const init = token ? { token } : {};
    statuses[who] = [
      (await app.request(path, init)).status,
      (await app.request(path, { ...init, method: 'PUT', json: { user_rpm: 1 } })).status,
    ];
  }
  expect(statuses).toEqual({ none: [401, 401], key: [401, 401], user: [403, 403], teacher: [403, 403] });
  expect(app.ctx.settings.current().userRpm).toBe(60);
});

test('200: amounts are shown in the administrator’s currency, at a rate with its date', async () => {
  await using site = await open();
  const shown = async () => (await site.app.request('/api/currency')).json();
  const dollars = { currency: 'USD', rate: 1, rated_at: null };
  expect(await shown()).toEqual(dollars);
  await site.put({ display_currency: 'TWD' });
  expect(await shown()).toEqual(dollars);
  site.app.clock.advance(60_000);
  await site.put({ display_rate: 31.25 });
  const ratedAt = new Date(site.app.clock.now()).toISOString();
  site.app.clock.advance(60_000);
  await site.put({ user_rpm: 7 });
  expect(await shown()).toEqual({ currency: 'TWD', rate: 31.25, rated_at: ratedAt });
  await site.put({ display_currency: 'USD' });
  expect(await shown()).toEqual(dollars);
});

test('400: rates at their bounds are taken, past them refused', async () => {
  await using site = await open();
  const status = async (json: unknown) => (await site.put(json)).status;
  for (const fine of [{ display_rate: 0.01 }, { display_rate: 100_000 }, { cny_rate: 1 }, { cny_rate: 100 }])
    expect([fine, await status(fine)]).toEqual([fine, 200]);
  for (const wrong of [
    { display_rate: 0.009999 },
    { display_rate: 100_000.1 },
    { display_rate: 7.1234567 },
    { display_rate: '7' },
    { cny_rate: 0.999999 },
    { cny_rate: 100.000001 },
    { cny_rate: null },
    { display_currency: 'XXX' },
  ])
    expect([wrong, await status(wrong)]).toEqual([wrong, 400]);
});
