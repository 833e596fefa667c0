// R12: a refused key comes back by a single probe, and a dead one is asked ever more seldom.
import { expect, test } from 'bun:test';

import type { ChannelView } from '@hallpass/shared/channel-views.ts';

import { createGatewayApp, eventually } from '../testing/gateway-app.ts';
import { probeKeys } from './key-probes.ts';

const MINUTE_MS = 60_000;
const { signal } = new AbortController();

test('R12: a refused key is probed after 5, 10, 20 minutes, once by all replicas together, until it answers', async () => {
  await using gateway = await createGatewayApp();
  const { ctx, clock } = gateway.app;
  const channel = (await gateway.addModel('m', { status: 401 })) as unknown as ChannelView;
  const pass = await gateway.pass({ max_budget: 5 });
  await gateway.chat(pass, {});
  const status = async () =>
    (await ctx.db.selectFrom('channelKeys').select('status').where('channelId', '=', channel.id).executeTakeFirst())
      ?.status;
  await eventually(async () => (await status()) === 'disabled');
  const probedAt: number[] = [];
  for (let minute = 1; minute <= 25; minute += 1) {
    clock.advance(MINUTE_MS);
    const counts = await Promise.all([probeKeys(ctx, signal), probeKeys(ctx, signal)]);
    const probed = counts[0]! + counts[1]!;
    expect(probed).toBeLessThanOrEqual(1);
    if (probed === 1) probedAt.push(minute);
  }
  expect(probedAt).toEqual([5, 10, 20]);
  expect(await status()).toBe('disabled');
  gateway.upstream.script('m', {});
  clock.advance(20 * MINUTE_MS);
  expect(await probeKeys(ctx, signal)).toBe(1);
  expect(await status()).toBe('enabled');
  expect((await gateway.chat(pass, {})).status).toBe(200);
  expect((await gateway.calls()).filter(({ kind }) => kind === 'test')).toHaveLength(4);
});

test('a key that an administrator disabled is not probed', async () => {
  await using gateway = await createGatewayApp();
  const channel = (await gateway.addModel('m', {})) as unknown as ChannelView;
  await gateway.app.request(`/api/admin/channels/${channel.id}`, {
    method: 'PUT',
    token: gateway.admin,
    json: { api_keys: [{ id: channel.api_keys[0]!.id, status: 'disabled' }] },
  });
  gateway.app.clock.advance(60 * MINUTE_MS);
  expect(await probeKeys(gateway.app.ctx, signal)).toBe(0);
});
