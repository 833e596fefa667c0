// The most a call may cost, before it is sent. Pure.
import type { HoldBound, UnitPrices } from '../ledger/ledger.ts';
import { AppError } from '../lib/app-error.ts';
import { costMicros } from '@hallpass/shared/money.ts';
import type { CatalogModel } from '../models/catalog.ts';
import type { PromptSize } from './prompt-size.ts';
import type { ChatRequest } from './request-body.ts';

/** Output cap of a capped call whose plan names none (DESIGN §5). */
export const DEFAULT_MAX_OUTPUT_TOKENS = 4_096;
/** A call that cannot afford this many tokens (or the client's own smaller cap) is refused. */
export const MIN_OUTPUT_TOKENS = 16;

/** Request fields whose price has no bound; a capped caller is refused them by name. */
const UNBOUNDED_FIELDS = [
  'web_search_options',
  'prediction',
  'audio',
  // Other vendors' searches and add-ons, billed apart from the tokens, and OpenRouter's other models.
  'search_parameters',
  'enable_search',
  'enable_enhancement',
  'web_search',
  'plugins',
  'models',
] as const;
/** Tools that the caller runs; all others run upstream, at a price nobody can bound. */
const OWN_TOOLS: readonly unknown[] = ['function', 'custom', undefined];

/** The dearest of several routes' prices, kind by kind: a retry elsewhere must still be covered by the hold. */
export function dearestPrices(prices: readonly UnitPrices[]): UnitPrices | null {
  const [first] = prices;
  if (!first) return null;
  if (prices.length === 1) return first;
  const most = (pick: (price: UnitPrices) => number | null): number | null => {
    const values = prices.map(pick).filter((value) => value !== null);
    return values.length > 0 ? Math.max(...values) : null;
  };
  return {
    promptNanos: most((price) => price.promptNanos) ?? 0,
    completionNanos: most((price) => price.completionNanos) ?? 0,
    cachedNanos: most((price) => price.cachedNanos),
    cacheWriteNanos: most((price) => price.cacheWriteNanos),
    reasoningNanos: most((price) => price.reasoningNanos),
    imageNanos: most((price) => price.imageNanos),
    audioNanos: most((price) => price.audioNanos),
    requestNanos: most((price) => price.requestNanos),
    source: first.source,
    version: first.version,
  };
}

export interface BoundInput {
  request: ChatRequest;
  model: CatalogModel;
  size: PromptSize;
  prices: UnitPrices;
  /** Most output tokens the caller's levels allow; null = the default. */
  maxOutputTokens: number | null;
  /** Refuses what has no upper bound of cost in another format than OpenAI's. */
  refuse?: (request: ChatRequest) => void;
}

/** @throws AppError unsupported_parameter, unsupported_media, context_length_exceeded. */
export function holdBound(input: BoundInput): HoldBound {
  const { request, size, prices } = input;
  refuseMedia(size);
  (input.refuse ?? refuseUnbounded)(request);
  const wanted = wantedOutputTokens(input);
  return {
    fixedMicros: fixedMicros(size, prices),
    outputNanos: Math.max(prices.completionNanos, prices.reasoningNanos ?? 0),
    wantedOutputTokens: wanted,
    minOutputTokens: Math.min(request.maxTokens ?? MIN_OUTPUT_TOKENS, MIN_OUTPUT_TOKENS, wanted),
    answers: request.answers,
  };
}

/** The smallest of the client's cap, the caller's permission, the model's maximum and the context left. */
export function wantedOutputTokens({ request, model, size, maxOutputTokens }: Omit<BoundInput, 'prices'>): number {
  const left = model.contextWindow === null ? Infinity : model.contextWindow - size.estimateTokens;
  if (left < 1) {
    throw new AppError('context_length_exceeded', {
      param: 'messages',
      params: { model: model.publicName, limit: model.contextWindow ?? 0 },
    });
  }
  return Math.min(
    request.maxTokens ?? Infinity,
    maxOutputTokens ?? DEFAULT_MAX_OUTPUT_TOKENS,
    model.maxOutputTokens ?? Infinity,
    left,
  );
}

function fixedMicros(size: PromptSize, prices: UnitPrices): bigint {
  // A provider may bill any part of the prompt as written to its cache, which can be dearer.
  const promptNanos = Math.max(prices.promptNanos, prices.cacheWriteNanos ?? 0, prices.cachedNanos ?? 0);
  return (
    costMicros(size.boundTokens, promptNanos) +
    costMicros(size.audioTokens, Math.max(prices.audioNanos ?? 0, promptNanos)) +
    costMicros(size.images, prices.imageNanos ?? 0) +
    costMicros((prices.requestNanos ?? 0) * (size.requests ?? 1), 1_000_000)
  );
}

function refuseMedia(size: PromptSize): void {
  const [kind] = size.unknownMedia;
  if (kind !== undefined) throw new AppError('unsupported_media', { param: 'messages', params: { kind } });
}

/** @throws AppError unsupported_parameter */
export function refuseUnbounded(request: ChatRequest): void {
  const refuse = (param: string, detail: string) =>
    new AppError('unsupported_parameter', { param, params: { param, detail } });
  for (const name of UNBOUNDED_FIELDS) {
    const value = request.fields[name];
    if (value !== undefined && value !== null && value !== false)
      throw refuse(name, 'its cost has no upper bound, and this pass has a budget');
  }
  const hosted = request.tools.find((tool) => !OWN_TOOLS.includes((tool as { type?: unknown } | null)?.type));
  if (hosted) throw refuse('tools', 'only tools of type function can be used with a budget');
  if (request.fields.service_tier === 'priority') throw refuse('service_tier', 'this pass has a budget');
}
