import { expect, test } from 'vitest';

import type { PriceRow } from '@/api/prices.ts';

import { checkPrice, sourceText, toPriceBody, toPriceValues } from './price-values.ts';

const prices = {
  prompt: 2,
  completion: 8,
  cached: 0.5,
  cache_write: null,
  reasoning: null,
  image: null,
  audio: null,
  request: 0.01,
};

test('a price comes back as it was', () => {
  const { image, audio, ...told } = prices;
  expect([image, audio]).toEqual([null, null]);
  expect(toPriceBody(toPriceValues({ prices }))).toEqual(told);
});

test('input and output are needed, the rest may be empty, and a decimal comma is one', () => {
  const wrong = Object.entries(checkPrice(toPriceValues({ prices: null }))).filter(([, text]) => text);
  expect(wrong.map(([name]) => name)).toEqual(['prompt', 'completion']);
  expect(checkPrice({ ...toPriceValues({ prices }), prompt: '0,27' }).prompt).toBeUndefined();
  expect(checkPrice({ ...toPriceValues({ prices }), cached: '-1' }).cached).toBeDefined();
});

test('a price’s source is told in words, a guess as one', () => {
  const row = (more: object) => ({ source: 'own', unpriced: false, guessed: false, ...more }) as PriceRow;
  const texts = [
    row({}),
    row({ source: 'price-file/1' }),
    row({ source: 'genai-prices', guessed: true }),
    row({ source: 'private-address' }),
    row({ unpriced: true, source: null }),
    row({ source: 'supplement/qwen/CNY', sheet: { vendor: 'https://help.aliyun.com/x', read_on: '2026-11-29' } }),
  ].map(sourceText);
  expect(new Set(texts).size).toBe(6);
  expect(texts.at(-1)).toContain('help.aliyun.com');
  expect(texts.at(-1)).toContain('2026-11-29');
});
