// Classes: made, changed, paused, deleted with their passes.
import { afterEach, beforeEach, expect, test } from 'bun:test';

import type { ClassroomView } from '@hallpass/shared/classrooms.ts';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { CLASSROOMS_MAX } from './manage.ts';

const CLASSROOMS = '/api/admin/classrooms';
let gateway: GatewayApp;

beforeEach(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m');
});
afterEach(() => gateway[Symbol.asyncDispose]());

const send = (method: string, path: string, json?: unknown) =>
  gateway.app.request(path, { method, token: gateway.admin, ...(json === undefined ? {} : { json }) });
async function classroom(fields: object = {}): Promise<ClassroomView> {
  const response = await send('POST', CLASSROOMS, { name: '7b', ...fields });
  expect(response.status).toBe(201);
  return (await response.json()) as ClassroomView;
}
const list = async () => ((await (await send('GET', CLASSROOMS)).json()) as { data: ClassroomView[] }).data;
const codeOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code;

test('a class is told as it was made, with its passes and what they have spent together', async () => {
  const plan = (await (await send('POST', '/api/admin/plans', { name: 'p' })).json()) as { id: string };
  const made = await classroom({
    plan_id: plan.id,
    locale: 'zh-TW',
    models: ['m'],
    access_schedule: { timezone: 'UTC', windows: [{ days: ['mon'], start: '00:00', end: '24:00' }] },
    content_policy: 'none',
    max_output_tokens: 500,
    budget: 5,
    budget_period: '1mo',
    rpm_limit: 60,
    tpm_limit: 100_000,
    max_parallel: 20,
  });
  expect(made).toMatchObject({ plan_name: 'p', passes: 0, open_codes: 0, spent: 0, paused: false, budget: 5 });
  const [one, two] = [await gateway.pass({ team_id: made.id }), await gateway.pass({ team_id: made.id })];
  await send('PUT', `${CLASSROOMS}/${made.id}`, { access_schedule: null });
  expect([(await gateway.chat(one)).status, (await gateway.chat(two)).status]).toEqual([200, 200]);
  const [told] = await list();
  const rows = await gateway.calls();
  const cost = rows.reduce((sum, row) => sum + Number(row.costNanos), 0) / 1e9;
  expect(cost).toBeGreaterThan(0);
  expect(told).toEqual({ ...made, access_schedule: null, passes: 2, spent: cost, updated_at: told!.updated_at });
  expect(rows.map((row) => row.classroomName)).toEqual(['7b', '7b']);
});

test('its budget is shared, its limits and plan hold for every pass in it at once', async () => {
  const { id } = await classroom({ budget: 0 });
  const key = await gateway.pass({ team_id: id, max_budget: 5 });
  expect(await codeOf(await gateway.chat(key))).toBe('insufficient_quota');
  await send('PUT', `${CLASSROOMS}/${id}`, { budget: null, models: ['other'] });
  expect((await gateway.chat(key)).status).toBe(403);
  await send('PUT', `${CLASSROOMS}/${id}`, { models: null, rpm_limit: 0 });
  expect((await gateway.chat(key)).status).toBe(429);
  await send('PUT', `${CLASSROOMS}/${id}`, { rpm_limit: null });
  expect((await gateway.chat(key)).status).toBe(200);
});

test('a pass in a class ends when the class’s plan says so', async () => {
  const plan = (await (await send('POST', '/api/admin/plans', { name: 'p', pass_days: 1 })).json()) as { id: string };
  const { id } = await classroom({ plan_id: plan.id });
  const key = await gateway.pass({ team_id: id });
  expect((await gateway.chat(key)).status).toBe(200);
  gateway.app.clock.advance(86_400_001);
  expect((await gateway.chat(key)).status).toBe(401);
});

test('while it is paused no call is let in and running answers end', async () => {
  await gateway.addModel('slow', { words: Array.from({ length: 200 }, () => 'w '), wordDelayMs: 50 });
  const { id } = await classroom({ locale: 'en' });
  const key = await gateway.pass({ team_id: id });
  const running = await gateway.chat(key, { model: 'slow', stream: true });
  expect(running.status).toBe(200);
  const paused = (await (await send('PUT', `${CLASSROOMS}/${id}`, { paused: true })).json()) as ClassroomView;
  expect(paused.paused).toBe(true);
  expect(await running.text()).toContain('class_paused');
  const refused = await gateway.chat(key);
  expect([refused.status, await codeOf(refused)]).toEqual([403, 'class_paused']);
  await send('PUT', `${CLASSROOMS}/${id}`, { paused: false });
  expect((await gateway.chat(key)).status).toBe(200);
});

test('deleting it takes its passes with it; their calls stay in the log', async () => {
  const { id } = await classroom();
  const key = await gateway.pass({ team_id: id });
  await gateway.chat(key);
  expect((await send('DELETE', `${CLASSROOMS}/${id}`)).status).toBe(200);
  expect(await list()).toEqual([]);
  expect((await gateway.chat(key)).status).toBe(401);
  expect((await gateway.calls()).map((row) => row.classroomName)).toEqual(['7b']);
  expect((await send('DELETE', `${CLASSROOMS}/${id}`)).status).toBe(404);
});

test('what is wrong is refused by name, and nothing is made', async () => {
  const wrong: [object, string][] = [
    [{ name: ' ' }, 'name'],
    [{ name: 'x', plan_id: 'plan_gone' }, 'plan_id'],
    [{ name: 'x', budget_period: 'soon' }, 'budget_period'],
    [{ name: 'x', locale: 'fr' }, 'locale'],
  ];
  for (const [body, param] of wrong) {
    const response = await send('POST', CLASSROOMS, body);
    expect([param, response.status]).toEqual([param, 400]);
    expect(JSON.stringify(await response.json())).toContain(param);
  }
  expect(await list()).toEqual([]);
  expect((await send('PUT', `${CLASSROOMS}/class_x`, { paused: true })).status).toBe(404);
});

test('there is a bound to how many', async () => {
  const { id } = await classroom();
  const row = await gateway.app.ctx.db
    .selectFrom('classrooms')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const more = Array.from({ length: CLASSROOMS_MAX - 1 }, (_, i) => ({ ...row, id: `class_${i}` }));
  for (let i = 0; i < more.length; i += 50)
    await gateway.app.ctx.db
      .insertInto('classrooms')
      .values(more.slice(i, i + 50))
      .execute();
  expect(await codeOf(await send('POST', CLASSROOMS, { name: 'one more' }))).toBe('too_many');
});

test('every change is in the audit log', async () => {
  const { id } = await classroom();
  await send('PUT', `${CLASSROOMS}/${id}`, { paused: true });
  await send('DELETE', `${CLASSROOMS}/${id}`);
  const { data } = (await (await send('GET', `/api/admin/audit?target=${id}`)).json()) as {
    data: { action: string }[];
  };
  expect(data.map(({ action }) => action)).toEqual(['classroom.delete', 'classroom.update', 'classroom.create']);
});
