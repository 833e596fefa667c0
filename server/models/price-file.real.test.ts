// LiteLLM's own price file, as released in its package 1.110.2: models of every shape it has, their fields unchanged but
// for those that say nothing of a price. The whole file (4,878 entries) is imported by hand; docs/prices.md has the figures.
import { expect, test } from 'bun:test';

import type { PriceImportReport } from '@hallpass/shared/prices.ts';

import { createGatewayApp } from '../testing/gateway-app.ts';
import file from './fixtures/litellm-1.110.2.json' with { type: 'json' };
import { readPriceFile } from './price-file.ts';

const read = readPriceFile(file);
const pairs = (model: string) =>
  read.entries[model]!.tiers.map(({ aboveTokens, prices }) => [
    aboveTokens,
    prices.promptNanos / 1e9,
    prices.completionNanos / 1e9,
    prices.cachedNanos === null ? null : prices.cachedNanos / 1e9,
  ]);

test('nothing in it is a problem, and everything is either read or left out with a reason', () => {
  expect(read.problems).toEqual([]);
  const names = Object.keys(file).filter((name) => name !== 'sample_spec');
  expect([...Object.keys(read.entries), ...read.skipped.map(({ model }) => model)].sort()).toEqual(names.sort());
});

test('tiers are read in both ways they are written, the list also beside flat prices', () => {
  expect(pairs('gpt-4o')).toEqual([[0, 2.5, 10, 1.25]]);
  expect(pairs('dashscope/qwen3-max')).toEqual([
    [0, 1.2, 6, null],
    [32_000, 2.4, 12, null],
    [128_000, 3, 15, null],
  ]);
  expect(pairs('volcengine/doubao-seed-2-0-pro-260215').at(-1)).toEqual([128_000, 1.4, 7, null]);
  expect(pairs('opencode_go/grok-4.7')).toEqual([
    [0, 2, 6, 0.5],
    [200_000, 4, 12, 1],
  ]);
  expect(pairs('gemini-2.5-pro').map(([above]) => above)).toEqual([0, 200_000]);
  expect(pairs('minimax/MiniMax-M3').map(([above]) => above)).toEqual([0, 512_000]);
  expect(read.entries['dashscope/qwen-plus-2025-07-28']!.tiers[1]!.prices.reasoningNanos).toBe(12_000_000_000);
});

test('the dear hours of a price by the hour are the price; batches, priority and flex are not', () => {
  expect(pairs('deepseek-v4-pro')).toEqual([[0, 1.32, 3.96, 0.044]]);
});

test('what a model draws costs what a picture’s tokens do', () => {
  expect(pairs('databricks/databricks-gemini-3-pro-image')[0]![2]).toBe(150.0002);
});

test('what is sold by the search, the second, the page or the letter is left out, not read as free', () => {
  const reasons = Object.fromEntries(read.skipped.map(({ model, reason }) => [model, reason]));
  expect(reasons['amazon.rerank-v1:0']).toContain('input_cost_per_query');
  for (const model of ['firecrawl/search', 'whisper-1', 'dashscope/qwen3-tts-flash', 'azure/hd/1024-x-1024/dall-e-3'])
    expect([model, reasons[model]]).toEqual([model, 'has no price for a token']);
});

test('what it says is free is named, for of some it only does not know the price', () => {
  expect(read.free).toContain('doubao-embedding');
  expect(read.free).not.toContain('text-embedding-3-small');
});

test('a bad entry among them is named, and nothing of the file is put in force', async () => {
  await using site = await createGatewayApp();
  const post = (json: unknown, query = '') =>
    site.app.request(`/api/admin/prices/import${query}`, { json, token: site.admin });
  expect((await post(file)).status).toBe(200);
  const set = () => site.app.ctx.db.selectFrom('settings').selectAll().where('key', 'like', '%price%').execute();
  const before = await set();
  const bad = {
    ...file,
    'half-a-range': {
      litellm_provider: 'x',
      mode: 'chat',
      tiered_pricing: [{ input_cost_per_token: 1, range: [500, 9] }],
    },
    'minus-one': { litellm_provider: 'x', mode: 'chat', tiered_pricing: [{ input_cost_per_token: -1, range: [0, 9] }] },
    'not-a-list': { litellm_provider: 'x', mode: 'chat', tiered_pricing: 'cheap' },
    'too-many': { litellm_provider: 'x', mode: 'chat', tiered_pricing: Array.from({ length: 21 }, () => ({})) },
    'in-words': { litellm_provider: 'x', mode: 'chat', input_cost_per_token: 'two', output_cost_per_token: 1e-6 },
  };
  const report = (await (await post(bad, '?dry_run=true')).json()) as PriceImportReport;
  expect(report.problems.toSorted()).toEqual([
    'half-a-range: tiered_pricing cannot be read',
    'in-words: input_cost_per_token is not a number',
    'minus-one: input_cost_per_token is negative',
    'not-a-list: tiered_pricing cannot be read',
    'too-many: tiered_pricing cannot be read',
  ]);
  const refused = await post(bad);
  expect([refused.status, (await refused.json()).error.code]).toEqual([400, 'price_file_refused']);
  expect(await set()).toEqual(before);
});
