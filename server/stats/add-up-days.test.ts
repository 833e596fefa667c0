// Days that were added up say what their hours say, and reports read the hours where they do not.
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { sql } from 'kysely';

import type { StatsReply } from '@hallpass/shared/stats.ts';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { signInAs } from '../testing/people.ts';
import { addUpDays } from './add-up-days.ts';

const DAY_MS = 86_400_000;

let gateway: GatewayApp;

beforeEach(async () => {
  gateway = await createGatewayApp({ TIME_ZONE: 'Asia/Kathmandu' });
  await gateway.addModel('gpt-a');
  const passes = [await gateway.pass({ key_alias: 'one' }), await gateway.pass({ key_alias: 'two' })];
  for (let day = 0; day < 4; day += 1) {
    for (const pass of passes.slice(0, 1 + (day % 2))) await (await gateway.chat(pass, { model: 'gpt-a' })).text();
    gateway.app.clock.advance(DAY_MS);
  }
});
afterEach(() => gateway[Symbol.asyncDispose]());

async function stats(): Promise<Omit<StatsReply, 'latency' | 'live'>> {
  const { token } = await signInAs(gateway.app.ctx, 'admin');
  const response = await gateway.app.request('/api/admin/stats?range=30d', { token });
  const { latency: _, live: __, ...reply } = (await response.json()) as StatsReply;
  return reply;
}

const daily = () => gateway.app.ctx.db.selectFrom('usageDaily').selectAll().execute();

test('a report is the same before and after, and reads the days', async () => {
  const before = await stats();
  expect(before.shares.pass!.map(({ name, calls }) => [name, calls])).toEqual([
    ['one', 4],
    ['two', 2],
  ]);
  expect(await addUpDays(gateway.app.ctx)).toBe(4);
  expect(await stats()).toEqual(before);
  await sql`update usage_rollups set cost_nanos = 0 where dimension = 'pass'`.execute(gateway.app.ctx.db);
  expect(await stats()).toEqual(before);
  expect(await addUpDays(gateway.app.ctx)).toBe(0);
});

test('a call that is settled in a day that is over is in the next report, and the day is added up anew', async () => {
  await addUpDays(gateway.app.ctx);
  const { ctx } = gateway.app;
  const last = (await daily())
    .filter(({ dimension }) => dimension === 'all')
    .map(({ day }) => day)
    .toSorted()[0];
  const { hour } = await ctx.db.selectFrom('usageRollups').select('hour').orderBy('hour').executeTakeFirstOrThrow();
  await sql`update usage_rollups set calls = calls + 1, cost_nanos = cost_nanos + 5000000000 where hour = ${hour}`.execute(
    ctx.db,
  );
  const reply = await stats();
  expect(reply.trend.find(({ day }) => day === last)).toMatchObject({ calls: 2 });
  expect(reply.shares.model![0]).toMatchObject({ calls: 7 });
  expect(await addUpDays(ctx)).toBe(1);
  expect(await stats()).toEqual(reply);
});

test('another time zone, and days no report reads any more, are forgotten', async () => {
  const { ctx } = gateway.app;
  await addUpDays(ctx);
  const zones = async () => [...new Set((await daily()).map(({ timeZone }) => timeZone))];
  expect(await zones()).toEqual(['Asia/Kathmandu']);
  const moved = { ...ctx, config: { ...ctx.config, TIME_ZONE: 'America/Lima' } };
  expect(await addUpDays(moved)).toBe(4);
  expect(await zones()).toEqual(['America/Lima']);
  gateway.app.clock.advance(101 * DAY_MS);
  await addUpDays(moved);
  expect(await daily()).toEqual([]);
});

test('today is not added up', async () => {
  const pass = await gateway.pass({ key_alias: 'three' });
  await (await gateway.chat(pass, { model: 'gpt-a' })).text();
  await addUpDays(gateway.app.ctx);
  expect((await daily()).filter(({ dimension }) => dimension === 'all')).toHaveLength(4);
  expect((await stats()).today).toMatchObject({ calls: 1, active_users: 1 });
});
