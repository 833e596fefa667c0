// R13: the client hangs up at six points. Each time the upstream's socket closes within 500 ms, the row is there
// within a second, nothing stays held, and the charge is what was used.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import net from 'node:net';

import { createGatewayApp, eventually, type GatewayApp, loadTokenizer } from '../testing/gateway-app.ts';

let gateway: GatewayApp;
let key: string;
let url: string;

beforeAll(async () => {
  gateway = await createGatewayApp();
  key = await gateway.pass({ max_budget: 5 });
  url = await gateway.app.listen();
  await gateway.addModel('slow-head', { headDelayMs: 1_500 });
  await gateway.addModel('slow-words', { wordDelayMs: 150, words: Array.from({ length: 40 }, (_, i) => ` word${i}`) });
  await gateway.addModel('slow-usage', { usageDelayMs: 1_500 });
  await loadTokenizer(gateway);
});
afterAll(() => gateway[Symbol.asyncDispose]());

function ask(
  model: string,
  signal: AbortSignal,
  more: object = {},
  token = key,
  path = '/v1/chat/completions',
): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: 'POST',
    signal,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({
      model,
      stream: true,
      messages: [{ role: 'user', content: 'tell me a story about the sea' }],
      ...more,
    }),
  });
}

/** Reads until the text holds `needle`, then leaves. */
async function leaveAfter(response: Response, control: AbortController, needle: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const part of response.body!) {
    text += decoder.decode(part);
    if (text.includes(needle)) break;
  }
  control.abort();
  return text;
}

/** The latest call of the model, which the test before has had its own of. */
const settledCall = (model: string) =>
  eventually(async () => {
    const latest = (await gateway.calls()).findLast((call) => call.model === model);
    return latest?.state === 'settled' ? latest : undefined;
  }, 1_000);

async function nothingHeld(): Promise<void> {
  const { db } = gateway.app.ctx;
  await eventually(async () => {
    const held = await db.selectFrom('accounts').select('id').where('heldNanos', '>', 0).execute();
    return held.length === 0;
  }, 1_000);
  expect(gateway.app.ctx.gateway.watch.size).toBe(0);
}

const upstreamClosed = (model: string, since: number) =>
  eventually(async () => {
    const entry = gateway.upstream.journal.findLast((item) => item.model === model);
    return entry?.abortedAt && entry.abortedAt - since < 500;
  }, 1_000);

