// Days that were added up say what their hours say, and reports read the hours where they do not.
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { sql } from 'kysely';

import type { StatsReply } from '@hallpass/shared/stats.ts';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { signInAs } from '../testing/people.ts';
import { addUpDays } from './add-up-days.ts';

const DAY_MS = 86_400_000;
const DAYS = 18;
/** That hold those days, and are over. */
const WEEKS = 3;

let gateway: GatewayApp;

beforeEach(async () => {
  gateway = await createGatewayApp({ TIME_ZONE: 'Asia/Kathmandu' });
  await gateway.addModel('gpt-a');
  const passes = [await gateway.pass({ key_alias: 'one' }), await gateway.pass({ key_alias: 'two' })];
  for (let day = 0; day < DAYS; day += 1) {
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

const sums = () => gateway.app.ctx.db.selectFrom('usageSums').selectAll().execute();

test('a report is the same before and after, and reads the days', async () => {
  const before = await stats();
  expect(before.shares.pass!.map(({ name, calls }) => [name, calls])).toEqual([
    ['one', 18],
    ['two', 9],
  ]);
  expect(before.month.active_users).toBe(2);
  expect(await addUpDays(gateway.app.ctx)).toBe(DAYS + WEEKS);
  expect(await stats()).toEqual(before);
  await sql`update usage_rollups set cost_nanos = 0 where dimension = 'pass'`.execute(gateway.app.ctx.db);
  expect(await stats()).toEqual(before);
  expect(await addUpDays(gateway.app.ctx)).toBe(0);
});

test('a call that is settled in a day that is over is in the next report, and the day is added up anew', async () => {
  await addUpDays(gateway.app.ctx);
  const { ctx } = gateway.app;
  const last = (await sums())
    .filter(({ dimension, unit }) => dimension === 'all' && unit === 'day')
    .map(({ day }) => day)
    .toSorted()[DAYS - 10];
  const hours = await ctx.db.selectFrom('usageRollups').select('hour').distinct().orderBy('hour').execute();
  const { hour } = hours[DAYS - 10]!;
  await sql`update usage_rollups set calls = calls + 1, cost_nanos = cost_nanos + 5000000000 where hour = ${hour}`.execute(
    ctx.db,
  );
  const reply = await stats();
  expect(reply.trend.find(({ day }) => day === last)).toMatchObject({ calls: 2 });
  expect(reply.shares.model![0]).toMatchObject({ calls: 28 });
  expect(await addUpDays(ctx)).toBe(2);
  expect(await stats()).toEqual(reply);
});

test('another time zone, and days no report reads any more, are forgotten', async () => {
  const { ctx } = gateway.app;
  await addUpDays(ctx);
  const zones = async () => [...new Set((await sums()).map(({ timeZone }) => timeZone))];
  expect(await zones()).toEqual(['Asia/Kathmandu']);
  const moved = { ...ctx, config: { ...ctx.config, TIME_ZONE: 'America/Lima' } };
  expect(await addUpDays(moved)).toBe(DAYS + WEEKS);
  expect(await zones()).toEqual(['America/Lima']);
  gateway.app.clock.advance(101 * DAY_MS);
  await addUpDays(moved);
  expect(await sums()).toEqual([]);
});

test('today is not added up', async () => {
  const pass = await gateway.pass({ key_alias: 'three' });
  await (await gateway.chat(pass, { model: 'gpt-a' })).text();
  await addUpDays(gateway.app.ctx);
  expect((await sums()).filter(({ dimension, unit }) => dimension === 'all' && unit === 'day')).toHaveLength(DAYS);
  expect((await stats()).today).toMatchObject({ calls: 1, active_users: 1 });
});
