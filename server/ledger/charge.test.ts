import { describe, expect, test } from 'bun:test';

import { chargeFor, orphanBill, TOKENS_MAX, wholeNumber, wholeUsage } from './charge.ts';
import { onePerToken } from './ledger.fixtures.ts';

const MOST = Number.MAX_SAFE_INTEGER;

test.each([
  // asked, hold, room → charged, over
  [30, 40, 100, 30, false],
  [40, 40, 100, 40, false],
  [41, 40, 100, 40, true],
  [41, null, 100, 41, false],
  [1, 0, 100, 0, true],
  [0, 0, 100, 0, false],
  [30, 40, 29, 29, true],
  [30, null, 0, 0, true],
  [30, null, -5, 0, true],
  [-3, null, 9, 0, false],
  [Number.NaN, 5, 9, 0, false],
  [2.1, null, 9, 3, false],
  [Infinity, null, MOST, MOST, false],
])('asked %p, held %p, room %p: charges %p', (asked, hold, room, costNanos, overHold) => {
  const reported = wholeNumber(asked, MOST);
  expect(chargeFor(asked, hold, room)).toEqual({ costNanos, overHold, reportedNanos: overHold ? reported : null });
});

test.each([
  [0, 0],
  [-1, 0],
  [0.1, 1],
  [7, 7],
  [10, 10],
  [11, 10],
  [Number.NaN, 0],
  [Infinity, 10],
])('%p is %p as a whole number up to 10', (value, whole) => {
  expect(wholeNumber(value, 10)).toBe(whole);
});

test('usage is kept within what a row can hold, kind by kind', () => {
  const usage = {
    promptTokens: 1.5,
    cachedTokens: -2,
    cacheWriteTokens: Number.NaN,
    completionTokens: 2 ** 53,
    reasoningTokens: 4,
    audioTokens: 0.5,
  };
  expect(wholeUsage(usage)).toEqual({
    promptTokens: 2,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    completionTokens: TOKENS_MAX,
    reasoningTokens: 4,
    audioTokens: 1,
  });
  const { audioTokens, ...unheard } = usage;
  expect([audioTokens, wholeUsage(unheard).audioTokens]).toEqual([0.5, 0]);
});

describe('an orphan', () => {
  const orphan = { promptEstimate: 20, deliveredBytes: 41, heldNanos: 60, holdPrices: JSON.stringify(onePerToken) };

  test('costs its prompt and a token for each four bytes delivered', () => {
    expect(orphanBill(orphan)).toEqual({ promptTokens: 20, completionTokens: 11, costNanos: 31 });
    expect(orphanBill({ ...orphan, deliveredBytes: 0 })).toEqual({
      promptTokens: 20,
      completionTokens: 0,
      costNanos: 20,
    });
    expect(orphanBill({ ...orphan, deliveredBytes: 44 }).completionTokens).toBe(11);
    expect(orphanBill({ ...orphan, deliveredBytes: 45 }).completionTokens).toBe(12);
  });

  test('is rounded up once, with the price of each kind', () => {
    const holdPrices = JSON.stringify({
      ...onePerToken,
      promptNanos: 100_000,
      completionNanos: 700_000,
      requestNanos: 5,
    });
    // 20 × 0.1 + 11 × 0.7 + 5 = 14.7
    expect(orphanBill({ ...orphan, holdPrices }).costNanos).toBe(15);
  });

  test('costs nothing where no price is known, and its hold where the price cannot be used', () => {
    expect(orphanBill({ ...orphan, holdPrices: null }).costNanos).toBe(0);
    expect(orphanBill({ ...orphan, holdPrices: '{' }).costNanos).toBe(60);
    expect(orphanBill({ ...orphan, holdPrices: JSON.stringify({ ...onePerToken, promptNanos: -1 }) }).costNanos).toBe(
      60,
    );
    expect(
      orphanBill({ ...orphan, promptEstimate: 2e9, holdPrices: JSON.stringify({ ...onePerToken, promptNanos: MOST }) })
        .costNanos,
    ).toBe(60);
  });
});
