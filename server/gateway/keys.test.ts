// Several keys a channel: what their upstream says of each is kept, shown, and acted on (R12, requirement 003).
import { afterAll, beforeAll, expect, test } from 'bun:test';

import type { ChannelView } from '@hallpass/shared/channel-views.ts';

import { MemoryBoard } from '../channels/board.ts';
import { restoreCooldowns } from '../channels/key-cooldowns.ts';
import { createGatewayApp, eventually, type GatewayApp } from '../testing/gateway-app.ts';

let gateway: GatewayApp;
let pass: string;
let upstream: ReturnType<typeof startKeyedUpstream>;

beforeAll(async () => {
  gateway = await createGatewayApp();
  pass = await gateway.pass({ max_budget: 5 });
  upstream = startKeyedUpstream();
});
afterAll(async () => {
  upstream.stop();
  await gateway[Symbol.asyncDispose]();
});

/** Answers by the key it is sent: `refused…` 401, `throttled…` 429, all others well. */
function startKeyedUpstream() {
  const asked: string[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch(request) {
      const key = request.headers.get('authorization')!.replace('Bearer ', '');
      asked.push(key);
      if (key.startsWith('refused'))
        return Response.json({ error: { message: 'Incorrect API key provided' } }, { status: 401 });
      if (key.startsWith('throttled'))
        return Response.json(
          { error: { message: 'Too many requests' } },
          { status: 429, headers: { 'retry-after-ms': '30000' } },
        );
      return Response.json({
        id: 'x',
        object: 'chat.completion',
        created: 1,
        model: 'm',
        choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 1, completion_tokens: 1 },
      });
    },
  });
  return { asked, baseUrl: `http://127.0.0.1:${server.port}/v1`, stop: () => void server.stop(true) };
}

async function addChannel(model: string, keys: string[], more: object = {}): Promise<ChannelView> {
  const api_keys = keys.map((key) => ({ key }));
  const { api_key: _, ...fields } = { api_key: undefined, base_url: upstream.baseUrl, api_keys, ...more };
  return (await gateway.addModel(model, {}, { api_key: undefined, ...fields })) as unknown as ChannelView;
}

const channels = async () =>
  (await (await gateway.app.request('/api/admin/channels', { token: gateway.admin })).json()) as ChannelView[];
const keysOf = async ({ id }: ChannelView) => (await channels()).find((channel) => channel.id === id)!.api_keys;

test('a refused and a throttled key: the third answers, and the administrator sees why', async () => {
  const channel = await addChannel('three keys', ['refused-1', 'throttled-1', 'good-1']);
  const told: string[] = [];
  gateway.app.ctx.events.on('channel.key_disabled', ({ reason }) => told.push(reason));
  expect((await gateway.chat(pass, { model: 'three keys' })).status).toBe(200);
  expect(upstream.asked).toEqual(['refused-1', 'throttled-1', 'good-1']);
  const keys = await eventually(async () => {
    const found = await keysOf(channel);
    return found[0]!.status === 'disabled' && found[1]!.cooldown_until !== null && found;
  });
  expect(keys[0]).toMatchObject({ status: 'disabled', last_error: 'HTTP 401: Incorrect API key provided' });
  expect(keys[1]).toMatchObject({ status: 'enabled', last_error: 'HTTP 429: Too many requests' });
  expect(keys[2]).toMatchObject({ status: 'enabled', last_error: null, cooldown_until: null });
  expect(told).toEqual(['HTTP 401: Incorrect API key provided']);
  upstream.asked.length = 0;
  await gateway.chat(pass, { model: 'three keys' });
  expect(upstream.asked).toEqual(['good-1']);
});

test('a restart goes on with the rest of a cooldown; after it the key is asked again', async () => {
  const [, throttled] = (await channels()).find(({ model_id }) => model_id === 'three keys')!.api_keys;
  const board = new MemoryBoard(gateway.app.clock);
  await restoreCooldowns(gateway.app.ctx.db, board, gateway.app.clock.now());
  expect(board.restingMs(throttled!.id)).toBe(30_000);
  gateway.app.clock.advance(30_001);
  upstream.asked.length = 0;
  await gateway.chat(pass, { model: 'three keys' });
  expect(upstream.asked).toEqual(['throttled-1', 'good-1']);
});

test('saving a channel tries its keys again and leaves the cooldowns of others alone', async () => {
  const other = await addChannel('other', ['throttled-2']);
  await gateway.chat(pass, { model: 'other' });
  const first = (await channels()).find(({ model_id }) => model_id === 'three keys')!;
  await eventually(async () => (await keysOf(other))[0]!.cooldown_until !== null);
  await gateway.app.request(`/api/admin/channels/${first.id}`, {
    method: 'PUT',
    token: gateway.admin,
    json: { api_keys: first.api_keys.map(({ id }) => ({ id })) },
  });
  upstream.asked.length = 0;
  await gateway.chat(pass, { model: 'three keys' });
  expect(upstream.asked[0]).toBe('refused-1');
  upstream.asked.length = 0;
  const busy = await gateway.chat(pass, { model: 'other' });
  expect(busy.status).toBe(429);
  expect(busy.headers.get('retry-after')).toBe('30');
  expect(upstream.asked).toEqual([]);
});

test('a key an administrator disabled stays so when the channel is saved', async () => {
  const channel = await addChannel('by hand', ['good-2', 'good-3']);
  const put = (json: object) =>
    gateway.app.request(`/api/admin/channels/${channel.id}`, { method: 'PUT', token: gateway.admin, json });
  await put({ api_keys: [{ id: channel.api_keys[0]!.id, status: 'disabled' }, { id: channel.api_keys[1]!.id }] });
  await put({ name: 'renamed' });
  expect((await keysOf(channel)).map(({ status }) => status)).toEqual(['disabled', 'enabled']);
});
