// Fallback models: who answers, who may use them, what it costs, and what is never tried twice.
import { afterEach, beforeEach, expect, test } from 'bun:test';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';

let gateway: GatewayApp;
beforeEach(async () => {
  gateway = await createGatewayApp();
});
afterEach(() => gateway[Symbol.asyncDispose]());

const DEAR = { prompt: 20, completion: 80 };

/** `m`, which falls back on `spare`, at ten times its price. */
async function addBoth(fields: Record<string, unknown> = {}, spare: Record<string, unknown> = {}): Promise<string> {
  await gateway.addModel('spare', {}, { prices: DEAR, ...spare });
  const channel = await gateway.addModel('m', { status: 500 }, { fallbacks: ['spare'], ...fields });
  return String(channel.id);
}

const asked = () => gateway.upstream.journal.map(({ body }) => body.model);

test('where no route of the model answers, the fallback does, at its own price, in one call of two attempts', async () => {
  await addBoth();
  const pass = await gateway.pass({ max_budget: 5 });
  expect((await gateway.chat(pass)).status).toBe(200);
  expect(asked()).toEqual(['m', 'spare']);
  const [call] = await gateway.calls();
  expect(call).toMatchObject({ model: 'm', state: 'settled', status: 'success', channelName: 'channel of spare' });
  expect(call!.costNanos).toBe(11 * 20_000 + 6 * 80_000);
  expect((await gateway.attempts()).map(({ status, costNanos }) => [status, costNanos > 0])).toEqual([
    ['error', false],
    ['ok', true],
  ]);
});

test('a stream is answered by the fallback too', async () => {
  await addBoth();
  const response = await gateway.chat(await gateway.pass(), { stream: true });
  expect(response.status).toBe(200);
  expect(await response.text()).toEndWith('data: [DONE]\n\n');
  expect(asked()).toEqual(['m', 'spare']);
});

test('while the model’s channel rests, the fallback is asked first', async () => {
  const id = await addBoth();
  gateway.app.ctx.board.rest(id, 60_000);
  expect((await gateway.chat(await gateway.pass())).status).toBe(200);
  expect(asked()).toEqual(['spare']);
});

test('a pass that may not use the fallback does not get it', async () => {
  await addBoth();
  const response = await gateway.chat(await gateway.pass({ models: ['m'] }));
  expect(response.status).toBe(502);
  expect(asked()).not.toContain('spare');
});

test('the hold covers the fallback: who can pay for the model alone is refused before anything is sent', async () => {
  await addBoth();
  // 16 tokens of output and the prompt: some $0.0003 of `m`, ten times that of `spare`.
  const response = await gateway.chat(await gateway.pass({ max_budget: 0.001 }));
  expect(response.status).toBe(429);
  expect(asked()).toEqual([]);
});

test('a fallback without a price is not for a pass with a budget', async () => {
  // At a private address it would be free.
  await addBoth({}, { prices: null, base_url: 'https://upstream.example/v1' });
  expect((await gateway.chat(await gateway.pass({ max_budget: 5 }))).status).toBe(502);
  const [call] = await gateway.calls();
  expect(call).toMatchObject({ errorCode: 'upstream_error' });
  expect(new Set((await gateway.attempts()).map(({ upstreamModel }) => upstreamModel))).toEqual(new Set(['m']));
});

test('another key of the model’s own channel goes before the fallback', async () => {
  await addBoth({ api_key: undefined, api_keys: [{ key: 'sk-first' }, { key: 'sk-second' }] });
  gateway.upstream.script('m', { status: 429, headers: { 'retry-after': '60' } });
  expect((await gateway.chat(await gateway.pass())).status).toBe(200);
  expect(asked()).toEqual(['m', 'm', 'spare']);
  const keys = gateway.upstream.journal.slice(0, 2).map(({ headers }) => headers.authorization);
  expect(keys).toEqual(['Bearer sk-first', 'Bearer sk-second']);
});

test('what the model itself refuses as wrong is not asked elsewhere', async () => {
  await addBoth();
  gateway.upstream.script('m', { status: 400 });
  expect((await gateway.chat(await gateway.pass())).status).toBe(400);
  expect(asked()).toEqual(['m']);
});

test('the output cap is the fallback’s own where that is smaller', async () => {
  await addBoth({}, { max_output_tokens: 50 });
  await gateway.chat(await gateway.pass({ max_budget: 5 }));
  expect(gateway.upstream.journal.map(({ body }) => body.max_tokens)).toEqual([4_096, 50]);
});

test('a fallback whose model is gone is passed over, and its own fallbacks are not followed', async () => {
  await gateway.addModel('last');
  const spare = await gateway.addModel('spare', { status: 500 }, { fallbacks: ['last'] });
  await gateway.addModel('m', { status: 500 }, { fallbacks: ['spare'] });
  const pass = await gateway.pass();
  expect((await gateway.chat(pass)).status).toBe(502);
  expect(asked()).not.toContain('last');
  await gateway.app.request(`/api/admin/channels/${String(spare.id)}`, { method: 'DELETE', token: gateway.admin });
  expect((await gateway.chat(pass)).status).toBe(502);
});

test.each([[['nobody']], [['m']], [['a', 'b', 'c']]])('the fallbacks %p are refused', async (fallbacks) => {
  await expect(gateway.addModel('m', {}, { fallbacks })).rejects.toThrow('fallbacks');
});
