import { expect, test } from 'bun:test';

import type { ChatLimits } from '@hallpass/shared/limits.ts';

import { upsertSetting } from '../settings/store.ts';
import { createGatewayApp, eventually } from '../testing/gateway-app.ts';
import { addPass, addPlan } from '../testing/passes.ts';
import { signInAs } from '../testing/people.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { limitScopes } from './rules.ts';

const limits = async (app: TestApp, init = {}) => (await app.request('/api/chat/limits', init)).json();

const NO_OTHERS = { tokens: null, budget: null };

/** Takes places as so many questions do. */
async function take(app: TestApp, ip: string, count: number): Promise<void> {
  const scopes = limitScopes(await app.ctx.passes.forGuest(ip));
  for (let i = 0; i < count; i++) await app.ctx.limits.acquire(scopes, 1);
}

test('a guest sees what is left by address, and looking takes nothing', async () => {
  await using app = await createTestApp({ GUEST_RPM: '10' });
  await take(app, '203.0.113.1', 3);
  for (let i = 0; i < 20; i++)
    expect(await limits(app)).toEqual({ requests: { limit: 10, remaining: 7, reset_seconds: 60 }, ...NO_OTHERS });
  expect(await limits(app, { ip: '203.0.113.2' })).toEqual({
    requests: { limit: 10, remaining: 10, reset_seconds: 0 },
    ...NO_OTHERS,
  });
});

test('used up, it tells the same wait as the refusal, and the places come back', async () => {
  await using app = await createTestApp({ GUEST_RPM: '2' });
  await take(app, '203.0.113.1', 2);
  app.clock.advance(20_000);
  const { requests } = (await limits(app)) as { requests: { remaining: number; reset_seconds: number } };
  expect(requests).toMatchObject({ remaining: 0, reset_seconds: 40 });
  app.clock.advance(41_000);
  expect(await limits(app)).toMatchObject({ requests: { remaining: 2 } });
});

test('the signed-in are counted by account, and a changed setting shows at once', async () => {
  await using app = await createTestApp({ GUEST_RPM: '1', USER_RPM: '60' });
  await take(app, '203.0.113.1', 1);
  const { token } = await signInAs(app.ctx, 'user');
  expect(await limits(app, { token })).toMatchObject({ requests: { limit: 60, remaining: 60 } });
  await upsertSetting(app.ctx.db, { key: 'user_rpm', value: '5', updatedAt: 1, updatedBy: null });
  await app.ctx.settings.reload();
  app.ctx.events.emit({ type: 'settings.changed' });
  expect(await limits(app, { token })).toMatchObject({ requests: { limit: 5 } });
});

test('who has no limit is told so', async () => {
  await using app = await createTestApp();
  const { key } = await addPass(app.ctx);
  expect(await limits(app, { token: key })).toEqual({ requests: null, ...NO_OTHERS });
});

test('the tightest of several limits and budgets is told, with what running answers hold taken off', async () => {
  await using gateway = await createGatewayApp();
  const { app } = gateway;
  await gateway.addModel('m', { headDelayMs: 400 }, { prices: { prompt: 0, completion: 8 } });
  const planId = await addPlan(app.ctx, { tpmLimit: 500, budgetNanos: 900_000, budgetPeriod: '1d' });
  const { key } = await addPass(app.ctx, { planId, tpmLimit: 9_000, budgetNanos: 5_000_000 });
  const look = async () => (await limits(app, { token: key })) as ChatLimits;
  expect(await look()).toEqual({
    requests: null,
    tokens: { limit: 500, remaining: 500, reset_seconds: 0 },
    budget: { limit: 0.0009, remaining: 0.0009, resets_at: '2026-11-21T16:00:00.000Z' },
  });
  const running = gateway.chat(key, { max_tokens: 6 });
  await eventually(async () => (await look()).budget!.remaining === 0.000_852);
  await (await running).text();
  const after = await look();
  expect(after.budget!.remaining).toBe(0.000_852);
  expect(after.tokens!.remaining).toBeLessThan(500);
});
