// Decides what a route's tokens cost. Pure: prices come in as rows and published entries, unit prices go out.
import { dollarsToNanos } from '@hallpass/shared/money.ts';

import type { UnitPrices } from '../ledger/ledger.ts';
import type { PublishedPrice } from './published-prices.ts';

/** Unit prices that hold for prompts of more than `aboveTokens` tokens. */
export interface PriceTier {
  aboveTokens: number;
  prices: UnitPrices;
}

export interface RoutePrices {
  /** The dearest tier that can be reached: what is held when the prompt's size is not known. */
  prices: UnitPrices;
  /** By `aboveTokens`, the first at 0; one entry where the price has no tiers. */
  tiers: readonly PriceTier[];
  /** The price was found by the model's name alone. */
  guessed: boolean;
}

export interface PriceSources {
  /** The administrator's own, for the route, else for the model. */
  own: UnitPrices | undefined;
  /** From the imported price file, for the channel's vendor. */
  imported?: readonly PriceTier[] | undefined;
  /** From the imported price file, for a model of this name. */
  importedByName?: readonly PriceTier[] | undefined;
  /** From our own sheets, for the channel's door or preset: what the published table lacks or has too cheap. */
  supplement?: readonly PriceTier[] | undefined;
  /** From our own sheets, for a model of this name. */
  supplementByName?: readonly PriceTier[] | undefined;
  /** Published for the channel's preset or base URL. */
  published(): PublishedPrice | undefined;
  /** Published for a model of this name, whoever serves it. */
  byName(): PublishedPrice | undefined;
  /** The channel is at a loopback or private address. */
  isPrivate: boolean;
  /** Tiers that begin above it cannot be reached. */
  contextWindow: number | null;
  /** Of the price table, stamped on every row. */
  version: string;
}

/** The prices of a route by the order of DESIGN §5; null = none is known. Zero is a price. */
export function routePrices(sources: PriceSources): RoutePrices | null {
  if (sources.own) return flat(sources.own);
  const fromFile = reachable(sources.imported, sources);
  if (fromFile) return fromFile;
  const fromSheet = reachable(sources.supplement, sources);
  if (fromSheet) return fromSheet;
  const exact = fromPublished(sources.published(), sources);
  if (exact) return exact;
  const guess = reachable(sources.importedByName, sources) ?? fromPublished(sources.byName(), sources);
  // A price of nothing, found for another vendor's model of this name, says nothing about this one.
  if (guess && !isFree(guess.prices)) return { ...guess, guessed: true };
  // The sheets name many open models that a school runs itself: there the address says more than the name.
  if (sources.isPrivate) return flat(freePrices('private-address', sources.version));
  const named = reachable(sources.supplementByName, sources);
  return named && !isFree(named.prices) ? { ...named, guessed: true } : null;
}

interface Priced {
  prices: UnitPrices | null;
  tiers?: readonly PriceTier[];
}

/** The unit prices for a prompt of this many tokens; a bound of the prompt gives a bound of the price. */
export function pricesAt(route: Priced, promptTokens: number): UnitPrices | null {
  const { tiers = [] } = route;
  let found = tiers[0]?.prices ?? route.prices;
  for (const { aboveTokens, prices } of tiers) if (promptTokens > aboveTokens) found = prices;
  return found;
}

/**
 * What to hold for a prompt of at most this many tokens: kind by kind the dearest of the tiers it can reach, for it may
 * turn out smaller, and a larger prompt need not be the dearer one.
 */
export function pricesUpTo(route: Priced, promptTokens: number): UnitPrices | null {
  const { tiers = [] } = route;
  const reached = tiers.filter(({ aboveTokens }, index) => index === 0 || promptTokens > aboveTokens);
  return reached.length === 0 ? route.prices : dearest(reached);
}

export function freePrices(source: string, version: string): UnitPrices {
  return {
    promptNanos: 0,
    completionNanos: 0,
    cachedNanos: 0,
    cacheWriteNanos: 0,
    reasoningNanos: 0,
    imageNanos: 0,
    audioNanos: 0,
    requestNanos: 0,
    source,
    version,
  };
}

