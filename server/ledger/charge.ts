// What a call is charged when it ends, and what an orphan is charged: pure.
import { costMicros, divideUp, PRICE_UNIT_TOKENS } from '@hallpass/shared/money.ts';

import type { CallHeader, OrphanUnits, TokenUsage, UnitPrices } from './ledger.ts';

/** The largest count of tokens a row keeps (an `integer` column of PostgreSQL). */
export const TOKENS_MAX = 2_147_483_647;
/** A delivered answer's bytes per token, for orphans. */
const BYTES_PER_TOKEN = 4;

export interface Charge {
  costNanos: number;
  overHold: boolean;
  /** What was asked for, when it is more than what is charged. */
  reportedNanos: number | null;
}

/**
 * At most the hold, and never more than `roomNanos`.
 * @param holdNanos null = the call was not bounded. A hold of zero is a bound like any other.
 * @param roomNanos how much the fullest account of the call can still count.
 */
export function chargeFor(askedNanos: number, holdNanos: number | null, roomNanos: number): Charge {
  const asked = wholeNumber(askedNanos, Number.MAX_SAFE_INTEGER);
  const costNanos = Math.min(asked, holdNanos ?? asked, Math.max(0, roomNanos));
  const overHold = asked > costNanos;
  return { costNanos, overHold, reportedNanos: overHold ? asked : null };
}

/** Usage as a row can keep it: a broken report must not keep a call from being settled. */
export function wholeUsage(usage: TokenUsage): Required<TokenUsage> {
  return {
    promptTokens: wholeNumber(usage.promptTokens, TOKENS_MAX),
    cachedTokens: wholeNumber(usage.cachedTokens, TOKENS_MAX),
    cacheWriteTokens: wholeNumber(usage.cacheWriteTokens, TOKENS_MAX),
    completionTokens: wholeNumber(usage.completionTokens, TOKENS_MAX),
    reasoningTokens: wholeNumber(usage.reasoningTokens, TOKENS_MAX),
    audioTokens: wholeNumber(usage.audioTokens ?? 0, TOKENS_MAX),
  };
}

/** Rounds up into 0…max; what is not a number counts as zero. */
export function wholeNumber(value: number, max: number): number {
  if (!(value > 0)) return 0;
  return value >= max ? max : Math.ceil(value);
}

export interface Orphan {
  promptEstimate: number;
  deliveredBytes: number;
  heldNanos: number;
  /** As `holdPricesOf` writes them. */
  holdPrices: string | null;
}

/** The prices of a call's hold and what beside tokens it asks for, as the row keeps them: JSON. */
export function holdPricesOf({ prices, units }: Pick<CallHeader, 'prices' | 'units'>): string | null {
  return prices && JSON.stringify(units ? { ...prices, units } : prices);
}

/** What beside tokens a call asked for; undefined = no price was known, so that nothing was kept of it. */
export function unitsAsked(holdPrices: string | null): OrphanUnits | undefined {
  if (holdPrices === null) return undefined;
  const { units = ONE_REQUEST } = JSON.parse(holdPrices) as { units?: OrphanUnits };
  return units;
}

const ONE_REQUEST: OrphanUnits = { images: 0, requests: 1, audioTokens: 0 };

/** The estimate an orphan is charged by: its prompt, and what is known to have been delivered. */
export function orphanBill(orphan: Orphan): { costNanos: number; promptTokens: number; completionTokens: number } {
  const promptTokens = wholeNumber(orphan.promptEstimate, TOKENS_MAX);
  const completionTokens = wholeNumber(orphan.deliveredBytes / BYTES_PER_TOKEN, TOKENS_MAX);
  return { promptTokens, completionTokens, costNanos: orphanCost(orphan, promptTokens, completionTokens) };
}

/** Prices that cannot be read, or a sum too large to count, charge what was held. */
function orphanCost({ holdPrices, heldNanos }: Orphan, promptTokens: number, completionTokens: number): number {
  if (holdPrices === null) return 0;
  try {
    const { units = ONE_REQUEST, ...prices } = JSON.parse(holdPrices) as UnitPrices & { units?: OrphanUnits };
    const audioTokens = Math.min(units.audioTokens, promptTokens);
    return divideUp(
      costMicros(promptTokens - audioTokens, prices.promptNanos) +
        costMicros(audioTokens, prices.audioNanos ?? prices.promptNanos) +
        costMicros(completionTokens, prices.completionNanos) +
        costMicros(units.images, prices.imageNanos ?? 0) +
        BigInt(prices.requestNanos ?? 0) * BigInt(units.requests) * PRICE_UNIT_TOKENS,
    );
  } catch {
    return heldNanos;
  }
}
