import { describe, expect, test } from 'bun:test';

import { costMicros, costNanos, divideUp, dollarsToNanos, nanosToDollars } from './money.ts';

const MOST = Number.MAX_SAFE_INTEGER;

describe('a cost', () => {
  test.each([
    ['nothing', [], 0],
    ['a free model', [[1_000, 0]], 0],
    ['no tokens', [[0, 5_000_000]], 0],
    ['a whole number', [[1_000, 2_000_000]], 2_000],
    ['one token of the cheapest price, rounded up', [[1, 1]], 1],
    ['exactly one nano', [[1_000_000, 1]], 1],
    ['a token more', [[1_000_001, 1]], 2],
    [
      'lines are added before they are rounded',
      [
        [1, 400_000],
        [1, 400_000],
      ],
      1,
    ],
    [
      'lines that add up to just above one',
      [
        [1, 500_000],
        [1, 500_001],
      ],
      2,
    ],
    // $3 and $15 per million: 1,234 × 3,000 + 567 × 15,000.
    [
      'prompt and answer',
      [
        [1_234, 3_000_000_000],
        [567, 15_000_000_000],
      ],
      12_207_000,
    ],
    ['a product that a float cannot hold', [[999_999_999, 999_999_999]], 999_999_998_001],
    ['the largest amount', [[1_000_000, MOST]], MOST],
  ] as [string, [number, number][], number][])('%s', (_, lines, nanos) => {
    expect(costNanos(lines.map(([units, nanosPerMillion]) => ({ units, nanosPerMillion })))).toBe(nanos);
  });

  test('is exact on both sides of what a float can multiply', () => {
    for (const units of [94_906_265, 94_906_266, 94_906_267]) {
      expect(costMicros(units, units)).toBe(BigInt(units) * BigInt(units));
    }
    expect(costMicros(1, MOST)).toBe(BigInt(MOST));
    expect(costMicros(3, 3_002_399_751_580_331)).toBe(9_007_199_254_740_993n);
  });

  test.each([-1, 0.5, Number.NaN, Infinity, MOST + 1])('refuses %p units or price', (wrong) => {
    expect(() => costMicros(wrong, 1)).toThrow(RangeError);
    expect(() => costMicros(1, wrong)).toThrow(RangeError);
  });

  test('above the largest amount is refused, not rounded', () => {
    expect(() => costNanos([{ units: 1_000_001, nanosPerMillion: MOST }])).toThrow(RangeError);
    expect(divideUp(BigInt(MOST) * 1_000_000n)).toBe(MOST);
    expect(() => divideUp(BigInt(MOST) * 1_000_000n + 1n)).toThrow(RangeError);
  });
});

describe('dollars', () => {
  test.each([
    [0, 0],
    [1, 1_000_000_000],
    [0.27, 270_000_000],
    [1.005, 1_005_000_000],
    [12, 12_000_000_000],
    [0.000000001, 1],
    [1e-9, 1],
    [0.0000000004, 0],
    [0.0000000005, 1],
    [0.0000000014, 1],
    [0.0000000015, 2],
    [1.1234567895, 1_123_456_790],
    [1.5e3, 1_500_000_000_000],
    [9_007_199.25474099, 9_007_199_254_740_990],
  ])('%p are %p nanos', (dollars, nanos) => {
    expect(dollarsToNanos(dollars)).toBe(nanos);
  });

  test.each([-0.01, Number.NaN, Infinity, -Infinity, 9_007_199.3, 1e21, 1e300])('%p are refused', (dollars) => {
    expect(() => dollarsToNanos(dollars)).toThrow(RangeError);
  });

  test('come back as they were', () => {
    expect(nanosToDollars(270_000_000)).toBe(0.27);
    for (const dollars of [0, 0.1, 0.3, 12.34, 5e-9]) expect(nanosToDollars(dollarsToNanos(dollars))).toBe(dollars);
  });
});
