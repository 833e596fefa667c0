import { expect, test } from 'bun:test';

import type { PriceImportReport } from '@hallpass/shared/prices.ts';

import { createGatewayApp } from '../testing/gateway-app.ts';
import { readPriceFile } from './price-file.ts';

const path = '/api/admin/prices/import';
const model = (input: unknown, output: unknown = 8e-6, more = {}) => ({
  litellm_provider: 'openai',
  mode: 'chat',
  input_cost_per_token: input,
  output_cost_per_token: output,
  ...more,
});
const FILE = {
  sample_spec: { input_cost_per_token: 'the price', max_tokens: 'a number' },
  'test-model': model(2.7e-7, 1.1e-6, { cache_read_input_token_cost: 7e-8 }),
  'b-model': model(1e-6),
  'c-model': model(1e-6),
  'picture-model': { litellm_provider: 'openai', mode: 'image_generation', output_cost_per_image: 0.04 },
};

async function open() {
  const site = await createGatewayApp();
  const post = (to: string, json: unknown) => site.app.request(to, { json, token: site.admin });
  const route = async () => {
    const channels = await (await site.app.request('/api/admin/channels', { token: site.admin })).json();
    return (channels as { models: Record<string, unknown>[] }[])[0]!.models[0]!;
  };
  return { ...site, post, route, [Symbol.asyncDispose]: () => site[Symbol.asyncDispose]() };
}

test('each price is read by its decimal text, tier by tier', () => {
  const { entries, problems } = readPriceFile({
    tiered: model(1.25e-6, 1e-5, {
      input_cost_per_token_above_200k_tokens: 2.5e-6,
      output_cost_per_token_above_128k_tokens: 1.5e-5,
      output_cost_per_reasoning_token: 0.0000123,
    }),
  });
  expect(problems).toEqual([]);
  const kinds = entries['tiered']!.tiers.map(({ aboveTokens, prices }) => [
    aboveTokens,
    prices.promptNanos,
    prices.completionNanos,
    prices.reasoningNanos,
  ]);
  expect(kinds).toEqual([
    [0, 1_250_000_000, 10_000_000_000, 12_300_000_000],
    [128_000, 1_250_000_000, 15_000_000_000, 12_300_000_000],
    [200_000, 2_500_000_000, 15_000_000_000, 12_300_000_000],
  ]);
});

test('a dry run reports and changes nothing; the import prices the next call and stamps its version on the row', async () => {
  await using site = await open();
  await site.addModel('test-model', {}, { prices: null, preset: 'openai' });
  const dry = (await (await site.post(`${path}?dry_run=true`, FILE)).json()) as PriceImportReport;
  expect(dry).toMatchObject({
    version: null,
    accepted: true,
    counts: { models: 3, added: 3, skipped: 1, problems: 0 },
  });
  expect(dry.skipped).toEqual([{ model: 'picture-model', reason: 'has no price for a token' }]);
  expect((await site.route())['price_source']).not.toBe('price-file/openai');

  const { db } = site.app.ctx;
  const changes = async () => (await db.selectFrom('changes').select('version').executeTakeFirstOrThrow()).version;
  const before = await changes();
  const response = await site.post(path, FILE);
  expect(response.status).toBe(200);
  const { version } = (await response.json()) as PriceImportReport;
  expect(await changes()).toBe(before + 1);
  expect(await site.route()).toMatchObject({
    price_source: 'price-file/openai',
    price_guessed: false,
    effective_prices: { prompt: 0.27, completion: 1.1, cached: 0.07 },
  });
  expect((await site.chat(await site.pass(), { model: 'test-model' })).status).toBe(200);
  expect((await site.attempts()).at(-1)).toMatchObject({ priceVersion: version! });
  const audited = await db.selectFrom('audit').select('action').where('action', '=', 'prices.import').execute();
  expect(audited).toHaveLength(1);
});

test('the price found by the model’s name alone is flagged, and the administrator’s own comes before the file', async () => {
  await using site = await open();
  await site.addModel('test-model', {}, { prices: null });
  await site.post(path, FILE);
  expect(await site.route()).toMatchObject({ price_source: 'price-file/openai', price_guessed: true });
  await using other = await open();
  await other.addModel('test-model', {}, { preset: 'openai' });
  // The own price is 2 dollars; the file's is told apart from it, and is no slip.
  expect((await other.post(path, FILE)).status).toBe(200);
  expect(await other.route()).toMatchObject({ price_source: 'own', effective_prices: { prompt: 2 } });
});

test('a second file reports what changed; restore brings the first back, and again the second', async () => {
  await using site = await open();
  await site.addModel('test-model', {}, { prices: null, preset: 'openai' });
  expect((await site.post('/api/admin/prices/restore', {})).status).toBe(404);
  const first = (await (await site.post(path, FILE)).json()) as PriceImportReport;
  const next = { ...FILE, 'test-model': model(3e-7), 'd-model': model(1e-6), 'c-model': undefined };
  const second = (await (await site.post(path, next)).json()) as PriceImportReport;
  expect(second).toMatchObject({
    added: ['d-model'],
    gone: ['c-model'],
    changed: [{ model: 'test-model', from: { prompt: 0.27 }, to: { prompt: 0.3 } }],
  });
  const restored = await (await site.post('/api/admin/prices/restore', {})).json();
  expect(restored).toEqual({ version: first.version, models: 3 });
  expect(await site.route()).toMatchObject({ effective_prices: { prompt: 0.27 } });
  await site.post('/api/admin/prices/restore', {});
  expect(await site.route()).toMatchObject({ effective_prices: { prompt: 0.3 } });
});

test('a wrong or suspicious file is refused whole, says why, and the set in force stays', async () => {
  await using site = await open();
  await site.addModel('test-model', {}, { prices: null, preset: 'openai' });
  await site.post(path, FILE);
  const wrong: [string, string][] = [
    [JSON.stringify({}), 'no model with a price'],
    [JSON.stringify({ ...FILE, x: 5 }), 'x: is not a model'],
    [JSON.stringify({ ...FILE, x: model(-1e-6) }), 'is negative'],
    [JSON.stringify({ ...FILE, x: model('1e-6') }), 'is not a number'],
    [JSON.stringify({ ...FILE, x: model(0.5) }), 'absurdly large'],
    [JSON.stringify({ ...FILE, x: model(77) }).replace('77', '1e999'), 'is not a number'],
    [JSON.stringify({ ...FILE, 'b-model': model(1e-3) }), '1000 times off'],
    [JSON.stringify({ 'test-model': FILE['test-model'] }), '2 of 3 known models are gone'],
  ];
  for (const [body, reason] of wrong) {
    const headers = { 'content-type': 'application/json', 'accept-language': 'en' };
    const response = await site.app.request(path, { method: 'POST', body, headers, token: site.admin });
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect([response.status, error.code]).toEqual([400, 'price_file_refused']);
    expect(error.message).toContain(reason);
  }
  expect(await site.route()).toMatchObject({ effective_prices: { prompt: 0.27 } });
});
