// Quotas of users and plans: set by an administrator, enforced by the accounts and limits of every call.
import { afterEach, beforeEach, expect, test } from 'bun:test';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { addPass } from '../testing/passes.ts';
import { signInAs } from '../testing/people.ts';

let gateway: GatewayApp;
let userId: string;
let token: string;
beforeEach(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m');
  ({ userId, token } = await signInAs(gateway.app.ctx, 'user'));
});
afterEach(() => gateway[Symbol.asyncDispose]());

type Body = Record<string, unknown>;

async function send(method: string, path: string, json?: unknown): Promise<{ status: number; body: Body }> {
  const init = { method, token: gateway.admin, ...(json === undefined ? {} : { json }) };
  const response = await gateway.app.request(`/api/admin${path}`, init);
  return { status: response.status, body: (await response.json()) as Body };
}

const chat = async (by = token) => {
  const json = { model: 'm', messages: [{ role: 'user', content: 'hi' }], max_tokens: 20 };
  const response = await gateway.app.request('/api/v1/llm/chat', { json, token: by });
  return { status: response.status, body: (await response.json()) as Body };
};

test('a user’s budget stops the next call, also through a pass of theirs; usage tells used, limit and reset', async () => {
  const quota = { budget: 0.001, budget_period: '1d', tpm_limit: null, max_parallel: 3 };
  const set = await send('PUT', `/users/${userId}/quota`, quota);
  expect([set.status, set.body]).toEqual([200, expect.objectContaining(quota) as unknown as Body]);
  expect((await send('GET', `/users/${userId}/quota`)).body).toEqual(set.body);
  const { key } = await addPass(gateway.app.ctx, { userId });
  expect((await chat()).status).toBe(200);
  expect((await chat(key)).status).toBe(200);
  const usage = await gateway.app.request('/api/v1/llm/usage', { token });
  const { budgets } = (await usage.json()) as { budgets: Body[] };
  expect(budgets).toMatchObject([
    { scope: 'user', limit: 0.001, used: 0.00014, resets_at: '2026-11-21T16:00:00.000Z' },
  ]);
  await send('PUT', `/users/${userId}/quota`, { budget: 0.0003 });
  for (const by of [token, key]) {
    const { status, body } = await chat(by);
    expect([status, (body.error as Body).code, (body.error as Body).scope]).toEqual([
      429,
      'insufficient_quota',
      'user',
    ]);
  }
  gateway.app.clock.advance(86_400_000);
  expect((await chat(key)).status).toBe(200);
});

test('requests and tokens a minute of one user hold beside the plan’s', async () => {
  await send('PUT', `/users/${userId}/quota`, { rpm_limit: 2 });
  expect([(await chat()).status, (await chat()).status, (await chat()).status]).toEqual([200, 200, 429]);
  const other = await signInAs(gateway.app.ctx, 'user');
  expect((await chat(other.token)).status).toBe(200);
  await send('PUT', `/users/${userId}/quota`, { rpm_limit: null, tpm_limit: 1 });
  gateway.app.clock.advance(60_000);
  expect(((await chat()).body.error as Body).code).toBe('token_limit_exceeded');
});

test('a plan’s budget is each person’s own', async () => {
  await send('PUT', '/plans/plan_user/quota', { budget: 0.0004, budget_period: '1mo' });
  while ((await chat()).status === 200);
  const other = await signInAs(gateway.app.ctx, 'user');
  expect((await chat(other.token)).status).toBe(200);
  const { body } = await send('GET', '/plan-quotas');
  expect((body.data as Body[]).map(({ name, rpm_limit }) => [name, rpm_limit])).toEqual([
    ['guest', 10],
    ['user', 60],
  ]);
});

test('what cannot be is refused by name', async () => {
  const wrong: [string, Body, string | undefined][] = [
    [`/users/${userId}/quota`, { budget: -1 }, 'budget'],
    [`/users/${userId}/quota`, { budget_period: 'soon' }, 'budget_period'],
    [`/users/${userId}/quota`, { rpm_limit: 1.5 }, 'rpm_limit'],
    [`/users/${userId}/quota`, { role: 'admin' }, undefined],
    ['/plans/plan_user/quota', { rpm_limit: 5 }, 'rpm_limit'],
    ['/plans/plan_guest/quota', { content_policy: 'full' }, 'content_policy'],
  ];
  for (const [path, body, param] of wrong) {
    const refused = await send('PUT', path, body);
    expect([path, refused.status]).toEqual([path, 400]);
    if (param) expect((refused.body.error as Body).param).toBe(param);
  }
  expect((await send('PUT', '/users/nobody/quota', {})).status).toBe(404);
  expect((await send('GET', '/plans/nothing/quota')).status).toBe(404);
});
