// Finds a model in our own sheets, and turns a sheet's price into unit prices in nano-dollars.
import { dollarsToNanos } from '@hallpass/shared/money.ts';

import type { UnitPrices } from '../../ledger/ledger.ts';
import type { PriceTier } from '../pricing.ts';
import { DOUBAO } from './doubao.ts';
import { EMBEDDINGS } from './embeddings.ts';
import { ERNIE } from './ernie.ts';
import { GLM } from './glm.ts';
import { HUNYUAN } from './hunyuan.ts';
import { OTHERS } from './others.ts';
import { QWEN } from './qwen.ts';
import { type PriceSheet, READ_ON, type SheetPrice, type SheetRow } from './sheet.ts';
import { SILICONFLOW } from './siliconflow.ts';

export const SHEETS: readonly PriceSheet[] = [
  ...DOUBAO,
  ...QWEN,
  ...HUNYUAN,
  ...ERNIE,
  ...GLM,
  ...SILICONFLOW,
  ...OTHERS,
  ...EMBEDDINGS,
];

const SOURCE = 'supplement/';
const RATE_SCALE = 1_000_000;

export interface SupplementQuery {
  preset: string | null;
  baseUrl: string;
  model: string;
  /** Yuan for a dollar. */
  cnyRate: number;
}

/** By the channel's door, else, where the door is none of a vendor's, by its preset. */
export function findInSupplement(query: SupplementQuery): PriceTier[] | undefined {
  const sheet = sheetOf(query);
  return sheet && tiersOf(sheet, sheet.rows[query.model]!, query.cnyRate);
}

/** By the model's name alone. Where vendors differ, the one that asks most for the prompt. */
export function findNameInSupplement(model: string, cnyRate: number): PriceTier[] | undefined {
  const found = SHEETS.filter((sheet) => Object.hasOwn(sheet.rows, model));
  return found
    .map((sheet) => tiersOf(sheet, sheet.rows[model]!, cnyRate))
    .toSorted((a, b) => b.at(-1)!.prices.promptNanos - a.at(-1)!.prices.promptNanos)[0];
}

/** The sheet a price stamped with this source was read from. */
export function sheetBySource(source: string, query: Omit<SupplementQuery, 'cnyRate'>): PriceSheet | undefined {
  if (!source.startsWith(SOURCE)) return undefined;
  return sheetOf(query) ?? SHEETS.find((sheet) => sourceOf(sheet) === source && Object.hasOwn(sheet.rows, query.model));
}

function sheetOf({ preset, baseUrl, model }: Omit<SupplementQuery, 'cnyRate'>): PriceSheet | undefined {
  const host = URL.canParse(baseUrl) ? new URL(baseUrl).hostname : '';
  const isDoor = SHEETS.some(({ hosts }) => hosts.includes(host));
  const candidates = SHEETS.filter((sheet) => (isDoor ? sheet.hosts.includes(host) : sheet.preset === preset));
  return candidates.find((sheet) => Object.hasOwn(sheet.rows, model));
}

function sourceOf({ preset, currency }: PriceSheet): string {
  return `${SOURCE}${preset}/${currency}`;
}

function tiersOf(sheet: PriceSheet, row: SheetRow, cnyRate: number): PriceTier[] {
  const tiers = Array.isArray(row) ? [[0, row] as const] : Object.entries(row as Record<number, SheetPrice>);
  const nanos = (amount: number | null | undefined) =>
    amount == null ? null : sheet.currency === 'USD' ? dollarsToNanos(amount) : yuanToNanos(amount, cnyRate);
  const version = sheet.currency === 'USD' ? READ_ON : `${READ_ON}@${cnyRate}`;
  return tiers
    .map(([above, [input, output, cached, reasoning]]): PriceTier => {
      const prices: UnitPrices = {
        promptNanos: nanos(input)!,
        completionNanos: nanos(output)!,
        cachedNanos: nanos(cached),
        cacheWriteNanos: null,
        reasoningNanos: nanos(reasoning),
        imageNanos: null,
        audioNanos: null,
        requestNanos: null,
        source: sourceOf(sheet),
        version: `supplement-${version}`,
      };
      return { aboveTokens: Number(above), prices };
    })
    .sort((a, b) => a.aboveTokens - b.aboveTokens);
}

/** Yuan a million tokens to nano-dollars, rounded up: never less than the vendor bills at this rate. */
export function yuanToNanos(yuan: number, cnyRate: number): number {
  const scaled = BigInt(dollarsToNanos(yuan)) * BigInt(RATE_SCALE);
  const rate = BigInt(Math.round(cnyRate * RATE_SCALE));
  return Number((scaled + rate - 1n) / rate);
}
