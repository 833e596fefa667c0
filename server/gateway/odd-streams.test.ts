// Streams as no upstream should send them, and clients that do not read them.
import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test';
import net from 'node:net';

import { checkInvariants } from '../ledger/invariants.ts';
import { createGatewayApp, eventsOf, eventually, type GatewayApp } from '../testing/gateway-app.ts';

let gateway: GatewayApp;
let key: string;

beforeAll(async () => {
  gateway = await createGatewayApp();
  key = await gateway.pass({ max_budget: 5 });
});
beforeEach(() => gateway.app.ctx.gateway.health.forget());
afterAll(() => gateway[Symbol.asyncDispose]());

const event = (value: object) => `data: ${JSON.stringify({ id: 'c1', created: 7, model: 'up', ...value })}\n\n`;
const word = (content: string, finish_reason: string | null = null, index = 0) =>
  event({ choices: [{ index, delta: { content }, finish_reason }] });
const USAGE = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const DONE = 'data: [DONE]\n\n';

let models = 0;

/** What the client gets of a stream, and the row it left. */
async function relay(rawBody: string, fields: object = {}, path = '/v1/chat/completions') {
  const model = `odd ${(models += 1)}`;
  await gateway.addModel(model, { rawBody, headers: { 'content-type': 'text/event-stream' } });
  const response = await gateway.chat(key, { model, stream: true, ...fields }, { path });
  const events = eventsOf(await response.text());
  const call = (await gateway.calls()).findLast((row) => row.model === model);
  return { status: response.status, events, call: call! };
}

test.each([
  ['a null among the choices', event({ choices: [null] })],
  ['a number among the choices', event({ choices: [1] })],
  ['a delta that is a word', event({ choices: [{ index: 0, delta: 'x' }] })],
  ['tool calls that are null', event({ choices: [{ index: 0, delta: { tool_calls: [null] } }] })],
  ['usage that is a word', event({ choices: [], usage: 'much' })],
  ['an empty event', 'data:\n\n'],
])('%s does not end the answer', async (_name, odd) => {
  const { events, call } = await relay(
    word('a') + odd + word('', 'stop') + event({ choices: [], usage: USAGE }) + DONE,
  );
  expect(events.at(-1)).toBe('[DONE]');
  expect(call).toMatchObject({ state: 'settled', status: 'success', promptTokens: 3, completionTokens: 2 });
});

test('usage before the finish, with the last word, or as running totals is charged once, and shown last (C07)', async () => {
  const wanted = { stream_options: { include_usage: true } };
  const streams = [
    event({ choices: [], usage: USAGE }) + word('a') + word('', 'stop') + DONE,
    word('a') + event({ usage: USAGE }) + word('', 'stop') + DONE,
    event({ choices: [{ index: 0, delta: { content: 'a' } }], usage: { ...USAGE, completion_tokens: 1 } }) +
      event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: USAGE }),
  ];
  for (const stream of streams) {
    const { events, call } = await relay(stream, wanted);
    expect(call).toMatchObject({ promptTokens: 3, completionTokens: 2, estimated: 0 });
    const chunks = events.slice(0, -1).map((data) => JSON.parse(data) as { usage: unknown; choices: unknown[] });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: USAGE });
    expect(chunks.slice(0, -1).map(({ usage }) => usage)).toEqual(chunks.slice(0, -1).map(() => null));
  }
});

test('a whole answer may begin with a byte order mark', async () => {
  const choices = [{ index: 0, message: { role: 'assistant', content: 'a' }, finish_reason: 'stop' }];
  const answer = { id: 'c', object: 'chat.completion', created: 7, model: 'marked', choices, usage: USAGE };
  const rawBody = `\uFEFF${JSON.stringify(answer)}`;
  await gateway.addModel('marked', { rawBody, headers: { 'content-type': 'application/json' } });
  const response = await gateway.chat(key, { model: 'marked' });
  expect([response.status, await response.text()]).toEqual([200, JSON.stringify(answer)]);
});

test('usage nobody reported is shown as it was counted, to a client that asked', async () => {
  const { events, call } = await relay(word('one two three') + word('', 'stop') + DONE, {
    stream_options: { include_usage: true },
  });
  expect(call.estimated).toBe(1);
  expect(JSON.parse(events.at(-2)!)).toMatchObject({
    id: 'c1',
    choices: [],
    usage: { prompt_tokens: call.promptTokens, completion_tokens: call.completionTokens },
  });
});

