// Plans: made, changed, given to passes, and deleted when nothing is on them.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';

import type { PlanView } from '@hallpass/shared/plans.ts';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';

const PLANS = '/api/admin/plans';
const DAY_MS = 86_400_000;
let gateway: GatewayApp;

beforeEach(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m');
});
afterEach(() => gateway[Symbol.asyncDispose]());

const send = (method: string, path: string, json?: unknown) =>
  gateway.app.request(path, { method, token: gateway.admin, ...(json === undefined ? {} : { json }) });
async function plan(fields: object): Promise<PlanView> {
  const response = await send('POST', PLANS, fields);
  expect(response.status).toBe(201);
  return (await response.json()) as PlanView;
}
const list = async () => ((await (await send('GET', PLANS)).json()) as { data: PlanView[] }).data;
const codeOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code;

test('a plan is told as it was made, beside the built-in ones, with how many passes are on it', async () => {
  const made = await plan({
    name: 'Class 7b',
    description: 'mornings',
    models: ['m'],
    access_schedule: { timezone: 'Asia/Taipei', windows: [{ days: ['mon'], start: '08:00', end: '12:00' }] },
    content_policy: 'none',
    max_output_tokens: 500,
    budget: 0.5,
    budget_period: '1w',
    rpm_limit: 6,
    tpm_limit: 10_000,
    max_parallel: 2,
    pass_days: 30,
  });
  await gateway.pass({ plan_id: made.id });
  const plans = await list();
  expect(plans.map(({ name, built_in }) => [name, built_in])).toEqual([
    ['guest', true],
    ['user', true],
    ['Class 7b', false],
  ]);
  expect(plans[2]).toEqual({ ...made, passes: 1 });
  expect(made).toMatchObject({ budget: 0.5, budget_period: '1w', pass_days: 30, rpm_limit: 6, max_output_tokens: 500 });
});

describe('a pass on a plan', () => {
  test('has the plan’s models, rate and end, which a change of the plan changes at once', async () => {
    await gateway.addModel('other');
    const { id } = await plan({ name: 'p', models: ['m'], pass_days: 2 });
    const key = await gateway.pass({ plan_id: id });
    const status = async (model: string) => (await gateway.chat(key, { model })).status;
    expect([await status('m'), await status('other')]).toEqual([200, 403]);
    await send('PUT', `${PLANS}/${id}`, { models: null });
    expect(await status('other')).toBe(200);
    await send('PUT', `${PLANS}/${id}`, { rpm_limit: 0 });
    expect(await status('m')).toBe(429);
    await send('PUT', `${PLANS}/${id}`, { rpm_limit: null });
    expect(await status('m')).toBe(200);
    gateway.app.clock.advance(2 * DAY_MS + 1);
    expect(await status('m')).toBe(401);
  });

  test('has a budget of its own from the plan; what the pass sets itself goes before', async () => {
    const { id } = await plan({ name: 'p', budget: 0, pass_days: 1 });
    const [poor, rich] = [await gateway.pass({ plan_id: id }), await gateway.pass({ max_budget: 5, duration: '9d' })];
    expect((await gateway.chat(poor)).status).toBe(429);
    expect((await gateway.chat(rich)).status).toBe(200);
    const told = (await (await gateway.app.request('/key/info', { token: poor })).json()) as {
      info: { plan_id: string; expires: string };
    };
    expect(told.info.plan_id).toBe(id);
    expect(Date.parse(told.info.expires)).toBe(gateway.app.clock.now() + DAY_MS);
  });

  test('is given another one, and none', async () => {
    const { id } = await plan({ name: 'p', models: ['nothing'] });
    const key = await gateway.pass();
    const give = (plan_id: string | null) => send('POST', '/key/update', { key, plan_id });
    expect((await give(id)).status).toBe(200);
    expect((await gateway.chat(key)).status).toBe(403);
    expect((await give(null)).status).toBe(200);
    expect((await gateway.chat(key)).status).toBe(200);
    expect((await give('plan_nowhere')).status).toBe(400);
  });
});

describe('refused', () => {
  test('a name that is taken, and what is no plan', async () => {
    const { id } = await plan({ name: 'p' });
    await plan({ name: 'q' });
    const taken = await send('POST', PLANS, { name: 'p' });
    expect([taken.status, await codeOf(taken)]).toEqual([409, 'already_exists']);
    expect((await send('PUT', `${PLANS}/${id}`, { name: 'q' })).status).toBe(409);
    const wrong = [
      {},
      { name: '' },
      { name: 'x', models: [] },
      { name: 'x', budget: -1 },
      { name: 'x', budget_period: 'often' },
      { name: 'x', pass_days: 0 },
      { name: 'x', pass_days: 3_651 },
      { name: 'x', access_schedule: { timezone: 'Mars', windows: [] } },
      { name: 'x', built_in: true },
      { name: 'x', content_policy: 'all' },
    ];
    for (const body of wrong) expect([body, (await send('POST', PLANS, body)).status]).toEqual([body, 400]);
    expect((await send('PUT', `${PLANS}/${id}`, {})).status).toBe(400);
    expect((await send('PUT', `${PLANS}/plan_nowhere`, { budget: 1 })).status).toBe(404);
  });

  test('the deletion of a plan that a pass is on; without it, it goes', async () => {
    const { id } = await plan({ name: 'p' });
    const key = await gateway.pass({ plan_id: id });
    const refused = await send('DELETE', `${PLANS}/${id}`);
    expect([refused.status, await codeOf(refused)]).toEqual([409, 'plan_in_use']);
    await send('POST', '/key/delete', { keys: [key] });
    expect((await send('DELETE', `${PLANS}/${id}`)).status).toBe(200);
    expect((await send('DELETE', `${PLANS}/${id}`)).status).toBe(404);
  });

  test('what would unmake a built-in plan; its other limits can be set', async () => {
    expect((await send('DELETE', `${PLANS}/plan_guest`)).status).toBe(400);
    expect((await send('PUT', `${PLANS}/plan_guest`, { name: 'visitors' })).status).toBe(400);
    expect((await send('PUT', `${PLANS}/plan_user`, { rpm_limit: 5 })).status).toBe(400);
    expect((await send('PUT', `${PLANS}/plan_guest`, { content_policy: 'full' })).status).toBe(400);
    const set = (await (await send('PUT', `${PLANS}/plan_guest`, { max_parallel: 3 })).json()) as PlanView;
    expect(set).toMatchObject({ name: 'guest', max_parallel: 3, rpm_limit: 10 });
  });
});

test('every change is in the audit log', async () => {
  const { id } = await plan({ name: 'p' });
  await send('PUT', `${PLANS}/${id}`, { budget: 2 });
  await send('DELETE', `${PLANS}/${id}`);
  const rows = await gateway.app.ctx.db.selectFrom('audit').select('action').orderBy('seq').execute();
  expect(rows.map(({ action }) => action).filter((action) => action.startsWith('plan.'))).toEqual([
    'plan.create',
    'plan.update',
    'plan.delete',
  ]);
});
