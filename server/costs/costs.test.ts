// The cost report: its lines, the rest and the total are the ledger's; as a file too.
import { afterAll, beforeAll, expect, test } from 'bun:test';

import { COST_DAYS_MAX, COST_LINES_MAX, type CostsReply } from '@hallpass/shared/costs.ts';

import { addUpDays } from '../stats/add-up-days.ts';
import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { addClassroom } from '../testing/passes.ts';
import { signInAs } from '../testing/people.ts';

const DAY_MS = 86_400_000;

let gateway: GatewayApp;
let days: string[];

beforeAll(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('gpt-a');
  await gateway.addModel('gpt-b');
  const classroom = await addClassroom(gateway.app.ctx, { name: '=Class "1", A' });
  const passes = [await gateway.pass({ team_id: classroom, key_alias: 'in class' }), await gateway.pass()];
  days = [];
  for (let day = 0; day < 3; day += 1) {
    days.push(dayNow());
    for (const pass of passes) await (await gateway.chat(pass, { model: day === 0 ? 'gpt-a' : 'gpt-b' })).text();
    gateway.app.clock.advance(DAY_MS);
  }
});
afterAll(() => gateway[Symbol.asyncDispose]());

const dayNow = () =>
  Temporal.Instant.fromEpochMilliseconds(gateway.app.clock.now())
    .toZonedDateTimeISO(gateway.app.ctx.config.TIME_ZONE)
    .toPlainDate()
    .toString();

async function ask(query: Record<string, string>, path = ''): Promise<Response> {
  const { token } = await signInAs(gateway.app.ctx, 'admin');
  return gateway.app.request(`/api/admin/costs${path}?${new URLSearchParams(query).toString()}`, { token });
}

async function report(query: Record<string, string>): Promise<CostsReply> {
  const response = await ask(query);
  expect(response.status).toBe(200);
  return (await response.json()) as CostsReply;
}

test('lines and the rest add up to the total, which is the ledger’s', async () => {
  const reply = await report({ from: days[0]!, to: days[2]! });
  const calls = await gateway.calls();
  expect(reply.total.calls).toBe(6);
  expect(reply.total.cost).toBeCloseTo(calls.reduce((sum, { costNanos }) => sum + costNanos, 0) / 1e9, 9);
  expect(reply.data.map(({ name, calls: count }) => [name, count])).toEqual([['=Class "1", A', 3]]);
  expect(reply.rest.calls).toBe(3);
  expect(reply.rest.cost + reply.data[0]!.cost).toBeCloseTo(reply.total.cost, 9);
  expect(reply).toMatchObject({ by: 'classroom', lines: 1, before: { calls: 0, cost: 0 } });
});

test('another day, another sum; and the days before beside it', async () => {
  const reply = await report({ from: days[1]!, to: days[1]!, by: 'model' });
  expect(reply.data.map(({ name, calls }) => [name, calls])).toEqual([['gpt-b', 2]]);
  expect(reply.before.calls).toBe(2);
  expect(reply.rest.calls).toBe(0);
});

test('it is the same when days are added up', async () => {
  const before = await report({ from: days[0]!, to: days[2]!, by: 'pass' });
  expect(before.data).toHaveLength(2);
  await addUpDays(gateway.app.ctx);
  expect(await report({ from: days[0]!, to: days[2]!, by: 'pass' })).toEqual(before);
});

test('the file has every line and the rest, and no formula', async () => {
  const response = await ask({ from: days[0]!, to: days[2]! }, '/export');
  expect(response.headers.get('content-disposition')).toContain(`hallpass-costs-classroom-${days[0]}-${days[2]}.csv`);
  const lines = Buffer.from(await response.arrayBuffer())
    .toString('utf8')
    .split('\r\n');
  expect(lines[0]).toBe('\uFEFFid,name,calls,errors,prompt_tokens,completion_tokens,cost_usd');
  expect(lines[1]).toMatch(/^class_[\w-]+,"'=Class ""1"", A",3,0,\d+,\d+,0\.\d+$/);
  expect(lines[2]).toMatch(/^,,3,0,\d+,\d+,0\.\d+$/);
});

test('more lines than the bound are one, and all are in the file', async () => {
  const { ctx } = gateway.app;
  const hour = Math.floor(ctx.clock.now() / 3_600_000);
  const extra = Array.from({ length: COST_LINES_MAX + 1 }, (_, n) => `plan-${n}`);
  const sum = { calls: 1, errors: 0, promptTokens: 1, completionTokens: 1, costNanos: 1000 };
  for (let i = 0; i < extra.length; i += 100)
    await ctx.db
      .insertInto('usageRollups')
      .values(extra.slice(i, i + 100).map((dimensionId) => ({ hour, dimension: 'plan', dimensionId, ...sum })))
      .execute();
  await ctx.db
    .insertInto('usageRollups')
    .values({ ...sum, hour, dimension: 'all', dimensionId: '', calls: extra.length, costNanos: 1000 * extra.length })
    .execute();
  const reply = await report({ from: dayNow(), to: dayNow(), by: 'plan' });
  expect(reply.data).toHaveLength(COST_LINES_MAX);
  expect(reply).toMatchObject({ lines: COST_LINES_MAX + 1, rest: { calls: 1 } });
  const file = await (await ask({ from: dayNow(), to: dayNow(), by: 'plan' }, '/export')).text();
  expect(file.split('\r\n')).toHaveLength(COST_LINES_MAX + 4);
});

test('days in the wrong order, too many, or none are refused by name', async () => {
  const refusal = async (query: Record<string, string>) => {
    const response = await ask(query);
    return [response.status, JSON.stringify(await response.json())] as const;
  };
  expect(await refusal({ from: days[1]!, to: days[0]! })).toEqual([400, expect.stringContaining('早于')]);
  const first = Temporal.PlainDate.from(days[0]!);
  const to = (count: number) => ({ from: days[0]!, to: first.add({ days: count - 1 }).toString() });
  expect((await refusal(to(COST_DAYS_MAX)))[0]).toBe(200);
  expect(await refusal(to(COST_DAYS_MAX + 1))).toEqual([400, expect.stringContaining(`最多 ${COST_DAYS_MAX} 天`)]);
  expect((await refusal({ from: '2026-02-30', to: days[0]! }))[0]).toBe(400);
});
