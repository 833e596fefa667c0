import { afterAll, beforeAll, expect, test } from 'bun:test';

import type { ChannelTestResult } from '@hallpass/shared/channel-tests.ts';
import type { ChannelView } from '@hallpass/shared/channel-views.ts';

import { createGatewayApp, eventually, type GatewayApp } from '../testing/gateway-app.ts';
import { freePort } from '../testing/server-process.ts';

let gateway: GatewayApp;
let channel: ChannelView;

beforeAll(async () => {
  gateway = await createGatewayApp();
  channel = (await gateway.addModel('m', {}, { is_enabled: false })) as unknown as ChannelView;
});
afterAll(() => gateway[Symbol.asyncDispose]());

const post = (path: string, json: object) => gateway.app.request(`/api/admin/${path}`, { json, token: gateway.admin });
const check = async (id: string, json: object = {}) =>
  (await (await post(`channels/${id}/test`, json)).json()) as ChannelTestResult[];

test('a channel that is not enabled yet is asked a real question; the row is a test on nobody’s account', async () => {
  const [result, ...others] = await check(channel.id);
  expect(others).toEqual([]);
  expect(result).toMatchObject({ ok: true, http_status: 200, model: 'm', answer: 'Hello from the scripted upstream.' });
  const call = (await gateway.calls()).at(-1)!;
  expect(call).toMatchObject({ id: result!.call_id, kind: 'test', state: 'settled', passId: null, accountIds: '[]' });
  expect(call.costNanos).toBe(11 * 2_000 + 6 * 8_000);
  expect(gateway.upstream.journal.at(-1)!.body.max_tokens).toBe(16);
});

test('a key that is refused is taken out and says why; once it answers again a test brings it back', async () => {
  gateway.upstream.script('m', { status: 401 });
  const [refused] = await check(channel.id);
  expect(refused).toMatchObject({
    ok: false,
    http_status: 401,
    answer: null,
    error: '对方拒绝了这个密钥：HTTP 401 “scripted 401”',
  });
  const keyRow = async () =>
    gateway.app.ctx.db.selectFrom('channelKeys').selectAll().where('channelId', '=', channel.id).executeTakeFirst();
  await eventually(async () => (await keyRow())?.status === 'disabled');
  gateway.upstream.script('m', {});
  expect((await check(channel.id, { key_id: channel.api_keys[0]!.id }))[0]).toMatchObject({ ok: true });
  expect(await keyRow()).toMatchObject({ status: 'enabled', lastError: null });
});

test('an unknown channel, model or key is not found', async () => {
  expect((await post('channels/ch_none/test', {})).status).toBe(404);
  expect((await post(`channels/${channel.id}/test`, { model: 'nope' })).status).toBe(404);
  expect((await post(`channels/${channel.id}/test`, { key_id: 'nope' })).status).toBe(404);
});

test('the models of an upstream: of a stored channel, and of values not saved yet', async () => {
  const stored = await post('upstream-models', { channel_id: channel.id });
  expect(await stored.json()).toEqual({ models: ['m'] });
  const typed = await post('upstream-models', { base_url: gateway.upstream.baseUrl, api_key: 'sk-typed' });
  expect(await typed.json()).toEqual({ models: ['m'] });
});

test('a stored key never goes to an address the request names (S28)', async () => {
  const both = await post('upstream-models', { channel_id: channel.id, base_url: 'http://127.0.0.1:1/v1' });
  expect(both.status).toBe(400);
  const metadata = await post('upstream-models', { base_url: 'http://169.254.169.254/v1', api_key: 'k' });
  expect(metadata.status).toBe(400);
});

test('an upstream that has no list: 502 with the reason', async () => {
  const answer = await post('upstream-models', { base_url: 'http://127.0.0.1:1/v1', api_key: 'k' });
  expect(answer.status).toBe(502);
  expect(((await answer.json()) as { error: { code: string } }).error.code).toBe('upstream_list_failed');
});

test('an address nobody answers at is told in the administrator’s language, by both buttons', async () => {
  const base_url = `http://127.0.0.1:${freePort()}/v1`;
  const dead = (await gateway.addModel('dead', {}, { base_url })) as unknown as ChannelView;
  for (const [locale, words] of [
    ['zh-CN', '对方拒绝连接'],
    ['zh-TW', '對方拒絕連線'],
    ['en', 'nothing answers there'],
  ] as const) {
    const ask = async (path: string, json: object) => {
      const headers = { 'accept-language': locale };
      return (await gateway.app.request(`/api/admin/${path}`, { json, token: gateway.admin, headers })).text();
    };
    const told = [
      await ask(`channels/${dead.id}/test`, {}),
      await ask('upstream-models', { base_url, api_key: 'k' }),
      await ask('upstream-models', { channel_id: dead.id }),
    ];
    for (const text of told) {
      expect(text).toContain(words);
      expect(text).not.toContain('Unable to connect');
      expect(text).not.toContain('connection_refused');
    }
  }
});