test('of two answers one is not finished: cut, not a success (C10, C11)', async () => {
  const { events, call } = await relay(word('a') + word('b', null, 1) + word('', 'stop'), { n: 2 });
  expect(events.at(-1)).toContain('stream_cut');
  expect(call.status).toBe('cut');
});

test('on the chat page a cut stream ends with requirement 001’s error', async () => {
  const { events } = await relay(word('a'), {}, '/api/chat/completions');
  expect(JSON.parse(events.at(-1)!)).toEqual({
    error: { type: 'upstream_error', message: '上游渠道暂时不可用，请稍后再试', code: 'stream_cut', param: null },
  });
});

test('an upstream that goes on after [DONE] is closed', async () => {
  let closed = false;
  using server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    fetch(request) {
      request.signal.addEventListener('abort', () => (closed = true));
      async function* events() {
        yield new TextEncoder().encode(word('a') + word('', 'stop') + DONE);
        await Bun.sleep(60_000);
      }
      return new Response(events() as never, { headers: { 'content-type': 'text/event-stream' } });
    },
  });
  await gateway.addModel('endless', {}, { base_url: `http://127.0.0.1:${server.port}/v1` });
  const text = await (await gateway.chat(key, { model: 'endless', stream: true })).text();
  expect(text.endsWith(DONE)).toBe(true);
  await eventually(async () => closed, 3_000);
});

test('R14: a reader that stops is not fed, and after a minute has left: settled, upstream closed, place free', async () => {
  const upstream = startFlood();
  await gateway.addModel('flood', {}, { base_url: upstream.baseUrl });
  const single = await gateway.pass({ max_budget: 5, max_parallel_requests: 1 });
  using socket = await openAndStopReading(await gateway.app.listen(), single, 'flood');
  await eventually(async () => upstream.sent > 1_000_000);
  // What the kernel's and Bun's buffers hold; nothing more is taken from the upstream.
  await eventually(async () => {
    const sent = upstream.sent;
    await Bun.sleep(500);
    return upstream.sent === sent;
  }, 10_000);
  expect((await gateway.chat(single, { model: 'flood' })).status).toBe(429);
  gateway.app.clock.advance(60_000);
  const call = await eventually(async () => {
    const row = (await gateway.calls()).findLast(({ model }) => model === 'flood');
    return row?.state === 'settled' && row;
  });
  expect(call).toMatchObject({
    status: 'cancelled',
    errorCode: 'client_gone',
    errorMessage: 'the client stopped reading',
  });
  await eventually(async () => upstream.closed);
  await eventually(async () => gateway.app.ctx.gateway.watch.size === 0);
  expect(gateway.app.ctx.gateway.running.size).toBe(0);
  expect(socket.destroyed).toBe(false);
  upstream.stop();
});

test('an answer nobody begins to read is ended the same way', async () => {
  await gateway.addModel('unread', { wordDelayMs: 5 });
  await gateway.chat(key, { model: 'unread', stream: true });
  await Bun.sleep(1_100);
  gateway.app.clock.advance(60_000);
  await eventually(
    async () => (await gateway.calls()).findLast(({ model }) => model === 'unread')?.state === 'settled',
  );
  await eventually(async () => gateway.app.ctx.gateway.watch.size === 0);
});

test('after all this the books are right', async () => {
  expect(await checkInvariants(gateway.app.ctx.db as never)).toEqual([]);
});

function startFlood() {
  const state = { sent: 0, closed: false };
  const data = new TextEncoder().encode(word('x'.repeat(16_000)));
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    fetch(request) {
      request.signal.addEventListener('abort', () => (state.closed = true));
      async function* events() {
        for (let i = 0; i < 10_000; i += 1) {
          state.sent += data.byteLength;
          yield data;
          if (i % 50 === 0) await Bun.sleep(1);
        }
      }
      return new Response(events() as never, { headers: { 'content-type': 'text/event-stream' } });
    },
  });
  return Object.assign(state, { baseUrl: `http://127.0.0.1:${server.port}/v1`, stop: () => void server.stop(true) });
}

async function openAndStopReading(url: string, pass: string, model: string): Promise<net.Socket & Disposable> {
  const { port, hostname } = new URL(url);
  const socket = net.connect(Number(port), hostname);
  socket.pause();
  const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'hi' }] });
  const head = [
    'POST /v1/chat/completions HTTP/1.1',
    'host: x',
    `authorization: Bearer ${pass}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  return Object.assign(socket, { [Symbol.dispose]: () => void socket.destroy() });
}
