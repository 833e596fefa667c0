// Health checks by timer, and what the last check of a channel found.
import { expect, test } from 'bun:test';

import type { ChannelView } from '@hallpass/shared/channel-views.ts';

import { createGatewayApp, eventually, type GatewayApp } from '../testing/gateway-app.ts';
import { startGeminiUpstream } from '../testing/scripted-gemini.ts';
import { runHealthChecks } from './health-checks.ts';

const MINUTE_MS = 60_000;
const { signal } = new AbortController();

const checked = (gateway: GatewayApp) => runHealthChecks(gateway.app.ctx, signal);
const tests = async (gateway: GatewayApp) => (await gateway.calls()).filter(({ kind }) => kind === 'test');

async function addChannel(gateway: GatewayApp, name: string, options: object): Promise<ChannelView> {
  return (await gateway.addModel(name, {}, { options })) as unknown as ChannelView;
}

async function view(gateway: GatewayApp, id: string): Promise<ChannelView> {
  const response = await gateway.app.request('/api/admin/channels', { token: gateway.admin });
  return ((await response.json()) as ChannelView[]).find((channel) => channel.id === id)!;
}

test('a channel is asked as often as its administrator said, once by all replicas together', async () => {
  await using gateway = await createGatewayApp();
  const channel = await addChannel(gateway, 'm', { health_check_minutes: 10 });
  await addChannel(gateway, 'unchecked', {});
  const askedAt: number[] = [];
  for (let minute = 0; minute <= 25; minute += 1) {
    const counts = await Promise.all([checked(gateway), checked(gateway)]);
    if (counts[0]! + counts[1]! > 0) askedAt.push(minute);
    expect(counts[0]! + counts[1]!).toBeLessThanOrEqual(1);
    gateway.app.clock.advance(MINUTE_MS);
  }
  expect(askedAt).toEqual([0, 10, 20]);
  expect(await tests(gateway)).toHaveLength(3);
  expect(channel.last_check).toBeNull();
  expect((await view(gateway, channel.id)).last_check).toMatchObject({ latency_ms: expect.any(Number), error: null });
});

test('a channel that speaks Gemini’s own format is asked in it', async () => {
  await using gateway = await createGatewayApp();
  using gemini = startGeminiUpstream();
  const speaks = { base_url: gemini.baseUrl, protocol: 'gemini', auth_type: 'x-goog-api-key' };
  const options = { health_check_minutes: 1 };
  const { id } = await gateway.addModel('gemini-3.8-flash', {}, { ...speaks, options });
  expect(await checked(gateway)).toBe(1);
  expect((await view(gateway, String(id))).last_check).toMatchObject({ latency_ms: expect.any(Number), error: null });
  gemini.script = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } };
  gateway.app.clock.advance(MINUTE_MS);
  expect(await checked(gateway)).toBe(1);
  expect((await view(gateway, String(id))).last_check).toMatchObject({ latency_ms: null, error: 'HTTP 503' });
  expect(await tests(gateway)).toHaveLength(2);
});

test('a check that fails says why; the next one that goes well ends the channel’s rest', async () => {
  await using gateway = await createGatewayApp();
  const channel = await addChannel(gateway, 'm', { health_check_minutes: 1 });
  gateway.upstream.script('m', { status: 503 });
  const { health } = gateway.app.ctx.gateway;
  for (let round = 0; round < 5; round += 1) {
    gateway.app.clock.advance(MINUTE_MS);
    expect(await checked(gateway)).toBe(1);
  }
  const failing = await view(gateway, channel.id);
  expect(failing.last_check).toMatchObject({ latency_ms: null, error: 'HTTP 503' });
  gateway.upstream.script('m', { rawBody: '<html>', headers: { 'content-type': 'text/html' } });
  gateway.app.clock.advance(MINUTE_MS);
  expect(await checked(gateway)).toBe(1);
  // A code, which the page says in its reader's language.
  expect((await view(gateway, channel.id)).last_check?.error).toBe('answer_not_ours');
  expect(health.isResting(channel.id)).toBe(true);
  gateway.app.ctx.board.rest(channel.id, 10 * MINUTE_MS);
  gateway.upstream.script('m', {});
  gateway.app.clock.advance(MINUTE_MS);
  expect(await checked(gateway)).toBe(1);
  expect(health.isResting(channel.id)).toBe(false);
  expect((await view(gateway, channel.id)).last_check?.error).toBeNull();
});

test('a key that was told to wait is not asked, nor one that is disabled', async () => {
  await using gateway = await createGatewayApp();
  const channel = await addChannel(gateway, 'm', { health_check_minutes: 1 });
  const [key] = channel.api_keys;
  gateway.app.ctx.board.rest(key!.id, 10 * MINUTE_MS);
  expect(await checked(gateway)).toBe(1);
  expect(await tests(gateway)).toEqual([]);
  gateway.app.ctx.board.wake([key!.id]);
  gateway.upstream.script('m', { status: 401 });
  gateway.app.clock.advance(MINUTE_MS);
  await checked(gateway);
  await eventually(async () => (await view(gateway, channel.id)).api_keys[0]!.status === 'disabled');
  gateway.app.clock.advance(MINUTE_MS);
  await checked(gateway);
  expect(await tests(gateway)).toHaveLength(1);
});

test.each([0, 1.5, 1_441, '5'])('%p is no number of minutes between checks', async (minutes) => {
  await using gateway = await createGatewayApp();
  const response = await gateway.app.request('/api/admin/channels', {
    json: {
      name: 'c',
      base_url: gateway.upstream.baseUrl,
      model_id: 'm',
      options: { health_check_minutes: minutes },
    },
    token: gateway.admin,
  });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain('health_check_minutes');
});
