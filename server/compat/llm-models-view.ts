// Requirement 003's picture of a route: its model, its channel, its keys (masked) and its price.
import {
  AUTH_WORDS,
  type LlmModel,
  type LlmModelQuery,
  TYPE_WORDS,
  type TypeWord,
  USAGE_WORDS,
} from '@hallpass/shared/llm-models.ts';
import { nanosToDollars } from '@hallpass/shared/money.ts';

import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import { type CatalogRows, readCatalogRows } from '../models/catalog-store.ts';

/** Every entry the filters let through, the oldest first. */
export async function llmModels(
  ctx: AppContext,
  query: Partial<LlmModelQuery> = {},
): Promise<{ data: LlmModel[]; total: number }> {
  const { provider, type, status, model_id: modelId, skip = 0, limit = Infinity } = query;
  const wantedType = type === undefined ? undefined : wordOfType(ourType(type));
  const all = toViews(await readCatalogRows(ctx.db)).filter(
    (view) =>
      (provider === undefined || view.provider === provider) &&
      (wantedType === undefined || view.type === wantedType) &&
      (status === undefined || view.status === status) &&
      (modelId === undefined || view.model_id === modelId),
  );
  return { data: all.slice(skip, skip + limit), total: all.length };
}

/** @throws AppError not_found. */
export async function llmModel(ctx: AppContext, id: string): Promise<LlmModel> {
  const found = (await llmModels(ctx)).data.find((view) => view.id === id);
  if (!found) throw new AppError('not_found');
  return found;
}

/** `生文` or `chat` → `chat`. */
export function ourType(word: string): string {
  return TYPE_WORDS[word as TypeWord] ?? word;
}

/** `chat` → `生文`. */
export function wordOfType(type: string): string {
  return Object.entries(TYPE_WORDS).find(([, ours]) => ours === type)?.[0] ?? type;
}

function wordOf(table: Readonly<Record<string, string>>, ours: string): string {
  return Object.entries(table).find(([, value]) => value === ours)?.[0] ?? ours;
}

function toViews(rows: CatalogRows): LlmModel[] {
  const channels = new Map(rows.channels.map((row) => [row.id, row]));
  const models = new Map(rows.models.map((row) => [row.id, row]));
  const keys = Map.groupBy(rows.keys, ({ channelId }) => channelId);
  // Oldest first, so the last one counts.
  const prices = new Map(rows.prices.filter(({ routeId }) => routeId).map((row) => [row.routeId, row]));
  return rows.routes
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((route) => {
      const channel = channels.get(route.channelId)!;
      const model = models.get(route.modelId)!;
      const price = prices.get(route.id);
      return {
        id: route.id,
        name: model.displayName,
        model_id: model.publicName,
        upstream_model: route.upstreamModel,
        provider: model.provider,
        type: wordOfType(model.type),
        description: model.description,
        status: statusOf(route.status, model.status, channel.status),
        base_url: channel.baseUrl,
        auth_type: wordOf(AUTH_WORDS, channel.authType),
        key_usage_mode: channel.keyUsageMode,
        api_keys: (keys.get(channel.id) ?? []).map((key) => ({
          id: key.id,
          key: key.hint,
          status: key.status,
          last_error: key.lastError,
        })),
        supports_vision: (JSON.parse(model.capabilities) as string[]).includes('vision'),
        max_tokens: model.maxOutputTokens,
        context_window: model.contextWindow,
        input_price: price ? nanosToDollars(price.promptNanos) : null,
        output_price: price ? nanosToDollars(price.completionNanos) : null,
        rpm_limit: route.rpmLimit,
        tpm_limit: route.tpmLimit,
        channel_id: channel.id,
        created_at: new Date(route.createdAt).toISOString(),
        updated_at: new Date(Math.max(route.updatedAt, model.updatedAt, channel.updatedAt)).toISOString(),
      };
    });
}

function statusOf(...statuses: string[]): LlmModel['status'] {
  if (statuses.includes('inactive')) return 'inactive';
  return statuses.every((status) => status === 'enabled') ? 'enabled' : 'disabled';
}

/** The documents' words → ours. */
export const authTypeOf = (word: keyof typeof AUTH_WORDS) => AUTH_WORDS[word];
export const usageModeOf = (word: keyof typeof USAGE_WORDS) => USAGE_WORDS[word];
