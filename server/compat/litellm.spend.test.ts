// Keys that really spend: what /key/* says is what the ledger holds, and a change counts for the next call.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { get, post, read } from '../testing/litellm.ts';

let gateway: GatewayApp;

beforeAll(async () => {
  gateway = await createGatewayApp({ TIME_ZONE: 'Asia/Shanghai' });
  // Only the output is paid and the answer is as long as the cap, so every call costs exactly COST.
  await gateway.addModel('m', {}, { prices: { prompt: 0, completion: 8 } });
  await gateway.addModel('other', {}, { prices: { prompt: 0, completion: 8 } });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const COST = (6 * 8_000) / 1e9;
const chat = async (key: string, fields: Record<string, unknown> = {}) =>
  read(gateway.chat(key, { max_tokens: 6, ...fields }));
const update = async (key: string, fields: Record<string, unknown>) => {
  const { status } = await post(gateway.app, '/key/update', { key, ...fields });
  expect(status).toBe(200);
};
const infoOf = async (key: string) =>
  (await get(gateway.app, '/key/info', key)).body['info'] as Record<string, unknown>;

/** How many calls pass until one is refused, and with which code. */
async function callsUntilRefused(key: string): Promise<[number, unknown]> {
  for (let passed = 0; ; passed++) {
    const { status, error } = await chat(key);
    if (status !== 200) return [passed, error['code']];
  }
}

describe('spend', () => {
  test('is the sum of the call rows, for the admin and for the pass itself', async () => {
    const key = await gateway.pass({ max_budget: 1 });
    for (let call = 0; call < 3; call++) expect((await chat(key)).status).toBe(200);
    expect((await infoOf(key))['spend']).toBe(3 * COST);
    const listed = (await get(gateway.app, '/key/list?sort_by=spend&return_full_object=true&size=1')).body['keys'];
    expect(listed).toMatchObject([{ spend: 3 * COST, max_budget: 1 }]);
  });

  test('starts anew with the period, at midnight where the school is', async () => {
    const key = await gateway.pass({ max_budget: 2 * COST, budget_duration: '1d' });
    expect((await infoOf(key))['budget_reset_at']).toBe('2026-11-21T16:00:00.000+00:00');
    expect(await callsUntilRefused(key)).toEqual([2, 'insufficient_quota']);
    expect(await infoOf(key)).toMatchObject({ spend: 2 * COST, budget_reset_at: '2026-11-21T16:00:00.000+00:00' });
    gateway.app.clock.setWall(Date.UTC(2026, 10, 21, 16));
    expect(await infoOf(key)).toMatchObject({ spend: 0, budget_reset_at: '2026-11-22T16:00:00.000+00:00' });
    expect(await callsUntilRefused(key)).toEqual([2, 'insufficient_quota']);
    gateway.app.clock.setWall(Date.UTC(2026, 10, 21, 2));
  });

  test('cannot be written: neither at creation nor by an update (S18)', async () => {
    const key = await gateway.pass({ max_budget: 2 * COST, spend: -100 });
    await chat(key);
    await update(key, { spend: 0, settled_nanos: 0, budget_reset_at: null });
    expect((await infoOf(key))['spend']).toBe(COST);
    expect(await callsUntilRefused(key)).toEqual([1, 'insufficient_quota']);
  });
});

describe('an update counts for the very next call', () => {
  test('a budget that is lowered below what was spent, raised, emptied and removed (S22)', async () => {
    const key = await gateway.pass({ max_budget: 10 * COST });
    for (let call = 0; call < 3; call++) await chat(key);
    await update(key, { max_budget: 2 * COST });
    expect((await chat(key)).error['code']).toBe('insufficient_quota');
    expect((await infoOf(key))['spend']).toBe(3 * COST);
    await update(key, { max_budget: 5 * COST });
    expect(await callsUntilRefused(key)).toEqual([2, 'insufficient_quota']);
    await update(key, { max_budget: 0 });
    expect((await chat(key)).status).toBe(429);
    await update(key, { max_budget: null });
    expect((await chat(key)).status).toBe(200);
    expect((await infoOf(key))['spend']).toBe(6 * COST);
  });

  test('a top-up and a cut in the other order end at the last one (S22)', async () => {
    const key = await gateway.pass({ max_budget: COST });
    await update(key, { max_budget: 4 * COST });
    await update(key, { max_budget: 2 * COST });
    expect(await callsUntilRefused(key)).toEqual([2, 'insufficient_quota']);
    await update(key, { max_budget: COST });
    await update(key, { max_budget: 3 * COST });
    expect(await callsUntilRefused(key)).toEqual([1, 'insufficient_quota']);
  });

  test('a budget of less than one nano more than spent buys nothing', async () => {
    const key = await gateway.pass({ max_budget: COST + 0.000000001 });
    expect(await callsUntilRefused(key)).toEqual([1, 'insufficient_quota']);
  });

  test('models, aliases, class hours, expiry, blocking and deletion', async () => {
    const key = await gateway.pass({ models: ['m'], aliases: { mine: 'm' } });
    expect((await chat(key, { model: 'mine' })).status).toBe(200);
    expect((await chat(key, { model: 'other' })).error['code']).toBe('model_not_allowed');
    await update(key, { models: ['other'], aliases: { mine: 'other' } });
    expect((await chat(key)).error['code']).toBe('model_not_allowed');
    expect((await chat(key, { model: 'mine' })).status).toBe(200);
    await update(key, {
      models: [],
      permissions: {
        access_schedule: { timezone: 'Asia/Shanghai', windows: [{ days: ['mon'], start: '08:00', end: '09:00' }] },
      },
    });
    const closed = await read(gateway.chat(key, {}, { headers: { 'accept-language': 'zh-TW' } }));
    expect([closed.status, closed.error['code']]).toEqual([403, 'class_closed']);
    expect(closed.error['message']).toBe('現在不是上課時間，週一 08:00 再開放。');
    await update(key, { permissions: null });
    expect((await chat(key)).status).toBe(200);
    await update(key, { duration: '1s' });
    gateway.app.clock.advance(1_000);
    expect((await chat(key)).error['code']).toBe('pass_expired');
    await update(key, { duration: null, blocked: true });
    expect((await chat(key)).error['code']).toBe('pass_blocked');
    await update(key, { blocked: false });
    expect((await chat(key)).status).toBe(200);
    await post(gateway.app, '/key/delete', { keys: [key] });
    expect((await chat(key)).error['code']).toBe('invalid_api_key');
  });

  test('requests a minute, raised and lowered', async () => {
    const key = await gateway.pass({ rpm_limit: 2, max_budget: 1 });
    expect(await callsUntilRefused(key)).toEqual([2, 'rate_limit_exceeded']);
    await update(key, { rpm_limit: 3 });
    expect(await callsUntilRefused(key)).toEqual([1, 'rate_limit_exceeded']);
    await update(key, { rpm_limit: null });
    expect((await chat(key)).status).toBe(200);
  });

  test('the value of a deleted key, given to a new pass, carries nothing over', async () => {
    const own = 'sk-my-imported-key-1';
    await gateway.pass({ key: own, max_budget: COST });
    expect(await callsUntilRefused(own)).toEqual([1, 'insufficient_quota']);
    await post(gateway.app, '/key/delete', { keys: [own] });
    await gateway.pass({ key: own, max_budget: 2 * COST });
    expect((await infoOf(own))['spend']).toBe(0);
    expect(await callsUntilRefused(own)).toEqual([2, 'insufficient_quota']);
  });
});
