// What a finished attempt costs. Pure: unit prices × tokens, one sum, divided once, rounded up.
import { type CostLine, costMicros, divideUp, PRICE_UNIT_TOKENS } from '@hallpass/shared/money.ts';

import type { TokenUsage, UnitPrices } from '../ledger/ledger.ts';

const LARGEST = BigInt(Number.MAX_SAFE_INTEGER) * PRICE_UNIT_TOKENS;

export const NO_TOKENS: TokenUsage = {
  promptTokens: 0,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  completionTokens: 0,
  reasoningTokens: 0,
};

/**
 * The cost in nanos. Cached, cache-write and audio tokens are parts of the prompt, reasoning one of the completion,
 * so each token is charged once; a kind without its own price is charged as its whole. An absurd sum is cut to the
 * largest amount that can be counted: a call must end whatever is reported, and pays no more than its hold.
 */
export function priceUsage(usage: TokenUsage, prices: UnitPrices, images = 0, requests = 1): number {
  const { promptTokens, cachedTokens, cacheWriteTokens, completionTokens, reasoningTokens, audioTokens = 0 } = usage;
  const sum = sumOf([
    { units: promptTokens - cachedTokens - cacheWriteTokens - audioTokens, nanosPerMillion: prices.promptNanos },
    { units: audioTokens, nanosPerMillion: prices.audioNanos ?? prices.promptNanos },
    { units: cachedTokens, nanosPerMillion: prices.cachedNanos ?? prices.promptNanos },
    { units: cacheWriteTokens, nanosPerMillion: prices.cacheWriteNanos ?? prices.promptNanos },
    { units: completionTokens - reasoningTokens, nanosPerMillion: prices.completionNanos },
    { units: reasoningTokens, nanosPerMillion: prices.reasoningNanos ?? prices.completionNanos },
    { units: images, nanosPerMillion: prices.imageNanos ?? 0 },
    { units: (prices.requestNanos ?? 0) * requests, nanosPerMillion: 1_000_000 },
  ]);
  return sum > LARGEST ? Number.MAX_SAFE_INTEGER : divideUp(sum);
}

function sumOf(lines: readonly CostLine[]): bigint {
  return lines.reduce((sum, { units, nanosPerMillion }) => sum + costMicros(units, nanosPerMillion), 0n);
}