function flat(prices: UnitPrices): RoutePrices {
  return { prices, tiers: [{ aboveTokens: 0, prices }], guessed: false };
}

function reachable(tiers: readonly PriceTier[] | undefined, { contextWindow }: PriceSources): RoutePrices | undefined {
  const within = tiers?.filter(
    ({ aboveTokens }) => aboveTokens === 0 || contextWindow === null || aboveTokens < contextWindow,
  );
  return within && { prices: dearest(within), tiers: within, guessed: false };
}

function fromPublished(
  entry: PublishedPrice | undefined,
  { contextWindow, version }: PriceSources,
): RoutePrices | undefined {
  if (!entry) return undefined;
  const keys = Object.keys(entry.price);
  // Some models are sold by the hour or the page only; that is no price for a token.
  if (keys.length > 0 && entry.price.input_mtok === undefined) return undefined;
  const starts = new Set([0, ...keys.flatMap((key) => tierStarts(entry.price[key]))]);
  const tiers = [...starts]
    .sort((a, b) => a - b)
    .filter((start) => start === 0 || contextWindow === null || start < contextWindow)
    .map((aboveTokens): PriceTier => ({ aboveTokens, prices: unitPrices(entry, aboveTokens, version) }));
  return { prices: dearest(tiers), tiers, guessed: false };
}

function tierStarts(price: PublishedPrice['price'][string]): number[] {
  return typeof price === 'object' ? price.tiers.map(({ start }) => start) : [];
}

/** `aboveTokens` is a tier's start; the price is the one for a token more. */
function unitPrices({ price, providerId }: PublishedPrice, aboveTokens: number, version: string): UnitPrices {
  const dollarsOf = (key: string): number | undefined => {
    const value = price[key];
    if (typeof value !== 'object') return value;
    return value.tiers.filter(({ start }) => start <= aboveTokens).at(-1)?.price ?? value.base;
  };
  const nanosOf = (...keys: string[]): number | null => {
    const known = keys.map(dollarsOf).filter((dollars) => dollars !== undefined);
    return known.length === 0 ? null : dollarsToNanos(Math.max(...known));
  };
  const promptNanos = nanosOf('input_mtok') ?? 0;
  const perThousand = nanosOf('requests_kcount');
  return {
    promptNanos,
    // Models that are priced by their input alone (embeddings) write no tokens; old ones priced both alike. Pictures
    // that a model draws are counted among its completion tokens, so a model that draws is charged as if it did.
    completionNanos: nanosOf('output_mtok', 'output_image_mtok') ?? promptNanos,
    cachedNanos: nanosOf('cache_read_mtok'),
    cacheWriteNanos: nanosOf('cache_write_mtok'),
    reasoningNanos: nanosOf('output_reasoning_mtok'),
    // The table prices the tokens of a picture, which are prompt tokens; it has no price for one picture.
    imageNanos: null,
    // What is heard. A spoken answer is refused to passes with a budget, and costs others a completion’s tokens.
    audioNanos: nanosOf('input_audio_mtok'),
    requestNanos: perThousand === null ? null : Math.ceil(perThousand / 1_000),
    source: `genai-prices/${providerId}`,
    version,
  };
}

const KINDS = [
  'promptNanos',
  'completionNanos',
  'cachedNanos',
  'cacheWriteNanos',
  'reasoningNanos',
  'imageNanos',
  'audioNanos',
  'requestNanos',
] as const satisfies readonly (keyof UnitPrices)[];

function dearest(tiers: readonly PriceTier[]): UnitPrices {
  const result = { ...tiers[0]!.prices };
  for (const { prices } of tiers) {
    for (const kind of KINDS) {
      const price = prices[kind];
      if (price !== null && price > (result[kind] ?? -1)) result[kind] = price;
    }
  }
  return result;
}

function isFree(prices: UnitPrices): boolean {
  return KINDS.every((kind) => !prices[kind]);
}
