// A chunk of an upstream's stream that holds a hundred thousand events: the loop is everyone's.
import { afterAll, beforeAll, expect, spyOn, test } from 'bun:test';

import { createGatewayApp, eventually, type GatewayApp } from '../testing/gateway-app.ts';
import { UpstreamStream } from './upstream-stream.ts';

const COUNT = 100_000;
/** Two shares: a turn may end one and begin the next. */
const MOST = 300;

let gateway: GatewayApp;
let key: string;
let url: string;

beforeAll(async () => {
  gateway = await createGatewayApp();
  key = await gateway.pass({ max_budget: 500 });
  url = await gateway.app.listen();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const event = (delta: object, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c1', created: 7, model: 'up', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
const END = event({}, 'stop');
const DONE = 'data: [DONE]\n\n';

/** As the runtime hands over what it has gathered, only more of it. */
function inOneChunk(text: string): Response {
  const bytes = new TextEncoder().encode(text);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

/** Takes this stream; @returns what it gave, and the most events that were looked at in one turn of the loop. */
async function take(path: string, model: string, stream: string): Promise<{ most: number; text: string }> {
  await gateway.addModel(model);
  gateway.app.ctx.gateway.protocols['openai-chat'] = async () => inOneChunk(stream);
  using watched = watchTurns();
  const messages = [{ role: 'user', content: 'hi' }];
  const asked = path === '/v1/responses' ? { input: 'hi' } : { max_tokens: 100, messages };
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ model, stream: true, ...asked });
  const answer = await fetch(url + path, { method: 'POST', headers, body });
  expect(answer.status).toBe(200);
  const text = await answer.text();
  await eventually(async () => watched.taken > COUNT);
  return { most: watched.most, text };
}

function watchTurns() {
  const state = { taken: 0, most: 0 };
  let inTurn = 0;
  const { take: original } = UpstreamStream.prototype;
  const counting = spyOn(UpstreamStream.prototype, 'take').mockImplementation(function (this: UpstreamStream) {
    const item = original.call(this);
    if (item?.kind === 'event') state.taken += 1;
    state.most = Math.max(state.most, (inTurn += 1));
    return item;
  });
  let turn = setImmediate(function next() {
    inTurn = 0;
    turn = setImmediate(next);
  });
  const stop = (): void => {
    counting.mockRestore();
    clearImmediate(turn);
  };
  return Object.assign(state, { [Symbol.dispose]: stop });
}

const said = event({ content: 'a' }).repeat(COUNT);

test.each(['/v1/chat/completions', '/v1/messages', '/v1/responses'])('of %s', async (path) => {
  const { most, text } = await take(path, `many ${path}`, said + END + DONE);
  expect(text.split('"a"').length).toBeGreaterThan(COUNT);
  expect(most).toBeLessThan(MOST);
});

test('of which nothing is sent on', async () => {
  const { most, text } = await take('/v1/messages', 'silent', event({ content: '' }).repeat(COUNT) + END + DONE);
  expect(text.length).toBeLessThan(1_000);
  expect(most).toBeLessThan(MOST);
});

test('behind the end of the answer', async () => {
  const { most, text } = await take('/v1/chat/completions', 'late', event({ content: 'a' }) + END + DONE + said);
  expect(text.endsWith(DONE)).toBe(true);
  expect(most).toBeLessThan(MOST);
});
