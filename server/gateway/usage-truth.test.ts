// R32: what each vendor reports, and what it costs: worked out by hand, to the nano-dollar.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Kysely, sql } from 'kysely';

import type { UnitPrices } from '../ledger/ledger.ts';
import { secondOpinion } from '../ledger/second-opinion.ts';
import { createGatewayApp, eventsOf, eventually, type GatewayApp, loadTokenizer } from '../testing/gateway-app.ts';
import { testEngine } from '../testing/test-database.ts';
import { priceUsage } from './charge.ts';
import { readUsage } from './protocols/openai-chat/usage.ts';

/** $2 prompt, $8 completion, $0.50 cached, $2.50 cache write, $4 reasoning, $10 audio a million: 2,000 nanos a token … */
const PRICES: UnitPrices = {
  promptNanos: 2_000_000_000,
  completionNanos: 8_000_000_000,
  cachedNanos: 500_000_000,
  cacheWriteNanos: 2_500_000_000,
  reasoningNanos: 4_000_000_000,
  imageNanos: null,
  audioNanos: 10_000_000_000,
  requestNanos: null,
  source: 'test',
  version: '1',
};

const TRUTH: [string, Record<string, unknown>, number][] = [
  // 40 × 2,000 + 60 × 500 + 30 × 8,000 + 20 × 4,000
  [
    'OpenAI: cached and reasoning within',
    {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 60, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 20, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 },
    },
    430_000,
  ],
  // 60 × 2,000 + 40 × 10,000 + 10 × 8,000
  [
    'OpenAI: speech within the prompt',
    { prompt_tokens: 100, completion_tokens: 10, prompt_tokens_details: { audio_tokens: 40, text_tokens: 60 } },
    600_000,
  ],
  // 11 × 2,000 + 6 × 8,000
  [
    'Azure',
    {
      prompt_tokens: 11,
      completion_tokens: 6,
      total_tokens: 17,
      prompt_tokens_details: { audio_tokens: 0, cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    },
    70_000,
  ],
  // 36 × 2,000 + 64 × 500 + 10 × 8,000
  [
    'DeepSeek: hits and misses',
    {
      prompt_tokens: 100,
      completion_tokens: 10,
      total_tokens: 110,
      prompt_cache_hit_tokens: 64,
      prompt_cache_miss_tokens: 36,
    },
    184_000,
  ],
  // 70 × 2,000 + 10 × 500 + 20 × 2,500 + 5 × 8,000
  [
    'Qwen: explicit cache',
    {
      prompt_tokens: 100,
      completion_tokens: 5,
      total_tokens: 105,
      prompt_tokens_details: { cached_tokens: 10, cache_creation_input_tokens: 20 },
    },
    235_000,
  ],
  // 50 × 2,000 + 50 × 500 + 10 × 8,000
  ['Kimi: cached beside', { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110, cached_tokens: 50 }, 205_000],
  // 90 × 2,000 + 10 × 500 + 10 × 8,000
  [
    'GLM',
    { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110, prompt_tokens_details: { cached_tokens: 10 } },
    265_000,
  ],
  // 7 × 2,000 + 9 × 8,000 + 84 × 4,000
  ['Gemini: thoughts only in the total', { prompt_tokens: 7, completion_tokens: 9, total_tokens: 100 }, 422_000],
  // 20 × 2,000 + 10 × 8,000
  [
    'Anthropic’s compatible door: no details',
    {
      prompt_tokens: 20,
      completion_tokens: 10,
      total_tokens: 30,
      prompt_tokens_details: null,
      completion_tokens_details: null,
    },
    120_000,
  ],
  // 150 × 2,000 + 40 × 500 + 4 × 2,500 + 2 × 8,000; its `cost` is in its own credits
  [
    'OpenRouter',
    {
      prompt_tokens: 194,
      completion_tokens: 2,
      total_tokens: 196,
      cost: 0.95,
      cost_details: { upstream_inference_cost: 19 },
      prompt_tokens_details: { cached_tokens: 40, cache_write_tokens: 4, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    },
    346_000,
  ],
  // 18 × 2,000 + 20 × 8,000
  [
    'Groq: with times',
    {
      queue_time: 0.04,
      prompt_tokens: 18,
      prompt_time: 0.001,
      completion_tokens: 20,
      total_tokens: 38,
      total_time: 0.1,
    },
    196_000,
  ],
  // 10 × 2,000 + 10 × 8,000
  ['Mistral', { prompt_tokens: 10, total_tokens: 20, completion_tokens: 10 }, 100_000],
  // 28 × 2,000 + 4 × 500 + 9 × 8,000 + 233 × 4,000
  [
    'xAI: reasoning beside',
    {
      prompt_tokens: 32,
      completion_tokens: 9,
      total_tokens: 274,
      prompt_tokens_details: { text_tokens: 32, audio_tokens: 0, image_tokens: 0, cached_tokens: 4 },
      completion_tokens_details: { reasoning_tokens: 233, audio_tokens: 0 },
      num_sources_used: 0,
    },
    1_062_000,
  ],
  // 33 × 2,000 + 7,163 × 8,000 + 95,305 × 4,000
  [
    'Perplexity: reasoning outside, searches priced per request',
    {
      prompt_tokens: 33,
      completion_tokens: 7_163,
      total_tokens: 7_196,
      citation_tokens: 20_016,
      num_search_queries: 28,
      reasoning_tokens: 95_305,
      search_context_size: 'low',
      cost: { total_cost: 0.816 },
    },
    438_590_000,
  ],
  // 13 × 2,000 + 7 × 8,000
  ['Cohere', { prompt_tokens: 13, completion_tokens: 7, total_tokens: 20 }, 82_000],
  ['vLLM', { prompt_tokens: 13, total_tokens: 20, completion_tokens: 7, prompt_tokens_details: null }, 82_000],
  ['Ollama', { prompt_tokens: 13, completion_tokens: 7, total_tokens: 20 }, 82_000],
  ['llama.cpp', { completion_tokens: 7, prompt_tokens: 13, total_tokens: 20 }, 82_000],
  // 100 × 500 + 0 more: all of it was cached
  ['all cached', { prompt_tokens: 100, completion_tokens: 0, prompt_tokens_details: { cached_tokens: 100 } }, 50_000],
  ['zero', { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }, 0],
  // A total that is too small explains nothing: 10 × 2,000 + 10 × 8,000
  ['a total that does not add up', { prompt_tokens: 10, completion_tokens: 10, total_tokens: 3 }, 100_000],
  // An absurd total is no total.
  ['an absurd total', { prompt_tokens: 10, completion_tokens: 10, total_tokens: 2 ** 53 }, 100_000],
];

describe('the usage that a vendor reports costs', () => {
  test.each(TRUTH)('%s', (_name, usage, nanos) => {
    expect(priceUsage(readUsage(usage)!, PRICES)).toBe(nanos);
  });

  test('without a price per request of its kind, a token costs what its whole does', () => {
    const plain = { ...PRICES, cachedNanos: null, cacheWriteNanos: null, reasoningNanos: null, audioNanos: null };
    const all = {
      prompt_tokens: 100,
      completion_tokens: 50,
      prompt_tokens_details: { cached_tokens: 20, cache_write_tokens: 20, audio_tokens: 20 },
      completion_tokens_details: { reasoning_tokens: 20 },
    };
    expect(priceUsage(readUsage(all)!, plain)).toBe(100 * 2_000 + 50 * 8_000);
    expect(priceUsage(readUsage(all)!, { ...plain, requestNanos: 5_000_000 })).toBe(5_600_000);
  });
});

describe('on a real call', () => {
  let gateway: GatewayApp;
  let key: string;
  beforeAll(async () => {
    gateway = await createGatewayApp();
    key = await gateway.pass({ max_budget: 5 });
    await loadTokenizer(gateway);
  });
  afterAll(() => gateway[Symbol.asyncDispose]());
  const lastCall = async () => (await gateway.calls()).at(-1)!;

  test.each([false, true])('the row is the hand-computed sum, with prices stamped (stream: %p)', async (stream) => {
    const prices = { prompt: 2, completion: 8, cached: 0.5, cache_write: 2.5, reasoning: 4, audio: 10 };
    const [, usage, nanos] = TRUTH[0]!;
    await gateway.addModel('truth', { usage }, { prices });
    await (await gateway.chat(key, { model: 'truth', stream })).text();
    expect(await lastCall()).toMatchObject({ costNanos: nanos, estimated: 0, cachedTokens: 60, reasoningTokens: 20 });
    const attempt = (await gateway.attempts()).at(-1)!;
    expect(JSON.parse(attempt.unitPrices!)).toMatchObject({ promptNanos: 2e9, cachedNanos: 5e8, audioNanos: 1e10 });
  });

  test.each([false, true])('what was heard is on the row, priced apart, and adds up (stream: %p)', async (stream) => {
    const [, usage, nanos] = TRUTH.find(([name]) => name === 'OpenAI: speech within the prompt')!;
    await gateway.addModel('heard', { usage }, { prices: { prompt: 2, completion: 8, audio: 10 } });
    await (await gateway.chat(key, { model: 'heard', stream })).text();
    expect(await lastCall()).toMatchObject({ costNanos: nanos, promptTokens: 100, audioTokens: 40 });
    expect((await gateway.attempts()).at(-1)).toMatchObject({ costNanos: nanos, audioTokens: 40 });
    const raw = gateway.app.ctx.db.withoutPlugins() as unknown as Kysely<never>;
    expect(await secondOpinion(raw, testEngine)).toEqual([]);
    await sql`update attempts set audio_tokens = 39 where audio_tokens = 40`.execute(raw);
    expect(await secondOpinion(raw, testEngine)).not.toEqual([]);
    await sql`update attempts set audio_tokens = 40 where audio_tokens = 39`.execute(raw);
  });

  test.each([
    ['missing', null],
    ['partial', { prompt_tokens: 11 }],
    ['negative', { prompt_tokens: -11, completion_tokens: 6 }],
    ['absurd', { prompt_tokens: 2 ** 53, completion_tokens: 6 }],
  ])('%s usage: the answer is unharmed, the row is our own count and says so', async (name, usage) => {
    await gateway.addModel(`bad-${name}`, { usage });
    for (const stream of [false, true]) {
      const response = await gateway.chat(key, { model: `bad-${name}`, stream });
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('upstream');
      const call = await lastCall();
      expect(call).toMatchObject({ estimated: 1, completionTokens: 6 });
      expect(call.costNanos).toBe(call.promptTokens * 2_000 + 6 * 8_000);
    }
  });

  test('a placeholder before the text is not the count; the report after it is', async () => {
    const firstUsage = { prompt_tokens: 11, completion_tokens: 1 };
    await gateway.addModel('placeholder', { firstUsage });
    await (await gateway.chat(key, { model: 'placeholder', stream: true })).text();
    expect(await lastCall()).toMatchObject({ costNanos: 11 * 2_000 + 6 * 8_000, estimated: 0 });
    await gateway.addModel('placeholder-only', { firstUsage, usage: null });
    await (await gateway.chat(key, { model: 'placeholder-only', stream: true })).text();
    expect(await lastCall()).toMatchObject({ completionTokens: 6, estimated: 1 });
  });

  test('running totals: a hang-up costs what the server had counted, unestimated (C13)', async () => {
    const url = await gateway.app.listen();
    const words = Array.from({ length: 40 }, (_, i) => ` word${i}`);
    await gateway.addModel('running', { words, wordDelayMs: 40 }, { options: { stream_usage: 'continuous' } });
    const whole = await gateway.chat(key, { model: 'running', stream: true, stream_options: { include_usage: true } });
    const usages = eventsOf(await whole.text()).filter((data) => data.includes('"prompt_tokens"'));
    expect(usages).toHaveLength(1);
    expect(await lastCall()).toMatchObject({ costNanos: 11 * 2_000 + 40 * 8_000, estimated: 0 });
    const control = new AbortController();
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      signal: control.signal,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'running', stream: true, messages: [{ role: 'user', content: 'hi' }] }),
    });
    let seen = '';
    for await (const part of response.body!) if ((seen += Buffer.from(part).toString()).includes('word5')) break;
    control.abort();
    const call = await eventually(async () => {
      const row = await lastCall();
      return row.status === 'cancelled' && row;
    });
    expect(call.estimated).toBe(0);
    expect(call.completionTokens).toBeGreaterThanOrEqual(6);
    expect(call.completionTokens).toBeLessThan(40);
    expect(call.costNanos).toBe(11 * 2_000 + call.completionTokens * 8_000);
  });
});
