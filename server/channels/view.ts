// A channel as an administrator sees it. Secrets are not read here: a key shows its hint only.
import type { ChannelModelView, ChannelView, PriceView } from '@hallpass/shared/channel-views.ts';
import { nanosToDollars } from '@hallpass/shared/money.ts';

import type { AppContext } from '../context.ts';
import type { UnitPrices } from '../ledger/ledger.ts';
import { AppError } from '../lib/app-error.ts';
import type { CatalogSnapshot } from '../models/catalog.ts';
import { type CatalogRows, readCatalogRows } from '../models/catalog-store.ts';
import { type LastAttempt, lastAttempts } from './last-attempts.ts';

/** @throws AppError not_found. */
export async function channelView(ctx: AppContext, id: string): Promise<ChannelView> {
  const view = (await channelViews(ctx)).find((channel) => channel.id === id);
  if (!view) throw new AppError('not_found');
  return view;
}

/** Every channel, the oldest first. */
export async function channelViews(ctx: AppContext): Promise<ChannelView[]> {
  const rows = await readCatalogRows(ctx.db);
  const keys = Map.groupBy(rows.keys, ({ channelId }) => channelId);
  const routes = Map.groupBy(rows.routes.toSorted(byId), ({ channelId }) => channelId);
  const models = new Map(rows.models.map((model) => [model.id, model]));
  const prices = new Map(rows.prices.map((price) => [price.routeId, price]));
  const snapshot = ctx.catalog.current();
  const attempts = await lastAttempts(ctx.db);
  return rows.channels.map((channel) => {
    const list = (routes.get(channel.id) ?? []).map((route) =>
      modelView(route, models.get(route.modelId)!, prices.get(route.id), snapshot),
    );
    return { ...view(channel, keys.get(channel.id) ?? [], list), last_call: lastCall(attempts.get(channel.id)) };
  });
}

type Row<K extends keyof CatalogRows> = CatalogRows[K][number];

function view(
  row: Row<'channels'>,
  keys: readonly Row<'keys'>[],
  models: ChannelModelView[],
): Omit<ChannelView, 'last_call'> {
  return {
    id: row.id,
    name: row.name,
    base_url: row.baseUrl,
    model_id: models[0]?.name ?? null,
    rpm_limit: row.rpmLimit,
    is_enabled: row.status === 'enabled',
    has_key: keys.length > 0,
    key_hint: keys[0]?.hint ?? null,
    protocol: row.protocol,
    auth_type: row.authType,
    preset: row.preset,
    key_usage_mode: row.keyUsageMode,
    tpm_limit: row.tpmLimit,
    options: JSON.parse(row.options),
    api_keys: keys.map(({ id, hint, status, cooldownUntil, lastError, lastErrorAt }) => ({
      id,
      hint,
      status,
      cooldown_until: isoTime(cooldownUntil),
      last_error: lastError,
      last_error_at: isoTime(lastErrorAt),
    })),
    models,
    last_check: row.lastCheckAt === null ? null : lastCheck(row, row.lastCheckAt),
    created_at: new Date(row.createdAt).toISOString(),
    updated_at: new Date(row.updatedAt).toISOString(),
  };
}

function lastCall(attempt: LastAttempt | undefined): ChannelView['last_call'] {
  return attempt ? { at: new Date(attempt.at).toISOString(), ok: attempt.isOk } : null;
}

function lastCheck({ lastCheckMs, lastCheckError }: Row<'channels'>, at: number): ChannelView['last_check'] {
  return { at: new Date(at).toISOString(), latency_ms: lastCheckMs, error: lastCheckError };
}

function modelView(
  route: Row<'routes'>,
  model: Row<'models'>,
  own: Row<'prices'> | undefined,
  snapshot: CatalogSnapshot,
): ChannelModelView {
  const found = snapshot.priceOf(route.id);
  return {
    id: route.id,
    name: model.publicName,
    upstream_model: route.upstreamModel,
    display_name: model.displayName,
    type: model.type,
    provider: model.provider,
    description: model.description,
    status: route.status === 'enabled' ? 'enabled' : 'disabled',
    capabilities: JSON.parse(model.capabilities),
    context_window: model.contextWindow,
    max_output_tokens: model.maxOutputTokens,
    fallbacks: JSON.parse(model.fallbacks),
    priority: route.priority,
    weight: route.weight,
    prices: own ? priceView(own) : null,
    effective_prices: found && priceView(found.prices),
    price_source: found?.prices.source ?? null,
    price_guessed: found?.guessed ?? false,
  };
}

export function priceView(prices: Omit<UnitPrices, 'source' | 'version'>): PriceView {
  const dollars = (nanos: number | null) => (nanos === null ? null : nanosToDollars(nanos));
  return {
    prompt: nanosToDollars(prices.promptNanos),
    completion: nanosToDollars(prices.completionNanos),
    cached: dollars(prices.cachedNanos),
    cache_write: dollars(prices.cacheWriteNanos),
    reasoning: dollars(prices.reasoningNanos),
    image: prices.imageNanos === null ? null : nanosToDollars(prices.imageNanos / 1_000_000),
    audio: dollars(prices.audioNanos),
    request: dollars(prices.requestNanos),
  };
}

function isoTime(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1;
}
