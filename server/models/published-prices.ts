// Finds a model in the published price table (@pydantic/genai-prices, data only; it never fetches here).
// The package is loaded with the first channel: it costs 40 ms and 25 MB.
import type { ConditionalPrice, ModelInfo, ModelPrice } from '@pydantic/genai-prices';

import manifest from '../package.json' with { type: 'json' };

export interface PublishedPrice {
  providerId: string;
  /** Dollars by the package's kinds (`input_mtok` …), some with tiers by prompt size. */
  price: ModelPrice;
  /** When another price of this model begins, by date or by hour of the day; null = none is announced. */
  changesAt: number | null;
}

export interface PriceTable {
  /** The package's version. */
  version: string;
  /** By preset, else by base URL. */
  find(query: { preset: string | null; baseUrl: string; model: string; at: number }): PublishedPrice | undefined;
  /** By the model's name alone. */
  findByName(model: string, at: number): PublishedPrice | undefined;
}

/** Our preset → the table's provider, where they differ. */
const PROVIDERS: Readonly<Record<string, string>> = { 'google-gemini': 'google' };

const DAY_MS = 86_400_000;

/** Answers remembered; a look-up walks a list of 1,700 models. */
const REMEMBERED_MAX = 10_000;

interface Provider {
  providerId?: string;
  providerApiUrl?: string;
}

export async function loadPriceTable(): Promise<PriceTable> {
  const { calcPrice } = await import('@pydantic/genai-prices');
  const remembered = new Map<string, PublishedPrice | undefined>();

  function read(model: string, at: number, provider: Provider): PublishedPrice | undefined {
    const found = calcPrice({}, model, { ...provider, timestamp: new Date(at) });
    if (!found) return undefined;
    return { providerId: found.provider.id, price: found.model_price, changesAt: nextChange(found.model.prices, at) };
  }

  function look(model: string, at: number, provider: Provider): PublishedPrice | undefined {
    const key = JSON.stringify([model, provider.providerId, provider.providerApiUrl]);
    const known = remembered.get(key);
    if (known ? known.changesAt === null || at < known.changesAt : remembered.has(key)) return known;
    const found = read(model, at, provider);
    if (remembered.size >= REMEMBERED_MAX) remembered.clear();
    remembered.set(key, found);
    return found;
  }

  return {
    version: manifest.dependencies['@pydantic/genai-prices'],
    find: ({ preset, baseUrl, model, at }) =>
      (preset ? look(model, at, { providerId: PROVIDERS[preset] ?? preset }) : undefined) ??
      look(model, at, { providerApiUrl: baseUrl }),
    findByName: (model, at) => look(model, at, {}),
  };
}

/** The next moment one of these prices begins or ends. */
export function nextChange(prices: ModelInfo['prices'], at: number): number | null {
  if (!Array.isArray(prices)) return null;
  const moments = (prices as ConditionalPrice[]).flatMap(({ constraint }): number[] => {
    if (!constraint) return [];
    if (constraint.type === 'start_date') return [Date.parse(constraint.start_date)];
    return [nextTimeOfDay(constraint.start_time, at), nextTimeOfDay(constraint.end_time, at)];
  });
  const coming = moments.filter((moment) => moment > at);
  return coming.length === 0 ? null : Math.min(...coming);
}

/** @param time `HH:MM:SS` with `Z` or an offset. */
function nextTimeOfDay(time: string, at: number): number {
  const today = Date.parse(`${new Date(at).toISOString().slice(0, 10)}T${time}`);
  const next = [today - DAY_MS, today, today + DAY_MS, today + 2 * DAY_MS].find((moment) => moment > at);
  return next ?? today + DAY_MS;
}
