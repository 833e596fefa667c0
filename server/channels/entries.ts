// Turns a request body into the models, routes and prices it asks for. Pure.
import type { ChannelModelInput, PriceInput } from '@hallpass/shared/channel-models.ts';
import type { ChannelUpdate } from '@hallpass/shared/channels.ts';
import { dollarsToNanos } from '@hallpass/shared/money.ts';

import type { ModelRow, PriceRow, RouteRow } from './store.ts';
import { modelTypeOf } from './rules.ts';

export interface StoredEntry {
  route: RouteRow;
  modelName: string;
}

/**
 * The whole list of models this body asks for; undefined = the list stays as it is. `models` replaces the list; 001's
 * `model_id` and the fields beside it are about the first one only.
 * @param stored what the channel has, in order.
 */
export function wantedModels(body: ChannelUpdate, stored: readonly StoredEntry[]): ChannelModelInput[] | undefined {
  if (body.models) return body.models;
  const [first, ...others] = stored.map(({ route, modelName }): ChannelModelInput => ({
    name: modelName,
    upstream_model: route.upstreamModel,
  }));
  const settings = firstModelSettings(body);
  const name = body.model_id ?? first?.name;
  if (name === undefined || (body.model_id == null && Object.keys(settings).length === 0)) return undefined;
  const upstream = first && first.name === name ? first.upstream_model! : name;
  const rest = others.filter((other) => other.name !== name || other.upstream_model !== upstream);
  return [{ name, upstream_model: upstream, ...settings }, ...rest];
}

const SETTINGS = [
  'display_name',
  'type',
  'description',
  'provider',
  'capabilities',
  'context_window',
  'max_output_tokens',
  'fallbacks',
  'prices',
  'priority',
  'weight',
] as const satisfies readonly (keyof ChannelModelInput & keyof ChannelUpdate)[];

function firstModelSettings(body: ChannelUpdate): Partial<ChannelModelInput> {
  return Object.fromEntries(SETTINGS.flatMap((name) => (body[name] === undefined ? [] : [[name, body[name]]])));
}

/** A model that is not stored yet. */
export function newModel(entry: ChannelModelInput, id: string, now: number): ModelRow {
  return {
    id,
    publicName: entry.name,
    displayName: entry.display_name ?? entry.name,
    type: entry.type ?? modelTypeOf(entry.name),
    provider: entry.provider ?? null,
    description: entry.description ?? null,
    status: 'enabled',
    capabilities: JSON.stringify(entry.capabilities ?? []),
    contextWindow: entry.context_window ?? null,
    maxOutputTokens: entry.max_output_tokens ?? null,
    fallbacks: JSON.stringify(entry.fallbacks ?? []),
    createdAt: now,
    updatedAt: now,
  };
}

/** What the body changes on a stored model; empty when nothing. */
export function modelChanges(entry: ChannelModelInput, row: ModelRow): Partial<ModelRow> {
  return changed(row, {
    displayName: entry.display_name,
    type: entry.type,
    provider: entry.provider,
    description: entry.description,
    capabilities: entry.capabilities && JSON.stringify(entry.capabilities),
    contextWindow: entry.context_window,
    maxOutputTokens: entry.max_output_tokens,
    fallbacks: entry.fallbacks && JSON.stringify(entry.fallbacks),
  });
}

export function newRoute(
  entry: ChannelModelInput,
  ids: { id: string; modelId: string; channelId: string },
  now: number,
): RouteRow {
  return {
    ...ids,
    upstreamModel: entry.upstream_model ?? entry.name,
    priority: entry.priority ?? 0,
    weight: entry.weight ?? 1,
    status: entry.status ?? 'enabled',
    rpmLimit: null,
    tpmLimit: null,
    createdAt: now,
    updatedAt: now,
  };
}

export function routeChanges(entry: ChannelModelInput, row: RouteRow): Partial<RouteRow> {
  return changed(row, {
    upstreamModel: entry.upstream_model ?? entry.name,
    priority: entry.priority,
    weight: entry.weight,
    status: entry.status,
  });
}

/** The price in whole nanos; absent kinds are null. */
export function priceColumns(
  input: PriceInput,
): Omit<PriceRow, 'id' | 'modelId' | 'routeId' | 'source' | 'validFrom' | 'createdAt'> {
  const nanos = (dollars: number | null | undefined) => (dollars == null ? null : dollarsToNanos(dollars));
  return {
    promptNanos: dollarsToNanos(input.prompt),
    completionNanos: dollarsToNanos(input.completion),
    cachedNanos: nanos(input.cached),
    cacheWriteNanos: nanos(input.cache_write),
    reasoningNanos: nanos(input.reasoning),
    // Kept per million pictures, as every unit price is.
    imageNanos: input.image == null ? null : dollarsToNanos(input.image) * 1_000_000,
    audioNanos: nanos(input.audio),
    requestNanos: nanos(input.request),
  };
}

/** Whether a stored price says the same. */
export function samePrice(row: PriceRow | undefined, input: PriceInput): boolean {
  return row !== undefined && Object.keys(changed(row, priceColumns(input))).length === 0;
}

function changed<R extends object>(row: R, wanted: { [K in keyof R]?: R[K] | undefined }): Partial<R> {
  const entries = Object.entries(wanted).filter(
    ([name, value]) => value !== undefined && value !== row[name as keyof R],
  );
  return Object.fromEntries(entries) as Partial<R>;
}
