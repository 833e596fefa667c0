// Builds the immutable catalog from rows. Pure: opening a key and finding a published price come in as functions.
import type { Selectable } from 'kysely';

import { channelOptions } from '../channels/rules.ts';
import type { PricesTable, RoutesTable } from '../db/tables/gateway.ts';
import type { UnitPrices } from '../ledger/ledger.ts';
import { isPrivateUrl } from '../lib/hosts.ts';
import type { CatalogChannel, CatalogKey, CatalogModel, CatalogRoute, CatalogSnapshot } from './catalog.ts';
import type { CatalogRows } from './catalog-store.ts';
import { demoModel } from './demo-model.ts';
import { routePrices, type RoutePrices } from './pricing.ts';
import { findInSet, findNameInSet, type PriceSet } from './price-set.ts';
import type { PriceTable } from './published-prices.ts';
import { findInSupplement, findNameInSupplement } from './supplement/supplement.ts';

export interface SnapshotTools {
  /** undefined when the ciphertext does not open; the key then counts as disabled. */
  openKey(id: string, ciphertext: string): string | undefined;
  prices: PriceTable | undefined;
  /** What an administrator imported. */
  imported?: PriceSet | undefined;
  /** Yuan for a dollar. */
  cnyRate: number;
  now: number;
}

export interface BuiltCatalog {
  snapshot: CatalogSnapshot;
  /** When a published or own price changes next. */
  changesAt: number | null;
}

export function buildCatalog(rows: CatalogRows, tools: SnapshotTools): BuiltCatalog {
  if (rows.channels.length === 0) return { snapshot: snapshotOf([demoModel], rows, new Map()), changesAt: null };
  const pricing = createPricing(rows, tools);
  const prices = new Map(rows.routes.map((route) => [route.id, pricing.of(route)]));
  const keysOf = Map.groupBy(rows.keys.filter(isEnabled), ({ channelId }) => channelId);
  const routesOf = Map.groupBy(rows.routes.filter(isEnabled), ({ modelId }) => modelId);
  const channels = new Map(
    rows.channels.filter(isEnabled).map((row) => [row.id, catalogChannel(row, keysOf.get(row.id) ?? [], tools)]),
  );
  const models = rows.models.filter(isEnabled).map((row): CatalogModel => {
    const routes = (routesOf.get(row.id) ?? []).flatMap((route) =>
      catalogRoute(route, channels.get(route.channelId), prices.get(route.id) ?? null),
    );
    const { id, publicName, displayName, type, provider, description, contextWindow, maxOutputTokens, createdAt } = row;
    const capabilities = JSON.parse(row.capabilities) as string[];
    return Object.freeze({
      id,
      publicName,
      displayName,
      type,
      provider,
      description,
      contextWindow,
      maxOutputTokens,
      createdAt,
      capabilities,
      routes: Object.freeze(routes),
    });
  });
  const callable = withFallbacks(
    models.filter(({ routes }) => routes.length > 0),
    rows,
  );
  return { snapshot: snapshotOf(callable, rows, prices), changesAt: pricing.changesAt() };
}

/** A model's fallbacks are its routes of last resort; those of a fallback are not followed. */
function withFallbacks(models: readonly CatalogModel[], { models: rows }: CatalogRows): readonly CatalogModel[] {
  const namesOf = new Map(rows.map(({ id, fallbacks }) => [id, JSON.parse(fallbacks) as string[]]));
  const byName = new Map(models.map((model) => [model.publicName, model]));
  return models.map((model) => {
    const names = namesOf.get(model.id) ?? [];
    if (names.length === 0) return model;
    const fallbackRoutes = names.flatMap((name, index) => {
      const found = byName.get(name);
      const standIn = { model: name, maxOutputTokens: found?.maxOutputTokens ?? null, rank: index + 1 };
      return (found?.routes ?? []).map((route) => Object.freeze({ ...route, standIn }));
    });
    return Object.freeze({ ...model, fallbackRoutes: Object.freeze(fallbackRoutes) });
  });
}

function snapshotOf(
  models: readonly CatalogModel[],
  { aliases }: CatalogRows,
  prices: ReadonlyMap<string, RoutePrices | null>,
): CatalogSnapshot {
  const byName = new Map(models.map((model) => [model.publicName, model]));
  const byId = new Map(models.map((model) => [model.id, model]));
  for (const { alias, modelId } of aliases) {
    const model = byId.get(modelId);
    // A model's own name wins over another's alias.
    if (model && !byName.has(alias)) byName.set(alias, model);
  }
  const list = Object.freeze([...models].sort((a, b) => (a.publicName < b.publicName ? -1 : 1)));
  return Object.freeze({
    find: (name: string) => byName.get(name),
    list: () => list,
    priceOf: (routeId: string) => prices.get(routeId) ?? null,
  });
}

