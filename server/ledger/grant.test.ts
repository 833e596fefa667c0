import { describe, expect, test } from 'bun:test';

import { availableNanos, type Balance, decideGrant } from './grant.ts';
import type { HoldBound } from './ledger.ts';

const MOST = Number.MAX_SAFE_INTEGER;
const balance = (capNanos: number | null, settledNanos = 0, heldNanos = 0): Balance => ({
  capNanos,
  settledNanos,
  heldNanos,
});
/** Half a nano for each output token, one nano for the prompt. */
const bound = (over: Partial<HoldBound> = {}): HoldBound => ({
  fixedMicros: 1_000_000n,
  outputNanos: 500_000,
  wantedOutputTokens: 100,
  minOutputTokens: 10,
  answers: 1,
  ...over,
});

test.each([
  [balance(100, 30, 20), 50],
  [balance(100, 80, 20), 0],
  [balance(100, 90, 20), 0],
  [balance(0), 0],
  [balance(null, 5, 6), MOST - 11],
])('%j has %p available', (given, left) => {
  expect(availableNanos(given)).toBe(left);
});

describe('a grant', () => {
  test.each([
    ['everything', balance(51), 100, 51],
    ['all but one token and a half', balance(50), 98, 50],
    ['the least', balance(6), 10, 6],
    ['what an uncapped account affords', balance(null), 100, 51],
  ])('%s', (_, given, outputTokens, holdNanos) => {
    expect(decideGrant(bound(), [given])).toEqual({ kind: 'granted', outputTokens, holdNanos });
  });

  test('without accounts is what was wanted', () => {
    expect(decideGrant(bound(), [])).toEqual({ kind: 'granted', outputTokens: 100, holdNanos: 51 });
  });

  test('counts every answer', () => {
    expect(decideGrant(bound({ answers: 4 }), [balance(60)])).toEqual({
      kind: 'granted',
      outputTokens: 29,
      holdNanos: 59,
    });
  });

  test('is the least of all accounts’', () => {
    expect(decideGrant(bound(), [balance(null), balance(40), balance(20), balance(30)])).toMatchObject({
      outputTokens: 38,
    });
  });

  test('is never more than wanted, even when the least asked for is', () => {
    expect(decideGrant(bound({ wantedOutputTokens: 5, minOutputTokens: 9 }), [balance(9)])).toMatchObject({
      outputTokens: 5,
    });
    // 1 + 5 × 0.5, not 1 + 9 × 0.5.
    expect(decideGrant(bound({ wantedOutputTokens: 5, minOutputTokens: 9 }), [balance(4)])).toMatchObject({
      outputTokens: 5,
    });
  });

  test('of a model whose output is free depends on the prompt alone', () => {
    expect(decideGrant(bound({ outputNanos: 0 }), [balance(1)])).toEqual({
      kind: 'granted',
      outputTokens: 100,
      holdNanos: 1,
    });
    expect(decideGrant(bound({ outputNanos: 0 }), [balance(0)])).toMatchObject({ kind: 'blocked' });
  });

  test('larger than can be counted is not affordable', () => {
    const absurd = bound({ outputNanos: MOST, wantedOutputTokens: MOST, minOutputTokens: 1_000_000_000 });
    expect(decideGrant(absurd, [balance(MOST)])).toMatchObject({ kind: 'blocked' });
    expect(decideGrant(absurd, [])).toMatchObject({ kind: 'blocked', index: -1 });
  });
});

describe('what blocks', () => {
  test.each([
    ['the one with the least left', [balance(50, 0, 46), balance(50, 0, 47)], 1, true],
    ['the first of equals', [balance(9, 0, 5), balance(50, 0, 46), balance(9, 0, 5)], 0, true],
    ['one used up before one that is held', [balance(50, 0, 50), balance(50, 45)], 1, false],
    ['the least left of those used up', [balance(50, 45), balance(50, 46), balance(50, 0, 50)], 1, false],
    ['the first of those equally used up', [balance(50, 0, 50), balance(50, 45), balance(50, 45)], 1, false],
    ['one that is used up exactly', [balance(50, 45, 0)], 0, false],
    ['one that would do without its holds', [balance(50, 44, 1)], 0, true],
  ])('%s', (_, balances, index, waitable) => {
    expect(decideGrant(bound(), balances)).toEqual({ kind: 'blocked', index, waitable });
  });
});
