import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';

import { createGatewayApp, eventsOf, eventually, type GatewayApp } from '../testing/gateway-app.ts';
import { freePort } from '../testing/server-process.ts';

let gateway: GatewayApp;
let key: string;

beforeAll(async () => {
  gateway = await createGatewayApp();
  key = await gateway.pass({ max_budget: 5 });
});
beforeEach(() => gateway.app.ctx.gateway.health.forget());
afterAll(() => gateway[Symbol.asyncDispose]());

const lastCall = async () => (await gateway.calls()).at(-1)!;
const attemptsOf = async (id: string) => (await gateway.attempts()).filter(({ callId }) => callId === id);
const errorOf = async (response: Response) => ((await response.json()) as { error: Record<string, unknown> }).error;

describe('before anything was relayed', () => {
  test.each([
    ['connect refused', { base_url: `http://127.0.0.1:${freePort()}/v1` }, {}],
    ['500', {}, { status: 500 }],
    ['503', {}, { status: 503 }],
    ['a page with status 200', {}, { rawBody: '<html>hi</html>' }],
    ['broken JSON with status 200', {}, { rawBody: '{"choices": [' }],
    ['204', {}, { status: 204, rawBody: '' }],
  ])('%s: tried again, three times at most, then 502 and nothing charged', async (name, fields, script) => {
    const model = `bad ${name}`;
    await gateway.addModel(model, script, fields);
    for (const stream of [false, true]) {
      gateway.app.ctx.gateway.health.forget();
      const response = await gateway.chat(key, { model, stream });
      expect(response.status).toBe(502);
      expect(await errorOf(response)).toMatchObject({ code: 'upstream_error', type: 'server_error' });
      const call = await lastCall();
      expect(call).toMatchObject({ state: 'settled', status: 'error', costNanos: 0 });
      expect((await attemptsOf(call.id)).length).toBe(3);
    }
  });

  test.each([
    ['a redirect', { status: 302, rawBody: '', headers: { location: 'http://127.0.0.1:1/' } }],
    ['a compressed answer', { rawBody: 'zzz', headers: { 'content-encoding': 'gzip' } }],
    [
      'an event without an end',
      { rawBody: `data: ${'x'.repeat(3_000_000)}`, headers: { 'content-type': 'text/event-stream' } },
    ],
  ])('%s: asked once, 502, nothing charged', async (name, script) => {
    await gateway.addModel(name, script);
    const response = await gateway.chat(key, { model: name, stream: true });
    expect(response.status).toBe(502);
    const call = await lastCall();
    expect(call).toMatchObject({ model: name, state: 'settled', costNanos: 0 });
    expect((await attemptsOf(call.id)).length).toBe(1);
  });

  test('the next route takes over, and the call costs once', async () => {
    await gateway.addModel('both', { status: 500 }, { name: 'broken' });
    gateway.upstream.script('good-name', {});
    await gateway.addModel(
      'both',
      { status: 500 },
      {
        name: 'good',
        models: [{ name: 'both', upstream_model: 'good-name', prices: { prompt: 2, completion: 8 }, priority: 50 }],
      },
    );
    const response = await gateway.chat(key, { model: 'both' });
    expect(response.status).toBe(200);
    const call = await lastCall();
    expect(call).toMatchObject({ status: 'success', costNanos: 11 * 2_000 + 6 * 8_000, channelName: 'good' });
    expect((await attemptsOf(call.id)).at(-1)).toMatchObject({ status: 'ok', upstreamModel: 'good-name' });
  });

  test('passing over a route without a key that may be used is no retry, and the count of retries stays right', async () => {
    await gateway.addModel('cooling', { status: 500 }, { name: 'cooling' });
    gateway.upstream.script('works', {});
    await gateway.addModel(
      'cooling',
      { status: 500 },
      {
        name: 'works',
        models: [{ name: 'cooling', upstream_model: 'works', prices: { prompt: 2, completion: 8 }, priority: 900 }],
      },
    );
    const { health } = gateway.app.ctx.gateway;
    const { routes } = gateway.app.ctx.catalog.current().find('cooling')!;
    for (let i = 0; i < 4; i += 1) {
      for (const { id } of routes[0]!.channel.keys) health.coolKey(id, 60_000);
      expect((await gateway.chat(key, { model: 'cooling' })).status).toBe(200);
      expect(await attemptsOf((await lastCall()).id)).toHaveLength(1);
    }
    expect([1, 2, 3, 4].map(() => health.tryRetry())).toEqual([true, true, true, false]);
    for (let i = 0; i < 3; i += 1) health.retryEnded();
  });

  test('401 from an upstream is never the caller’s 401; the key is taken out', async () => {
    await gateway.addModel('locked', { status: 401 });
    const response = await gateway.chat(key, { model: 'locked' });
    expect(response.status).toBe(502);
    const sent = gateway.upstream.journal.filter(({ model }) => model === 'locked').length;
    expect(sent).toBe(1);
    const again = await gateway.chat(key, { model: 'locked' });
    expect(again.status).toBeGreaterThanOrEqual(429);
    expect(gateway.upstream.journal.filter(({ model }) => model === 'locked').length).toBe(sent);
  });

  test('429 with Retry-After cools the key and is told with its wait; on the chat page it is upstream_error', async () => {
    await gateway.addModel('busy', { status: 429, headers: { 'retry-after': '7' } });
    const response = await gateway.chat(key, { model: 'busy' });
    expect(response.status).toBe(429);
    expect(await errorOf(response)).toMatchObject({ code: 'upstream_busy', type: 'server_error' });
    gateway.app.ctx.gateway.health.forget();
    const page = await gateway.chat(key, { model: 'busy' }, { path: '/api/chat/completions' });
    expect(await errorOf(page)).toMatchObject({ type: 'upstream_error', message: '上游渠道暂时不可用，请稍后再试' });
  });

  test('no first byte in time: 504, tried once more, the prompt charged and flagged', async () => {
    await gateway.addModel(
      'mute',
      { headDelayMs: 60_000 },
      { options: { first_byte_timeout_ms: 1_000, stall_timeout_ms: 1_000 } },
    );
    const response = await gateway.chat(key, { model: 'mute', stream: true });
    expect(response.status).toBe(504);
    expect(await errorOf(response)).toMatchObject({ code: 'upstream_timeout' });
    const call = await lastCall();
    expect((await attemptsOf(call.id)).map(({ status }) => status)).toEqual(['timeout', 'timeout']);
    expect(call.estimated).toBe(1);
    expect(call.costNanos).toBeGreaterThan(0);
  });
});