function isEnabled({ status }: { status: string }): boolean {
  return status === 'enabled';
}

function catalogChannel(
  row: CatalogRows['channels'][number],
  keyRows: CatalogRows['keys'],
  tools: SnapshotTools,
): CatalogChannel {
  const keys = keyRows.flatMap((key): CatalogKey[] => {
    const secret = tools.openKey(key.id, key.ciphertext);
    return secret === undefined ? [] : [{ id: key.id, secret, status: 'enabled' }];
  });
  return Object.freeze({
    id: row.id,
    name: row.name,
    preset: row.preset,
    protocol: row.protocol as CatalogChannel['protocol'],
    baseUrl: row.baseUrl,
    authType: row.authType as CatalogChannel['authType'],
    keyUsageMode: row.keyUsageMode as CatalogChannel['keyUsageMode'],
    rpmLimit: row.rpmLimit,
    tpmLimit: row.tpmLimit,
    options: channelOptions(row.options, row.baseUrl),
    keys: Object.freeze(keys),
  });
}

function catalogRoute(
  { id, upstreamModel, priority, weight, rpmLimit, tpmLimit }: Selectable<RoutesTable>,
  channel: CatalogChannel | undefined,
  found: RoutePrices | null,
): CatalogRoute[] {
  if (!channel) return [];
  const prices = { prices: found?.prices ?? null, tiers: found?.tiers ?? [], priceGuessed: found?.guessed ?? false };
  return [Object.freeze({ id, upstreamModel, priority, weight, rpmLimit, tpmLimit, channel, ...prices })];
}

interface Pricing {
  of(route: Selectable<RoutesTable>): RoutePrices | null;
  /** The next change among the prices asked for so far. */
  changesAt(): number | null;
}

/** Prices of routes, whether they are enabled or not. */
function createPricing(
  rows: CatalogRows,
  { prices: table, imported, cnyRate, now }: Omit<SnapshotTools, 'openKey'>,
): Pricing {
  const changes: number[] = [];
  const channels = new Map(rows.channels.map((row) => [row.id, row]));
  const models = new Map(rows.models.map((row) => [row.id, row]));
  const byRoute = Map.groupBy(rows.prices, ({ routeId }) => routeId);
  const byModel = Map.groupBy(
    rows.prices.filter(({ routeId }) => routeId === null),
    ({ modelId }) => modelId,
  );
  const noteChange = <T extends { changesAt: number | null }>(found: T | undefined) => {
    if (found?.changesAt != null) changes.push(found.changesAt);
    return found;
  };
  const current = (own: Selectable<PricesTable>[] = []) => {
    const next = own.find(({ validFrom }) => validFrom > now);
    if (next) changes.push(next.validFrom);
    return own.filter(({ validFrom }) => validFrom <= now).at(-1);
  };
  return {
    changesAt: () => (changes.length === 0 ? null : Math.min(...changes)),
    of({ id, modelId, channelId, upstreamModel }) {
      const channel = channels.get(channelId);
      const model = models.get(modelId);
      if (!channel || !model) return null;
      const { preset, baseUrl } = channel;
      const own = current(byRoute.get(id)) ?? current(byModel.get(modelId));
      return routePrices({
        own: own && ownPrices(own),
        imported: findInSet(imported, preset, upstreamModel),
        importedByName: findNameInSet(imported, upstreamModel),
        supplement: findInSupplement({ preset, baseUrl, model: upstreamModel, cnyRate }),
        supplementByName: findNameInSupplement(upstreamModel, cnyRate),
        published: () => noteChange(table?.find({ preset, baseUrl, model: upstreamModel, at: now })),
        byName: () => noteChange(table?.findByName(upstreamModel, now)),
        isPrivate: isPrivateUrl(baseUrl),
        contextWindow: model.contextWindow,
        version: table?.version ?? '',
      });
    },
  };
}

function ownPrices(row: Selectable<PricesTable>): UnitPrices {
  const {
    promptNanos,
    completionNanos,
    cachedNanos,
    cacheWriteNanos,
    reasoningNanos,
    imageNanos,
    audioNanos,
    requestNanos,
  } = row;
  return {
    promptNanos,
    completionNanos,
    cachedNanos,
    cacheWriteNanos,
    reasoningNanos,
    imageNanos,
    audioNanos,
    requestNanos,
    source: row.source,
    version: row.id,
  };
}
