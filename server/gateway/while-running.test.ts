// What changes under a running call: budgets, periods, clocks, channels, the database itself.
import { Database } from 'bun:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

import { checkInvariants } from '../ledger/invariants.ts';
import { ADMIN_KEY, createGatewayApp, eventsOf, eventually, type GatewayApp } from '../testing/gateway-app.ts';
import { addClassroom, addPass, addPlan } from '../testing/passes.ts';
import { testEngine } from '../testing/test-database.ts';

let gateway: GatewayApp;

beforeAll(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m', {}, OUTPUT_ONLY);
  await gateway.addModel('slow', SLOW, OUTPUT_ONLY);
});
afterAll(() => gateway[Symbol.asyncDispose]());

const OUTPUT_ONLY = { prices: { prompt: 0, completion: 8 } };
const SLOW = { wordDelayMs: 60 };
/** Six words, each a token. */
const COST = 6 * 8_000;
const dollars = (nanos: number) => nanos / 1e9;
const ASK = { model: 'm', max_tokens: 6 };
const STREAM = { model: 'slow', max_tokens: 6, stream: true };

const update = (key: string, json: object) =>
  gateway.app.request('/key/update', { json: { key, ...json }, token: ADMIN_KEY });
async function setSystemBudget(nanos: number | null): Promise<void> {
  const json = { system_budget: nanos === null ? null : dollars(nanos) };
  const response = await gateway.app.request('/api/admin/config', { method: 'PUT', json, token: gateway.admin });
  expect(response.status).toBe(200);
}
const errorOf = async (response: Response) => ((await response.json()) as { error: Record<string, unknown> }).error;
/** The row of an answer. */
const rowOf = async ({ headers }: Response) =>
  (await gateway.calls()).find(({ id }) => id === headers.get('x-hallpass-call-id'))!;

describe('budgets', () => {
  test('R06: streams over real sockets, half of them left, spend no more than there is', async () => {
    const url = await gateway.app.listen();
    await gateway.addModel('streams', { wordDelayMs: 2 }, OUTPUT_ONLY);
    const key = await gateway.pass({ max_budget: dollars(37 * COST) });
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
    const messages = [{ role: 'user', content: 'hi' }];
    const body = JSON.stringify({ model: 'streams', max_tokens: 6, stream: true, messages });
    const ask = async (n: number) => {
      const control = new AbortController();
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers,
        body,
        signal: control.signal,
      });
      if (n % 2 === 0) return (await response.text()).endsWith('data: [DONE]\n\n');
      await response.body!.getReader().read();
      control.abort();
      return false;
    };
    const done = (await Promise.all(Array.from({ length: 120 }, (_, n) => ask(n).catch(() => false)))).filter(Boolean);
    await eventually(async () => gateway.app.ctx.shutdown.inFlight === 0);
    const calls = (await gateway.calls()).filter(({ model }) => model === 'streams');
    expect(calls.filter(({ status }) => status === 'success').length).toBeGreaterThanOrEqual(done.length);
    const spent = calls.reduce((sum, { costNanos }) => sum + costNanos, 0);
    expect(spent).toBeLessThanOrEqual(37 * COST);
    expect(calls.length).toBeGreaterThanOrEqual(37);
  });

  test('R08: pass, classroom, plan and system: the tightest is named, and only its own is used up', async () => {
    const { ctx } = gateway.app;
    const plenty = 100 * COST;
    const scopes = ['pass', 'classroom', 'plan', 'system'] as const;
    for (const tight of scopes) {
      const cap = (scope: (typeof scopes)[number]) => (scope === tight ? 2 * COST : plenty);
      // The system's own account has been charged by the calls before.
      const used = (
        await ctx.db.selectFrom('accounts').select('settledNanos').where('partyKind', '=', 'system').execute()
      )
        .map(({ settledNanos }) => settledNanos)
        .reduce((sum, nanos) => sum + nanos, 0);
      await setSystemBudget(used + cap('system'));
      const planId = await addPlan(ctx, { budgetNanos: cap('plan'), budgetPeriod: '1d' });
      const classroomId = await addClassroom(ctx, { budgetNanos: cap('classroom'), name: '7b' });
      const { key } = await addPass(ctx, { planId, classroomId, budgetNanos: cap('pass') });
      for (let i = 0; i < 2; i += 1) expect((await gateway.chat(key, ASK)).status).toBe(200);
      const error = await errorOf(await gateway.chat(key, ASK));
      expect(error).toMatchObject({ code: 'insufficient_quota', scope: tight });
      expect(error.resets_at === null).toBe(tight === 'pass' || tight === 'classroom');
    }
    await setSystemBudget(null);
  });

  test('lowered while a stream runs: it ends and is paid, the next is refused, and a higher one opens again', async () => {
    const key = await gateway.pass({ max_budget: dollars(10 * COST) });
    const running = await gateway.chat(key, STREAM);
    await update(key, { max_budget: dollars(COST) - 1e-9 });
    expect((await errorOf(await gateway.chat(key, ASK))).code).toBe('insufficient_quota');
    expect(eventsOf(await running.text()).at(-1)).toBe('[DONE]');
    expect(await rowOf(running)).toMatchObject({ status: 'success', costNanos: COST });
    expect((await errorOf(await gateway.chat(key, ASK))).code).toBe('insufficient_quota');
    await update(key, { max_budget: dollars(2 * COST) });
    expect((await gateway.chat(key, ASK)).status).toBe(200);
    expect((await errorOf(await gateway.chat(key, ASK))).code).toBe('insufficient_quota');
  });
});

