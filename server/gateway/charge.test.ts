import { describe, expect, test } from 'bun:test';

import type { TokenUsage, UnitPrices } from '../ledger/ledger.ts';
import { NO_TOKENS, priceUsage } from './charge.ts';

const price = (more: Partial<UnitPrices>): UnitPrices => ({
  promptNanos: 2_500_000_000,
  completionNanos: 10_000_000_000,
  cachedNanos: null,
  cacheWriteNanos: null,
  reasoningNanos: null,
  imageNanos: null,
  audioNanos: null,
  requestNanos: null,
  source: 'test',
  version: '1',
  ...more,
});
const tokens = (more: Partial<TokenUsage>): TokenUsage => ({ ...NO_TOKENS, ...more });

describe('what usage costs, to the nano-dollar', () => {
  // Each figure was worked out by hand: tokens × dollars per million × 10⁹.
  test.each([
    ['prompt and completion', tokens({ promptTokens: 1_000, completionTokens: 200 }), price({}), 4_500_000],
    [
      'cached at its own price',
      tokens({ promptTokens: 1_000, cachedTokens: 600 }),
      price({ cachedNanos: 1_250_000_000 }),
      1_750_000,
    ],
    [
      'cached without a price costs the prompt’s',
      tokens({ promptTokens: 1_000, cachedTokens: 600 }),
      price({}),
      2_500_000,
    ],
    [
      'cache write',
      tokens({ promptTokens: 1_000, cacheWriteTokens: 400 }),
      price({ cacheWriteNanos: 3_125_000_000 }),
      2_750_000,
    ],
    [
      'reasoning is part of the completion, not more',
      tokens({ completionTokens: 300, reasoningTokens: 250 }),
      price({}),
      3_000_000,
    ],
    [
      'reasoning at its own price',
      tokens({ completionTokens: 300, reasoningTokens: 250 }),
      price({ reasoningNanos: 4_000_000_000 }),
      1_500_000,
    ],
    ['one nano is rounded up', tokens({ promptTokens: 1 }), price({ promptNanos: 1 }), 1],
    [
      'rounded once, not per kind',
      tokens({ promptTokens: 1, completionTokens: 1 }),
      price({ promptNanos: 1, completionNanos: 1 }),
      1,
    ],
    ['free', tokens({ promptTokens: 1_000 }), price({ promptNanos: 0, completionNanos: 0 }), 0],
    ['a price per request', tokens({ promptTokens: 0 }), price({ requestNanos: 7 }), 7],
    ['no float error at odd numbers', tokens({ promptTokens: 3 }), price({ promptNanos: 333_333_333 }), 1_000],
  ])('%s', (_name, usage, prices, nanos) => {
    expect(priceUsage(usage, prices)).toBe(nanos);
  });

  test('images at their own price', () => {
    expect(priceUsage(tokens({}), price({ imageNanos: 5_000_000_000_000 }), 2)).toBe(10_000_000);
  });

  test('an absurd sum is cut to what can be counted: the call must still end', () => {
    const dear = price({ completionNanos: 9_000_000_000_000_000 });
    expect(priceUsage(tokens({ completionTokens: 100_000_000 }), dear)).toBe(Number.MAX_SAFE_INTEGER);
  });

  test('large numbers stay exact beyond what a double can multiply', () => {
    expect(priceUsage(tokens({ promptTokens: 99_999_999 }), price({ promptNanos: 75_000_000_001 }))).toBe(
      7_499_999_925_100,
    );
  });
});
