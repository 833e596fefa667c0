import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

import type { EventOf } from '../events.ts';
import { createGatewayApp, eventually, type GatewayApp } from '../testing/gateway-app.ts';
import { addPass, addPlan } from '../testing/passes.ts';

let gateway: GatewayApp;

beforeAll(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m');
  // The output alone is paid, and the answer is exactly as long as the cap: the hold is the cost.
  await gateway.addModel('exact', {}, { prices: { prompt: 0, completion: 8 } });
  await gateway.addModel('slow', { headDelayMs: 700 }, { prices: { prompt: 0, completion: 8 } });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const EXACT = { model: 'exact', max_tokens: 6 };
const EXACT_COST = 6 * 8_000;

interface ErrorBody {
  error: Record<string, unknown>;
}
const listen = ({ app }: GatewayApp, heard: (event: EventOf<'call.refused'>) => void): Disposable => ({
  [Symbol.dispose]: app.ctx.events.on('call.refused', heard),
});
const errorOf = async (response: Response) => ((await response.json()) as ErrorBody).error;

describe('an empty budget', () => {
  test('R06: money for exactly 37 calls and 200 at once gives exactly 37 answers, again and again', async () => {
    for (let round = 0; round < 5; round += 1) {
      const key = await gateway.pass({ max_budget: (37 * EXACT_COST) / 1e9 });
      const responses = await Promise.all(Array.from({ length: 200 }, () => gateway.chat(key, EXACT)));
      const count = (status: number) => responses.filter((response) => response.status === status).length;
      expect([count(200), count(429)]).toEqual([37, 163]);
      const info = await gateway.app.request('/key/info', { token: key });
      expect(((await info.json()) as { info: { spend: number } }).info.spend).toBeCloseTo((37 * EXACT_COST) / 1e9, 12);
    }
    const held = await gateway.app.ctx.db
      .selectFrom('accounts')
      .select('heldNanos')
      .where('heldNanos', '>', 0)
      .execute();
    expect(held).toEqual([]);
  });

  test('the refusal names scope, limit, used and reset, and tells SDKs not to try again', async () => {
    const key = await gateway.pass({ max_budget: EXACT_COST / 1e9, budget_duration: '1d', key_alias: 'seat 12' });
    await gateway.chat(key, EXACT);
    const response = await gateway.chat(key, EXACT, { headers: { 'accept-language': 'en' } });
    expect(response.status).toBe(429);
    expect(response.headers.get('x-should-retry')).toBe('false');
    const error = await errorOf(response);
    expect(error).toMatchObject({
      code: 'insufficient_quota',
      type: 'insufficient_quota',
      scope: 'pass',
      limit: EXACT_COST / 1e9,
      used: EXACT_COST / 1e9,
    });
    expect(error.message).toContain('seat 12');
    // The test clock stands at 10:00 on 21 November 2026 in Shanghai; the day ends at midnight there.
    expect(error.resets_at).toBe('2026-11-21T16:00:00.000Z');
  });

  test('a prompt too long for an output cap without a budget is refused before anything is opened', async () => {
    const { ctx } = gateway.app;
    await gateway.addModel('tiny', {}, { context_window: 60 });
    const planId = await addPlan(ctx, { maxOutputTokens: 50 });
    const { key } = await addPass(ctx, { planId, maxParallel: 1 });
    for (let i = 0; i < 3; i += 1) {
      const response = await gateway.chat(key, {
        model: 'tiny',
        messages: [{ role: 'user', content: 'x '.repeat(200) }],
      });
      expect((await errorOf(response)).code).toBe('context_length_exceeded');
    }
    expect((await gateway.calls()).filter(({ model }) => model === 'tiny')).toEqual([]);
    expect((await gateway.chat(key, { model: 'tiny' })).status).toBe(200);
  });

  test('a budget’s refusal is told like any other', async () => {
    const told: string[] = [];
    using _ = listen(gateway, ({ code }) => told.push(code));
    await gateway.chat(await gateway.pass({ max_budget: 0 }), EXACT);
    expect(told).toEqual(['insufficient_quota']);
  });

  test('a client that leaves the line is no refusal and no error of ours', async () => {
    const told: string[] = [];
    using _ = listen(gateway, ({ code }) => told.push(code));
    const key = await gateway.pass({ max_budget: EXACT_COST / 1e9 });
    const first = gateway.chat(key, { ...EXACT, model: 'slow' });
    await Bun.sleep(60);
    const control = new AbortController();
    const waiting = gateway.chat(key, EXACT, { signal: control.signal });
    await Bun.sleep(60);
    control.abort();
    await waiting.catch(() => undefined);
    expect((await first).status).toBe(200);
    expect(told).toEqual([]);
    expect(gateway.app.logs.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('a refused call leaves no row and gives its place back', async () => {
    const key = await gateway.pass({ max_budget: 0, rpm_limit: 2 });
    const before = (await gateway.calls()).length;
    for (let i = 0; i < 5; i += 1)
      expect((await errorOf(await gateway.chat(key, EXACT))).code).toBe('insufficient_quota');
    expect((await gateway.calls()).length).toBe(before);
  });

  test('while only open holds are in the way, a call waits in line', async () => {
    const key = await gateway.pass({ max_budget: EXACT_COST / 1e9 + 0.00001 });
    await gateway.addModel(
      'cheap',
      { headDelayMs: 300, usage: { prompt_tokens: 1, completion_tokens: 1 } },
      { prices: { prompt: 0, completion: 8 } },
    );
    const first = gateway.chat(key, { model: 'cheap', max_tokens: 6 });
    await Bun.sleep(60);
    const second = await gateway.chat(key, { model: 'cheap', max_tokens: 6 });
    expect([(await first).status, second.status]).toEqual([200, 200]);
  });

  test('the affordable rest bounds the answer instead of refusing it', async () => {
    const key = await gateway.pass({ max_budget: (20 * 8_000) / 1e9 });
    await gateway.chat(key, { model: 'exact' });
    expect(gateway.upstream.journal.at(-1)!.body.max_tokens).toBe(20);
  });

  test('lowering the budget acts on the next call', async () => {
    const key = await gateway.pass({ max_budget: 1 });
    expect((await gateway.chat(key, EXACT)).status).toBe(200);
    await gateway.app.request('/key/update', {
      json: { key, max_budget: 0.000001 },
      token: 'sk-test-admin-key-0123456789',
    });
    expect((await errorOf(await gateway.chat(key, EXACT))).code).toBe('insufficient_quota');
  });
});

describe('rates', () => {
  test('requests a minute: the wait is in retry-after, and a full minute later there is room', async () => {
    const key = await gateway.pass({ rpm_limit: 2 });
    expect((await gateway.chat(key, EXACT)).status).toBe(200);
    gateway.app.clock.advance(10_000);
    expect((await gateway.chat(key, EXACT)).status).toBe(200);
    const refused = await gateway.chat(key, EXACT);
    expect(refused.status).toBe(429);
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(45);
    expect(wait).toBeLessThanOrEqual(51);
    expect((await errorOf(refused)).code).toBe('rate_limit_exceeded');
    gateway.app.clock.advance(wait * 1000);
    expect((await gateway.chat(key, EXACT)).status).toBe(200);
  });

  test('calls at once: a place comes back when the answer ends', async () => {
    const key = await gateway.pass({ max_parallel_requests: 1 });
    const first = gateway.chat(key, { model: 'slow', max_tokens: 6 });
    await Bun.sleep(50);
    const second = await gateway.chat(key, EXACT);
    expect((await errorOf(second)).code).toBe('concurrency_exceeded');
    expect((await first).status).toBe(200);
    await eventually(async () => (await gateway.chat(key, EXACT)).status === 200);
  });

  test('tokens a minute count what was really used', async () => {
    const key = await gateway.pass({ tpm_limit: 60 });
    expect((await gateway.chat(key, EXACT)).status).toBe(200);
    expect((await gateway.chat(key, EXACT)).status).toBe(200);
    const refused = await gateway.chat(key, { ...EXACT, messages: [{ role: 'user', content: 'word '.repeat(40) }] });
    expect((await errorOf(refused)).code).toBe('token_limit_exceeded');
  });

  test('a channel’s tokens a minute count what was really used, too', async () => {
    await gateway.addModel('narrow', { usage: { prompt_tokens: 400, completion_tokens: 100 } }, { tpm_limit: 600 });
    const key = await gateway.pass();
    expect((await gateway.chat(key, { model: 'narrow' })).status).toBe(200);
    const long = { model: 'narrow', messages: [{ role: 'user', content: 'word '.repeat(150) }] };
    expect((await errorOf(await gateway.chat(key, long))).code).toBe('upstream_busy');
    gateway.app.clock.advance(61_000);
    expect((await gateway.chat(key, long)).status).toBe(200);
  });

  test('guests on the chat page get requirement 001’s body, word for word', async () => {
    await gateway.addModel('guest-model');
    const ask = () =>
      gateway.chat(undefined, { model: 'guest-model' }, { path: '/api/chat/completions', ip: '198.51.100.7' });
    for (let i = 0; i < 10; i += 1) expect((await ask()).status).toBe(200);
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(await errorOf(refused)).toMatchObject({
      type: 'rate_limit_exceeded',
      message: '您超过当前使用限制，请稍后再试',
      retry_after: expect.any(Number),
    });
    const neighbour = gateway.chat(
      undefined,
      { model: 'guest-model' },
      { path: '/api/chat/completions', ip: '198.51.100.8' },
    );
    expect((await neighbour).status).toBe(200);
  });
});