describe('clocks', () => {
  const start = Date.UTC(2026, 10, 21, 2, 0, 0);

  test('a stream that runs over the end of its period is paid in the one it began in', async () => {
    const key = await gateway.pass({ max_budget: dollars(COST), budget_duration: '1d' });
    const running = await gateway.chat(key, STREAM);
    gateway.app.clock.setWall(start + 86_400_000);
    // The new day has its whole budget although the old one's is held.
    expect((await gateway.chat(key, ASK)).status).toBe(200);
    expect((await errorOf(await gateway.chat(key, ASK))).code).toBe('insufficient_quota');
    expect(eventsOf(await running.text()).at(-1)).toBe('[DONE]');
    gateway.app.clock.setWall(start);
    // Wall time went back: yesterday's account is used up, not forgotten.
    expect((await errorOf(await gateway.chat(key, ASK))).code).toBe('insufficient_quota');
    expect(await checkInvariants(gateway.app.ctx.db as never)).toEqual([]);
  });

  test('a pass that expires while its stream runs ends it in peace, and is refused afterwards', async () => {
    const key = await gateway.pass({ duration: '30s' });
    const running = await gateway.chat(key, STREAM);
    gateway.app.clock.setWall(start + 31_000);
    expect(await errorOf(await gateway.chat(key, ASK))).toMatchObject({ code: 'pass_expired' });
    expect(eventsOf(await running.text()).at(-1)).toBe('[DONE]');
    gateway.app.clock.setWall(start);
  });

  test('wall time that jumps ends no stream and breaks no row', async () => {
    const key = await gateway.pass();
    for (const at of [0, Date.UTC(2100, 0, 1), start - 3_600_000]) {
      const running = await gateway.chat(key, STREAM);
      gateway.app.clock.setWall(at);
      expect(eventsOf(await running.text()).at(-1)).toBe('[DONE]');
      gateway.app.clock.setWall(start);
    }
    expect(await checkInvariants(gateway.app.ctx.db as never)).toEqual([]);
  });
});

describe('the class', () => {
  test('paused: its running answers end and are paid, others go on, the next is refused', async () => {
    const { ctx } = gateway.app;
    const [paused, other] = [await addClassroom(ctx), await addClassroom(ctx)];
    const { key } = await addPass(ctx, { classroomId: paused });
    const neighbour = await addPass(ctx, { classroomId: other });
    const running = await gateway.chat(key, STREAM);
    const elsewhere = await gateway.chat(neighbour.key, STREAM);
    await gateway.addModel('slow head', { headDelayMs: 1_000 }, OUTPUT_ONLY);
    const whole = gateway.chat(key, { ...ASK, model: 'slow head' });
    await Bun.sleep(150);
    await ctx.db.updateTable('classrooms').set({ pausedAt: ctx.clock.now() }).where('id', '=', paused).execute();
    ctx.events.emit({ type: 'classroom.paused', classroomId: paused });
    const events = eventsOf(await running.text());
    expect(JSON.parse(events.at(-1)!)).toMatchObject({ error: { code: 'class_paused', type: 'permission_error' } });
    expect(await rowOf(running)).toMatchObject({ status: 'cut', errorCode: 'class_paused', state: 'settled' });
    expect(await errorOf(await whole)).toMatchObject({ code: 'class_paused' });
    expect(await errorOf(await gateway.chat(key, ASK))).toMatchObject({ code: 'class_paused' });
    expect(eventsOf(await elsewhere.text()).at(-1)).toBe('[DONE]');
  });
});

describe('channels', () => {
  test('deleted or emptied while a call runs: the call ends and is paid, the next finds no model', async () => {
    const key = await gateway.pass();
    const made = await gateway.addModel('going', SLOW);
    const running = await gateway.chat(key, { ...STREAM, model: 'going' });
    const gone = await gateway.app.request(`/api/admin/channels/${String(made.id)}`, {
      method: 'DELETE',
      token: gateway.admin,
    });
    expect(gone.ok).toBe(true);
    expect(eventsOf(await running.text()).at(-1)).toBe('[DONE]');
    expect(await rowOf(running)).toMatchObject({ status: 'success', costNanos: 11 * 2_000 + 6 * 8_000 });
    expect((await gateway.chat(key, { model: 'going' })).status).toBeGreaterThanOrEqual(404);
  });
});

describe.if(testEngine === 'sqlite')('the database', () => {
  test('that takes no writes at the settle: the client gets no [DONE] before its row is on disk', async () => {
    const key = await gateway.pass({ max_budget: 1 });
    const running = await gateway.chat(key, { ...STREAM, stream_options: { include_usage: true } });
    const seen: string[] = [];
    const reading = (async () => {
      const decoder = new TextDecoder();
      for await (const part of running.body!) seen.push(decoder.decode(part));
    })();
    using other = new Database(gateway.app.ctx.config.DATABASE_PATH);
    other.run('pragma busy_timeout = 5000');
    other.run('begin immediate');
    await eventually(async () => seen.join('').includes('"finish_reason":"stop"'));
    await Bun.sleep(300);
    expect(seen.join('')).not.toContain('[DONE]');
    // Not even the usage goes before the row: it reads like an end.
    expect(seen.join('')).not.toContain('"prompt_tokens"');
    expect((await rowOf(running)).state).toBe('open');
    other.run('rollback');
    await reading;
    expect(seen.join('').endsWith('data: [DONE]\n\n')).toBe(true);
    expect(await rowOf(running)).toMatchObject({ state: 'settled', costNanos: COST });
  });
});
