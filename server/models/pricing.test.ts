import { beforeAll, describe, expect, test } from 'bun:test';

import { dollarsToNanos } from '@hallpass/shared/money.ts';
import { updatePrices, waitForUpdate } from '@pydantic/genai-prices';

import type { UnitPrices } from '../ledger/ledger.ts';
import { freePrices, pricesAt, type PriceSources, pricesUpTo, routePrices } from './pricing.ts';
import { findInSet } from './price-set.ts';
import { loadPriceTable, nextChange, type PriceTable } from './published-prices.ts';

const AT = Date.UTC(2026, 10, 21, 2);
let table: PriceTable;

beforeAll(async () => {
  table = await loadPriceTable();
});

function sources(over: Partial<PriceSources> = {}): PriceSources {
  return {
    own: undefined,
    published: () => undefined,
    byName: () => undefined,
    isPrivate: false,
    contextWindow: null,
    version: table.version,
    ...over,
  };
}

const published =
  (baseUrl: string, model: string, preset: string | null = null) =>
  () =>
    table.find({ preset, baseUrl, model, at: AT });
const OWN: UnitPrices = { ...freePrices('own', 'price_1'), promptNanos: 5 };

describe('the price of a route is', () => {
  test('the administrator’s own before every other, also when it is zero', () => {
    const openai = published('https://api.openai.com/v1', 'gpt-4o');
    expect(routePrices(sources({ own: OWN, published: openai }))!.prices).toBe(OWN);
    const free = freePrices('own', 'price_2');
    expect(routePrices(sources({ own: free, published: openai }))).toEqual({
      prices: free,
      tiers: [{ aboveTokens: 0, prices: free }],
      guessed: false,
    });
  });

  test('the same for a vendor’s other door, wherever it stands', () => {
    const doors = ['google', 'google-gemini'].map((preset) =>
      routePrices(sources({ published: published('https://proxy.example', 'gemini-2.5-flash', preset) }))!,
    );
    expect(doors[0]!.prices).toMatchObject({ source: 'genai-prices/google', promptNanos: 300_000_000 });
    expect(doors[1]).toEqual(doors[0]!);
    const file = {
      version: 'v1',
      entries: { 'gemini/gemini-x': { provider: 'gemini', tiers: [{ aboveTokens: 0, prices: OWN }] } },
    };
    const listed = ['google', 'google-gemini'].map((preset) => findInSet(file as never, preset, 'gemini-x'));
    expect(listed[1]).toEqual(listed[0]);
    expect(listed[1]).toHaveLength(1);
  });

  test('else the published one of the base URL or the preset', () => {
    const byUrl = routePrices(sources({ published: published('https://api.openai.com/v1', 'gpt-4o') }));
    expect(byUrl!.prices).toEqual({
      promptNanos: 2_500_000_000,
      completionNanos: 10_000_000_000,
      cachedNanos: 1_250_000_000,
      cacheWriteNanos: null,
      reasoningNanos: null,
      imageNanos: null,
      audioNanos: null,
      requestNanos: null,
      source: 'genai-prices/openai',
      version: table.version,
    });
    expect(byUrl!.guessed).toBe(false);
    const byPreset = routePrices(
      sources({ published: published('https://relay.example/v1', 'deepseek-chat', 'deepseek') }),
    );
    expect(byPreset!.prices.source).toBe('genai-prices/deepseek');
  });

  test('else the one of the model’s name alone, flagged', () => {
    const found = routePrices(
      sources({
        published: published('https://relay.example/v1', 'gpt-4o'),
        byName: () => table.findByName('gpt-4o', AT),
      }),
    );
    expect(found).toMatchObject({ guessed: true, prices: { promptNanos: 2_500_000_000 } });
  });

  test('but never a guess of nothing: another vendor’s free model says nothing about this one', () => {
    const gemma = published('https://none.example', 'gemma-3', 'google')()!;
    expect(gemma.price).toEqual({});
    expect(routePrices(sources({ byName: () => gemma }))).toBeNull();
    expect(routePrices(sources({ published: () => gemma }))!.prices).toMatchObject({
      promptNanos: 0,
      completionNanos: 0,
    });
  });

  test('else nothing for a channel at a private address, and unknown for any other', () => {
    expect(routePrices(sources({ isPrivate: true }))!.prices).toEqual(freePrices('private-address', table.version));
    expect(routePrices(sources())).toBeNull();
  });

  test('not taken from an entry that is sold by the hour or the page', () => {
    expect(routePrices(sources({ published: published('https://api.openai.com/v1', 'whisper-1') }))).toBeNull();
  });

  test('per request where the vendor asks for it', () => {
    const sonar = routePrices(sources({ published: published('https://api.perplexity.ai', 'sonar') }))!;
    expect(sonar.prices.requestNanos).toBe(12_000_000);
  });

  test('the dearest output of a model that draws', () => {
    const image = routePrices(
      sources({ published: published('https://generativelanguage.googleapis.com/v1beta', 'gemini-2.5-flash-image') }),
    )!;
    expect(image.prices.completionNanos).toBe(30_000_000_000);
  });
});

