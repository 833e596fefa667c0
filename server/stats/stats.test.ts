// Requirement 001 §2.5: today, week, month, by day and by model; the sums are those of the ledger.
import { afterAll, beforeAll, expect, test } from 'bun:test';

import type { StatsReply } from '@hallpass/shared/stats.ts';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { signInAs } from '../testing/people.ts';
import { lastDays } from './days.ts';
import { percentile } from './sums.ts';

let gateway: GatewayApp;

beforeAll(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('gpt-a');
  await gateway.addModel('gpt-b');
});
afterAll(() => gateway[Symbol.asyncDispose]());

async function stats(range = '7d'): Promise<StatsReply> {
  const { token } = await signInAs(gateway.app.ctx, 'admin');
  const response = await gateway.app.request(`/api/admin/stats?range=${range}`, { token });
  expect(response.status).toBe(200);
  return (await response.json()) as StatsReply;
}

test('an empty installation has zeros for every day', async () => {
  const empty = await stats();
  expect(empty).toMatchObject({ today: { calls: 0, cost: 0, active_users: 0 }, latency: { calls: 0 }, live: 0 });
  expect(empty.trend).toHaveLength(7);
  expect(empty.shares.model).toEqual([]);
});

test('calls of other days, models and passes are told apart and add up to the ledger', async () => {
  const [one, two] = [await gateway.pass({ key_alias: 'one' }), await gateway.pass({ key_alias: 'two' })];
  for (const [key, model] of [
    [one, 'gpt-a'],
    [one, 'gpt-a'],
    [two, 'gpt-b'],
  ] as const)
    await (await gateway.chat(key, { model })).text();
  gateway.app.clock.advance(86_400_000);
  await (await gateway.chat(one, { model: 'gpt-a' })).text();

  const reply = await stats();
  expect(reply.today).toMatchObject({ calls: 1, active_users: 1 });
  expect(reply.trend.map(({ calls }) => calls).slice(-3)).toEqual([0, 3, 1]);
  expect(reply.shares.model!.map(({ name, calls }) => [name, calls])).toEqual([
    ['gpt-a', 3],
    ['gpt-b', 1],
  ]);
  expect(reply.shares.pass!.map(({ name, calls }) => [name, calls])).toEqual([
    ['one', 3],
    ['two', 1],
  ]);
  expect(reply.shares.channel!.map(({ name }) => name)).toEqual(['channel of gpt-a', 'channel of gpt-b']);
  const calls = await gateway.calls();
  const cost = calls.reduce((sum, { costNanos }) => sum + costNanos, 0) / 1e9;
  expect(reply.trend.reduce((sum, day) => sum + day.cost, 0)).toBeCloseTo(cost, 9);
  expect(reply.latency.calls).toBe(4);
  expect(reply.latency.channels.map(({ name, calls: count }) => [name, count])).toEqual([
    ['channel of gpt-a', 3],
    ['channel of gpt-b', 1],
  ]);
  expect((await stats('30d')).trend).toHaveLength(30);
});

test('days follow the zone’s calendar, across a change of the clock', () => {
  const hour = (month: number, day: number, at: number) => Date.UTC(2026, month, day, at) / 3_600_000;
  const afterSpring = Date.UTC(2026, 2, 30, 10);
  expect(lastDays(3, 'Europe/Berlin', afterSpring)).toEqual([
    { day: '2026-03-28', from: hour(2, 27, 23), until: hour(2, 28, 23) },
    { day: '2026-03-29', from: hour(2, 28, 23), until: hour(2, 29, 22) },
    { day: '2026-03-30', from: hour(2, 29, 22), until: hour(2, 30, 11) },
  ]);
});

test('percentiles by nearest rank', () => {
  expect(percentile([], 0.5)).toBeNull();
  expect(percentile([5], 0.95)).toBe(5);
  expect(percentile([4, 1, 3, 2], 0.5)).toBe(2);
  expect(percentile([4, 1, 3, 2], 0.95)).toBe(4);
});
