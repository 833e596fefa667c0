// The catalog's shape: every model, route, channel and price in one immutable snapshot, so that a call reads
// memory only. Rebuilt on `catalog.changed`.
import type { AuthType } from '@hallpass/shared/channels.ts';

import type { UnitPrices } from '../ledger/ledger.ts';
import type { PriceTier, RoutePrices } from './pricing.ts';

export interface CatalogKey {
  id: string;
  /** Plain secret; lives in memory only. */
  secret: string;
  status: 'enabled' | 'disabled';
}

export interface ChannelOptions {
  /** Until the first event of an answer; then the next route is tried. */
  firstByteTimeoutMs: number;
  /** Between two events of a stream; then the stream is ended as cut. */
  stallTimeoutMs: number;
  /** From the head of a streamed answer to its end, however much it sends. */
  longestStreamMs: number;
  /** Name of the output cap this upstream takes. */
  maxTokensField: 'max_tokens' | 'max_completion_tokens';
  /** Most answer bytes accepted for a call without streaming. */
  maxResponseBytes: number;
  /** Added to the address of every request; empty for most. */
  query: string;
  /** What has to change in a request's body for this vendor; undefined = nothing. */
  body: BodyRules | undefined;
  /** Answers carry their reasoning between `<think>` tags; `implied` = without the opening one. */
  thinkTags: 'tags' | 'implied' | undefined;
}

/** How one vendor's request body differs from OpenAI's. */
export interface BodyRules {
  drop: readonly string[];
  rename: Readonly<Record<string, string>>;
  /** Sent where the client sends none of that name. */
  extra: Readonly<Record<string, unknown>>;
  streamUsage: 'asked' | 'continuous' | 'unasked';
}

export interface CatalogChannel {
  id: string;
  name: string;
  preset: string | null;
  protocol: 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini' | 'demo';
  /** Without a trailing slash. */
  baseUrl: string;
  authType: AuthType;
  keyUsageMode: 'single' | 'round_robin' | 'random';
  rpmLimit: number | null;
  tpmLimit: number | null;
  options: ChannelOptions;
  /** Only enabled keys, in order. */
  keys: readonly CatalogKey[];
}

export interface CatalogRoute {
  id: string;
  upstreamModel: string;
  /** Lower is tried first. */
  priority: number;
  weight: number;
  /** Requests and tokens a minute of this route alone; absent = no limit of its own. */
  rpmLimit?: number | null;
  tpmLimit?: number | null;
  channel: CatalogChannel;
  /**
   * null = no price is known: refused for capped callers. Where the price has tiers by prompt size these are the
   * dearest that can be reached; `pricesAt` of pricing.ts gives those of one prompt.
   */
  prices: UnitPrices | null;
  /** By prompt size; absent or one entry where the price has no tiers. */
  tiers?: readonly PriceTier[];
  /** The price was found by the model's name alone. */
  priceGuessed: boolean;
  /** Set on a route that answers in another model's place. */
  standIn?: StandIn;
}

export interface StandIn {
  /** Public name of the model that answers. */
  model: string;
  maxOutputTokens: number | null;
  /** 1 = the first to be tried after the model's own routes. */
  rank: number;
}

export interface CatalogModel {
  id: string;
  publicName: string;
  displayName: string;
  type: string;
  provider: string | null;
  description: string | null;
  capabilities: readonly string[];
  contextWindow: number | null;
  maxOutputTokens: number | null;
  createdAt: number;
  /** Enabled routes on enabled channels, by priority. */
  routes: readonly CatalogRoute[];
  /** Those of its fallback models; absent = it has none. */
  fallbackRoutes?: readonly CatalogRoute[];
}

export interface CatalogSnapshot {
  /** By public name or system-wide alias. */
  find(name: string): CatalogModel | undefined;
  /** Enabled models that have a route, by name. */
  list(): readonly CatalogModel[];
  /** What a route's tokens cost, also of a disabled one; null = no price is known. */
  priceOf(routeId: string): RoutePrices | null;
}

export interface Catalog {
  current(): CatalogSnapshot;
  /** Reads everything again; called after every change. */
  reload(): Promise<void>;
}
