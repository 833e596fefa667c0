// Call rows whose time is over go away; what they add up to stays, on both engines.
import { afterEach, beforeEach, expect, test } from 'bun:test';

import { checkInvariants } from '../ledger/invariants.ts';
import { secondOpinion } from '../ledger/second-opinion.ts';
import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { signInAs } from '../testing/people.ts';
import { testEngine } from '../testing/test-database.ts';
import { foldCalls } from './fold.ts';
import { sweepCalls } from './retention.ts';

const DAY_MS = 86_400_000;
let gateway: GatewayApp;

beforeEach(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m');
});
afterEach(() => gateway[Symbol.asyncDispose]());

/** With a fresh sign-in, for the clock is put forward. */
async function send(method: string, path: string, json?: unknown): Promise<Response> {
  const { token } = await signInAs(gateway.app.ctx, 'admin');
  return gateway.app.request(path, { method, token, ...(json === undefined ? {} : { json }) });
}
async function calls(key: string, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) expect((await gateway.chat(key)).status).toBe(200);
}
const spentBy = async (key: string) =>
  ((await (await gateway.app.request('/key/info', { token: key })).json()) as { info: { spend: number } }).info.spend;
async function problems(): Promise<string[]> {
  const db = gateway.app.ctx.db as never;
  return [...(await checkInvariants(db)), ...(await secondOpinion(db, testEngine))];
}

test('old rows go with their attempts and content; spend, budgets, statistics and the sums of the ledger stay', async () => {
  const { app } = gateway;
  const { id } = (await (await send('POST', '/api/admin/plans', { name: 'p', content_policy: 'full' })).json()) as {
    id: string;
  };
  const key = await gateway.pass({ plan_id: id, max_budget: 1 });
  await calls(key, 5);
  await gateway.chat(key, { model: 'none' });
  const spent = await spentBy(key);
  const before = (await (await send('GET', '/api/admin/stats?range=90d')).json()) as {
    shares: unknown;
    trend: unknown[];
  };
  app.clock.advance(31 * DAY_MS);
  await send('PUT', '/api/admin/config', { log_retention_days: 30 });
  await calls(key, 2);
  expect(await sweepCalls(app.ctx)).toBe(5);
  expect((await gateway.calls()).length).toBe(2);
  expect((await gateway.attempts()).length).toBe(2);
  expect((await app.ctx.db.selectFrom('callContents').select('callId').execute()).length).toBe(2);
  expect(await spentBy(key)).toBeCloseTo((spent / 5) * 7, 12);
  const after = (await (await send('GET', '/api/admin/stats?range=90d')).json()) as { trend: { calls: number }[] };
  expect(after.trend.reduce((sum, day) => sum + day.calls, 0)).toBe(7);
  expect(JSON.stringify(before.shares)).not.toContain('folded');
  expect(await problems()).toEqual([]);
  expect(await sweepCalls(app.ctx)).toBe(0);
});

test('a call that still runs keeps its row and its hold, however old', async () => {
  await gateway.addModel('slow', { words: Array.from({ length: 100 }, () => 'w '), wordDelayMs: 30 });
  const key = await gateway.pass({ max_budget: 1 });
  const running = await gateway.chat(key, { model: 'slow', stream: true });
  gateway.app.clock.advance(400 * DAY_MS);
  expect(await sweepCalls(gateway.app.ctx)).toBe(0);
  await running.body?.cancel();
  while ((await gateway.calls())[0]!.state === 'open') await Bun.sleep(20);
  expect(await sweepCalls(gateway.app.ctx)).toBe(1);
  expect(await problems()).toEqual([]);
});

test('several servers that fold at once, batch by batch, carry each row once', async () => {
  const key = await gateway.pass({ max_budget: 1 });
  await calls(key, 30);
  const { db, clock } = gateway.app.ctx;
  gateway.app.clock.advance(DAY_MS);
  const fold = async () => {
    let folded = 0;
    for (let count = -1; count !== 0; folded += count) count = await foldCalls(db, clock.now(), 4);
    return folded;
  };
  const counts = await Promise.all([fold(), fold(), fold()]);
  expect(counts.reduce((sum, count) => sum + count)).toBe(30);
  const [account] = await db.selectFrom('accounts').selectAll().where('partyKind', '=', 'pass').execute();
  expect(Number(account!.carriedNanos)).toBe(Number(account!.settledNanos));
  expect(Number(account!.carriedCalls)).toBe(30);
  expect(await problems()).toEqual([]);
});

test('the invariants still find a row that is gone without having been folded', async () => {
  const key = await gateway.pass({ max_budget: 1 });
  await calls(key, 4);
  gateway.app.clock.advance(DAY_MS);
  expect(await foldCalls(gateway.app.ctx.db, gateway.app.ctx.clock.now(), 2)).toBe(2);
  const [row] = await gateway.calls();
  await gateway.app.ctx.db.deleteFrom('attempts').where('callId', '=', row!.id).execute();
  await gateway.app.ctx.db.deleteFrom('calls').where('id', '=', row!.id).execute();
  expect((await problems()).join('\n')).toContain('roll-up');
});