describe('R13: hanging up', () => {
  test('before it is sent, waiting in line: costs nothing and leaves no row', async () => {
    const poor = await gateway.pass({ max_budget: 0.0005 });
    const first = new AbortController();
    const running = ask('slow-head', first.signal, { max_tokens: 40 }, poor).catch(() => undefined);
    await Bun.sleep(100);
    const before = gateway.upstream.journal.length;
    const waiting = new AbortController();
    const second = ask('slow-head', waiting.signal, { max_tokens: 40 }, poor).catch(() => undefined);
    await Bun.sleep(100);
    waiting.abort();
    await second;
    first.abort();
    await running;
    await Bun.sleep(200);
    expect(gateway.upstream.journal.length).toBe(before);
    await nothingHeld();
  });

  test('before the upstream’s head: the prompt is charged', async () => {
    const control = new AbortController();
    const asked = ask('slow-head', control.signal).catch(() => undefined);
    await Bun.sleep(150);
    const since = performance.now();
    control.abort();
    await asked;
    await upstreamClosed('slow-head', since);
    const call = await settledCall('slow-head');
    expect(call).toMatchObject({ status: 'cancelled', estimated: 1, completionTokens: 0 });
    expect(call.costNanos).toBeGreaterThan(0);
    await nothingHeld();
  });

  test('before the first word: the prompt is charged', async () => {
    const control = new AbortController();
    const response = await ask('slow-words', control.signal);
    const since = performance.now();
    await leaveAfter(response, control, '"role":"assistant"');
    await upstreamClosed('slow-words', since);
    const call = await settledCall('slow-words');
    expect(call).toMatchObject({ status: 'cancelled', estimated: 1 });
    expect(call.costNanos).toBeGreaterThanOrEqual(call.promptTokens * 2_000);
    await nothingHeld();
  });

  test('in the middle of the text: the prompt and what was delivered are charged', async () => {
    const control = new AbortController();
    const response = await ask('slow-words', control.signal);
    await leaveAfter(response, control, 'word3');
    const since = performance.now();
    await upstreamClosed('slow-words', since);
    const call = await settledCall('slow-words');
    expect(call).toMatchObject({ status: 'cancelled', estimated: 1 });
    expect(call.completionTokens).toBeGreaterThanOrEqual(4);
    expect(call.completionTokens).toBeLessThan(20);
    await nothingHeld();
  });

  test('after the finish, before usage: estimated', async () => {
    const control = new AbortController();
    const response = await ask('slow-usage', control.signal);
    await leaveAfter(response, control, '"finish_reason":"stop"');
    const call = await settledCall('slow-usage');
    expect(call).toMatchObject({ status: 'cancelled', estimated: 1, completionTokens: 6 });
    await nothingHeld();
  });

  test('after usage, before the end: exactly what was reported is charged, whoever is first', async () => {
    await gateway.addModel('at-the-end', { end: 'no-done' });
    const control = new AbortController();
    const response = await ask('at-the-end', control.signal, { stream_options: { include_usage: true } });
    await leaveAfter(response, control, '"prompt_tokens":11');
    const call = await settledCall('at-the-end');
    expect(call).toMatchObject({ estimated: 0, costNanos: 11 * 2_000 + 6 * 8_000 });
    await nothingHeld();
  });

  const FORMATS: [string, object, string][] = [
    ['/v1/messages', { max_tokens: 500 }, 'word3'],
    ['/v1/responses', { messages: undefined, input: 'tell me a story about the sea' }, 'word3'],
    ['/v1/completions', { messages: undefined, prompt: 'tell me a story about the sea', max_tokens: 500 }, 'word3'],
  ];
  test.each(FORMATS)('in the middle of the text of %s: the same', async (path, more, needle) => {
    const model = `slow ${path}`;
    await gateway.addModel(model, { wordDelayMs: 150, words: Array.from({ length: 40 }, (_, i) => ` word${i}`) });
    const control = new AbortController();
    const response = await ask(model, control.signal, more, key, path);
    expect(response.status).toBe(200);
    await leaveAfter(response, control, needle);
    await upstreamClosed(model, performance.now());
    const call = await settledCall(model);
    expect(call).toMatchObject({ status: 'cancelled', estimated: 1 });
    expect(call.completionTokens).toBeGreaterThanOrEqual(4);
    expect(call.completionTokens).toBeLessThan(20);
    expect(call.costNanos).toBeGreaterThanOrEqual(call.promptTokens * 2_000 + 4 * 8_000);
    await nothingHeld();
  });

  test('with the request half sent: nothing is asked, nothing is charged', async () => {
    const before = [gateway.upstream.journal.length, (await gateway.calls()).length];
    const { port, hostname } = new URL(url);
    const socket = net.connect(Number(port), hostname);
    const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\n`;
    socket.write(`${head}content-type: application/json\r\ncontent-length: 5000\r\n\r\n{"model":"slow-words"`);
    await Bun.sleep(100);
    socket.resetAndDestroy();
    await Bun.sleep(300);
    expect([gateway.upstream.journal.length, (await gateway.calls()).length]).toEqual(before);
    await nothingHeld();
  });

  test('a whole answer nobody waits for is cancelled upstream too', async () => {
    const control = new AbortController();
    const asked = ask('slow-head', control.signal, { stream: false }).catch(() => undefined);
    await Bun.sleep(100);
    const since = performance.now();
    control.abort();
    await asked;
    await upstreamClosed('slow-head', since);
    expect(await settledCall('slow-head')).toMatchObject({ status: 'cancelled' });
    await nothingHeld();
  });
});
