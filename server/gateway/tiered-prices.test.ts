// Prices by the prompt's size and by the hour, through calls: what is held before, what is charged after.
import { expect, test } from 'bun:test';

import { createGatewayApp, eventually, type GatewayApp } from '../testing/gateway-app.ts';

/** Up to 32,000 tokens $0.46 and $2.30, up to 128,000 $0.70 and $3.50, above $1.40 and $7. */
const TIERED = 'doubao-seed-2-0-pro-260215';

async function openTiered(fields: Record<string, unknown> = {}): Promise<GatewayApp> {
  const site = await createGatewayApp();
  await site.addModel(TIERED, {}, { preset: 'doubao', prices: null, ...fields });
  return site;
}

async function chargeOf(site: GatewayApp, key: string, promptTokens: number, stream: boolean): Promise<number> {
  const usage = { prompt_tokens: promptTokens, completion_tokens: 10, total_tokens: promptTokens + 10 };
  site.upstream.script(TIERED, { usage });
  const answer = await site.chat(key, { model: TIERED, stream });
  await answer.text();
  expect(answer.status).toBe(200);
  return (await site.attempts()).at(-1)!.costNanos;
}

test('a call is charged by the tier its prompt fell into, to the nano-dollar at each edge', async () => {
  await using site = await openTiered();
  const key = await site.pass();
  for (const stream of [false, true]) {
    const charged: number[] = [];
    for (const tokens of [1, 32_000, 32_001, 128_000, 128_001]) charged.push(await chargeOf(site, key, tokens, stream));
    expect(charged).toEqual([
      460 + 10 * 2_300,
      32_000 * 460 + 10 * 2_300,
      32_001 * 700 + 10 * 3_500,
      128_000 * 700 + 10 * 3_500,
      128_001 * 1_400 + 10 * 7_000,
    ]);
  }
});

test('the hold of a pass with a budget stands at the highest tier its prompt can reach', async () => {
  await using site = await openTiered();
  const key = await site.pass({ max_budget: 100 });
  const heldFor = async (bytes: number) => {
    const messages = [{ role: 'user', content: 'a'.repeat(bytes) }];
    expect((await site.chat(key, { model: TIERED, messages, max_tokens: 1_000 })).status).toBe(200);
    const call = (await site.calls()).at(-1)!;
    return { held: call.heldNanos, prices: JSON.parse(call.holdPrices!) as { promptNanos: number } };
  };
  const small = await heldFor(100);
  expect(small.prices.promptNanos).toBe(460_000_000);
  expect(small.held).toBeGreaterThanOrEqual(100 * 460 + 1_000 * 2_300);
  const middle = await heldFor(40_000);
  expect(middle.prices.promptNanos).toBe(700_000_000);
  expect(middle.held).toBeGreaterThanOrEqual(40_000 * 700 + 1_000 * 3_500);
  const large = await heldFor(130_000);
  expect(large.prices.promptNanos).toBe(1_400_000_000);
  expect(large.held).toBeGreaterThanOrEqual(130_000 * 1_400 + 1_000 * 7_000);
});

test('money for the lower tier is not enough for a prompt that can reach the upper one', async () => {
  await using site = await openTiered();
  const messages = [{ role: 'user', content: 'a'.repeat(130_000) }];
  // 130,000 tokens cost $0.0598 in the lowest tier and $0.182 in the highest.
  const poor = await site.chat(await site.pass({ max_budget: 0.15 }), { model: TIERED, messages });
  expect([poor.status, (await poor.json()).error.code]).toEqual([429, 'insufficient_quota']);
  const rich = await site.chat(await site.pass({ max_budget: 0.2 }), { model: TIERED, messages });
  expect(rich.status).toBe(200);
});

test('a price by the hour is charged by the hour the call began in', async () => {
  await using site = await createGatewayApp();
  const { app } = site;
  // The published table: $0.27 and $1.10 between 00:30 and 16:30 UTC, else $0.135 and $0.55.
  const usage = { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 };
  const DAY = 86_400_000;
  const sinceChange = (app.clock.now() - 16.5 * 3_600_000) % DAY;
  app.clock.advance(DAY - sinceChange - 200);
  await site.addModel('deepseek-chat', { usage }, { preset: 'deepseek', prices: null });
  const key = await site.pass();
  const charge = async () => {
    expect((await site.chat(key, { model: 'deepseek-chat' })).status).toBe(200);
    return (await site.attempts()).at(-1)!.costNanos;
  };
  const [dear, cheap] = [1_000 * 270 + 100 * 1_100, 1_000 * 135 + 100 * 550];
  expect(await charge()).toBe(dear);
  app.clock.advance(200);
  // The catalog takes the new price up by itself, by a timer of its own.
  await eventually(async () => (await charge()) === cheap);
  expect((await site.attempts()).every(({ costNanos }) => costNanos === dear || costNanos === cheap)).toBe(true);
});

test('a match by the name alone is charged, and flagged where prices are shown', async () => {
  await using site = await createGatewayApp();
  const usage = { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 };
  await site.addModel('gpt-4o', { usage }, { prices: null });
  expect((await site.chat(await site.pass({ max_budget: 1 }), { model: 'gpt-4o' })).status).toBe(200);
  expect((await site.attempts()).at(-1)!.costNanos).toBe(1_000 * 2_500 + 100 * 10_000);
  const rows = await (await site.app.request('/api/admin/prices', { token: site.admin })).json();
  expect(rows).toMatchObject([{ model: 'gpt-4o', guessed: true, unpriced: false, source: 'genai-prices/openai' }]);
  const channels = await (await site.app.request('/api/admin/channels', { token: site.admin })).json();
  expect(JSON.stringify(channels)).toContain('"price_guessed":true');
});