describe('a price with tiers', () => {
  const gemini = (contextWindow: number | null) =>
    routePrices(
      sources({
        published: published('https://generativelanguage.googleapis.com/v1beta', 'gemini-2.5-pro'),
        contextWindow,
      }),
    )!;

  test('is held at the dearest tier and charged by the prompt’s size', () => {
    const price = gemini(null);
    expect(price.prices).toMatchObject({
      promptNanos: 2_500_000_000,
      completionNanos: 15_000_000_000,
      cachedNanos: 250_000_000,
    });
    expect(pricesAt(price, 0)).toMatchObject({ promptNanos: 1_250_000_000, completionNanos: 10_000_000_000 });
    expect(pricesAt(price, 200_000)).toMatchObject({ promptNanos: 1_250_000_000 });
    expect(pricesAt(price, 200_001)).toMatchObject({ promptNanos: 2_500_000_000, completionNanos: 15_000_000_000 });
  });

  test('does not reach a tier above the model’s context', () => {
    expect(gemini(200_000).prices.promptNanos).toBe(1_250_000_000);
    expect(gemini(200_001).prices.promptNanos).toBe(2_500_000_000);
  });

  test('is held at the dearest kind of every tier the prompt may fall into, also where a larger one is cheaper', () => {
    const at = (aboveTokens: number, promptNanos: number, completionNanos: number) => ({
      aboveTokens,
      prices: { ...OWN, promptNanos, completionNanos },
    });
    const route = { prices: OWN, tiers: [at(0, 9, 1), at(100, 4, 7), at(200, 5, 2)] };
    const upTo = (tokens: number) => {
      const { promptNanos, completionNanos } = pricesUpTo(route, tokens)!;
      return [promptNanos, completionNanos];
    };
    expect([upTo(0), upTo(100), upTo(101), upTo(10_000)]).toEqual([
      [9, 1],
      [9, 1],
      [9, 7],
      [9, 7],
    ]);
    expect(pricesUpTo({ prices: OWN }, 1)).toBe(OWN);
    expect(pricesUpTo({ prices: null, tiers: [] }, 1)).toBeNull();
  });

  test('is one price for a route without tiers, and none for one without a price', () => {
    expect(pricesAt({ prices: OWN }, 1_000_000)).toBe(OWN);
    expect(pricesAt({ prices: null, tiers: [] }, 1)).toBeNull();
  });
});

describe('every price of the published table', () => {
  test('becomes whole nanos that write the same decimal', async () => {
    updatePrices(() => {});
    let checked = 0;
    for (const provider of (await waitForUpdate())!) {
      for (const model of provider.models) {
        const found = table.find({ preset: provider.id, baseUrl: 'https://none.example', model: model.id, at: AT });
        const price = found?.price.input_mtok;
        const prices = found && routePrices(sources({ published: () => found }));
        if (typeof price !== 'number' || !prices) continue;
        checked += 1;
        expect(Number.isSafeInteger(prices.prices.promptNanos)).toBe(true);
        expect(prices.prices.promptNanos).toBe(exactNanos(price));
      }
    }
    expect(checked).toBeGreaterThan(1_000);
  });

  test.each([
    [0.27, 270_000_000],
    [0.08333333333333334, 83_333_333],
    [1.005, 1_005_000_000],
    [0.0000000005, 1],
    [0.00000000049999, 0],
    [1.0000000005, 1_000_000_001],
    [5e-7, 500],
    [600, 600_000_000_000],
    [-0, 0],
  ])('%d dollars are %d nanos', (dollars, nanos) => {
    expect(dollarsToNanos(dollars)).toBe(nanos);
  });

  test.each([Number.NaN, Infinity, -1, 9_007_200, 1e309])('%d is no amount', (dollars) => {
    expect(() => dollarsToNanos(dollars)).toThrow(RangeError);
  });
});

/** By hand: the decimal text, moved nine places, half up. */
function exactNanos(dollars: number): number {
  const [whole = '0', decimals = ''] = dollars.toFixed(20).split('.');
  const shown = String(dollars).includes('e') ? decimals : (String(dollars).split('.')[1] ?? '').padEnd(20, '0');
  const kept = BigInt(whole + shown.slice(0, 9));
  return Number(Number(shown[9]) >= 5 ? kept + 1n : kept);
}

describe('a price that changes', () => {
  test('at a date or an hour is known until then', () => {
    const prices = [
      { prices: { input_mtok: 1 } },
      { prices: { input_mtok: 2 }, constraint: { type: 'start_date' as const, start_date: '2026-12-01' } },
      {
        prices: { input_mtok: 3 },
        constraint: { type: 'time_of_date' as const, start_time: '01:00:00Z', end_time: '04:00:00Z' },
      },
    ];
    expect(nextChange(prices, AT)).toBe(Date.UTC(2026, 10, 21, 4));
    expect(nextChange(prices, Date.UTC(2026, 10, 21, 5))).toBe(Date.UTC(2026, 10, 22, 1));
    expect(nextChange(prices.slice(0, 2), AT)).toBe(Date.UTC(2026, 11, 1));
    expect(nextChange(prices.slice(0, 2), Date.UTC(2026, 11, 1))).toBeNull();
    expect(nextChange({ input_mtok: 1 }, AT)).toBeNull();
  });

  test('is looked up anew at that moment', () => {
    const deepseek = (at: number) => table.find({ preset: 'deepseek', baseUrl: '', model: 'deepseek-chat', at })!;
    const day = deepseek(Date.UTC(2026, 10, 21, 12));
    const night = deepseek(day.changesAt!);
    expect(night.price).not.toEqual(day.price);
    expect(night.changesAt).toBeGreaterThan(day.changesAt!);
  });
});