describe('after the answer began', () => {
  test.each([
    ['cut', 'stream_cut'],
    ['error', 'stream_cut'],
    ['malformed', 'stream_cut'],
  ] as const)('%s: an error event ends the stream, no [DONE], the delivered part is charged', async (end, code) => {
    await gateway.addModel(`ends ${end}`, { end });
    const response = await gateway.chat(key, { model: `ends ${end}`, stream: true });
    expect(response.status).toBe(200);
    const events = eventsOf(await response.text());
    expect(events).not.toContain('[DONE]');
    const last = JSON.parse(events.at(-1)!) as { error: object; choices?: unknown };
    expect(last.error).toMatchObject({ code, type: 'server_error', param: null });
    expect(last).not.toHaveProperty('choices');
    const call = await lastCall();
    expect(call).toMatchObject({ status: 'cut', estimated: 1, completionTokens: 6, state: 'settled' });
  });

  test('a stall between tokens ends with an error event', async () => {
    await gateway.addModel('stalls', { end: 'stall' }, { options: { stall_timeout_ms: 1_000 } });
    // The stall clock is the monotonic one, which the test holds: it is moved past the limit.
    const response = await gateway.chat(key, { model: 'stalls', stream: true });
    const text = response.text();
    await Bun.sleep(100);
    gateway.app.clock.advance(1_500);
    expect(eventsOf(await text).at(-1)).toContain('upstream_timeout');
    expect(await lastCall()).toMatchObject({ status: 'cut' });
  });

  test('an upstream that never stops sending is stopped after the channel’s longest stream, and charged so far', async () => {
    const words = Array.from({ length: 400 }, () => ' on');
    await gateway.addModel('endless', { words, wordDelayMs: 10 }, { options: { stream_timeout_ms: 1_000 } });
    const response = await gateway.chat(key, { model: 'endless', stream: true });
    const text = response.text();
    await Bun.sleep(100);
    gateway.app.clock.advance(1_000);
    expect(eventsOf(await text).at(-1)).toContain('upstream_timeout');
    const call = await lastCall();
    expect(call).toMatchObject({ status: 'cut', estimated: 1 });
    expect(call!.completionTokens).toBeLessThan(400);
    await eventually(async () => gateway.upstream.journal.at(-1)!.abortedAt !== null);
  });

  test('a finish without [DONE] is a success: some upstreams leave it out', async () => {
    await gateway.addModel('no-done', { end: 'no-done' });
    const events = eventsOf(await (await gateway.chat(key, { model: 'no-done', stream: true })).text());
    expect(events.at(-1)).toBe('[DONE]');
    expect(await lastCall()).toMatchObject({ status: 'success', estimated: 0 });
  });

  test('a long silence is bridged by heartbeats that are valid chunks', async () => {
    await gateway.addModel('thinks', { usageDelayMs: 1_500 });
    const response = await gateway.chat(key, { model: 'thinks', stream: true });
    const text = response.text();
    await Bun.sleep(150);
    gateway.app.clock.advance(13_000);
    const events = eventsOf(await text);
    const beats = events
      .slice(0, -1)
      .filter(
        (event) => Object.keys((JSON.parse(event) as { choices: { delta: object }[] }).choices[0]!.delta).length === 0,
      );
    expect(beats.length).toBeGreaterThanOrEqual(2);
    expect(events.at(-1)).toBe('[DONE]');
  });
});
