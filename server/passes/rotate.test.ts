// A pass gets a new key: at once, or with a time in which both are good.
import { afterEach, beforeEach, expect, test } from 'bun:test';

import { ADMIN_KEY, createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { hashKey } from './keys.ts';

const HOUR_MS = 3_600_000;
let gateway: GatewayApp;

beforeEach(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m');
});
afterEach(() => gateway[Symbol.asyncDispose]());

const post = (path: string, json: unknown) => gateway.app.request(path, { json, token: ADMIN_KEY });
async function regenerate(key: string, fields: object = {}): Promise<{ key: string; spend: number }> {
  const response = await post('/key/regenerate', { key, ...fields });
  expect(response.status).toBe(200);
  return (await response.json()) as { key: string; spend: number };
}
const status = async (key: string) => (await gateway.chat(key)).status;

test('the old key ends at once; name, limits and what was spent stay with the pass', async () => {
  const old = await gateway.pass({ key_alias: 'Ming', max_budget: 0.01, rpm_limit: 5 });
  expect(await status(old)).toBe(200);
  const told = await regenerate(old);
  expect(told.key).toMatch(/^sk-hp-/);
  expect(told).toMatchObject({ key_alias: 'Ming', max_budget: 0.01, rpm_limit: 5 });
  expect(told.spend).toBeGreaterThan(0);
  expect([await status(old), await status(told.key)]).toEqual([401, 200]);
  const passes = new Set((await gateway.calls()).map(({ passId }) => passId));
  expect(passes.size).toBe(1);
});

test('within the time of grace both keys are the same pass, with one budget and one rate', async () => {
  const old = await gateway.pass({ rpm_limit: 2 });
  const fresh = await regenerate(hashKey(old), { grace_period: '2h' });
  expect([await status(old), await status(fresh.key), await status(old)]).toEqual([200, 200, 429]);
  const own = (await (await gateway.app.request('/key/info', { token: old })).json()) as { key: string };
  expect(own.key).toBe(hashKey(fresh.key));
  gateway.app.clock.advance(2 * HOUR_MS - 1);
  expect(await status(old)).toBe(200);
  gateway.app.clock.advance(1);
  expect([await status(old), await status(fresh.key)]).toEqual([401, 200]);
  // Also after a restart, when nothing is remembered.
  gateway.app.ctx.events.emit({ type: 'changes.seen', version: 0 });
  expect(await status(old)).toBe(401);
});

test('a second rotation ends the grace of the first, and a blocked pass is blocked under each of its keys', async () => {
  const first = await gateway.pass();
  const second = await regenerate(first, { grace_period: '30d' });
  const third = await regenerate(second.key, { grace_period: '1h' });
  await post('/key/block', { key: third.key });
  expect([await status(first), await status(second.key), await status(third.key)]).toEqual([403, 403, 403]);
  await post('/key/unblock', { key: third.key });
  gateway.app.clock.advance(HOUR_MS);
  expect([await status(first), await status(second.key), await status(third.key)]).toEqual([401, 401, 200]);
  const fourth = await regenerate(third.key);
  expect([await status(third.key), await status(fourth.key)]).toEqual([401, 200]);
});

test('of two rotations at once one is told that the key is gone', async () => {
  const key = await gateway.pass();
  const answers = await Promise.all([post('/key/regenerate', { key }), post(`/key/${hashKey(key)}/regenerate`, {})]);
  expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 404]);
});

test('what cannot be is refused by name, and the old key goes on', async () => {
  const [key, other] = [await gateway.pass(), await gateway.pass()];
  const wrong: [object, number, string][] = [
    [{ grace_period: 'soon' }, 400, 'grace_period'],
    [{ grace_period: '91d' }, 400, 'grace_period'],
    [{ new_key: 'short' }, 400, 'new_key'],
    [{ new_key: other }, 409, 'key'],
  ];
  for (const [fields, code, param] of wrong) {
    const response = await post('/key/regenerate', { key, ...fields });
    expect([fields, response.status]).toEqual([fields, code]);
    expect(JSON.stringify(await response.json())).toContain(param);
  }
  expect(await status(key)).toBe(200);
  expect((await post('/key/regenerate', { key: 'sk-hp-none' })).status).toBe(404);
  const own = 'sk-own-0123456789abcdef';
  expect((await regenerate(key, { new_key: own })).key).toBe(own);
  expect(await status(own)).toBe(200);
});

test('no answer and no row but the new key’s own answer holds it', async () => {
  const { key } = await regenerate(await gateway.pass(), { grace_period: '1h' });
  const list = await (await gateway.app.request('/key/list?return_full_object=true', { token: ADMIN_KEY })).text();
  const rows = JSON.stringify([
    await gateway.app.ctx.db.selectFrom('passes').selectAll().execute(),
    await gateway.app.ctx.db.selectFrom('replacedKeys').selectAll().execute(),
    await gateway.app.ctx.db.selectFrom('audit').selectAll().execute(),
  ]);
  expect(list + rows).not.toContain(key);
});
