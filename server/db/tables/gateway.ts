// What can be called: channels, their keys, models, routes, prices.
import type { Json, Ms, Nanos, Timestamps } from './columns.ts';

export interface ChannelsTable extends Timestamps {
  id: string;
  name: string;
  preset: string | null;
  protocol: string;
  baseUrl: string;
  authType: string;
  keyUsageMode: string;
  status: string;
  rpmLimit: number | null;
  tpmLimit: number | null;
  options: Json;
  /** When the last health check by timer began. */
  lastCheckAt: Ms | null;
  /** How long the quickest right answer took, in ms; null = there was none. */
  lastCheckMs: number | null;
  /** Of the first key that did not answer; null = all that were asked did. */
  lastCheckError: string | null;
}

export interface ChannelKeysTable extends Timestamps {
  id: string;
  channelId: string;
  position: number;
  /** AES-256-GCM, bound to this row's id. */
  ciphertext: string;
  hint: string;
  status: string;
  cooldownUntil: Ms | null;
  lastError: string | null;
  lastErrorAt: Ms | null;
}

export interface ModelsTable extends Timestamps {
  id: string;
  publicName: string;
  displayName: string;
  type: string;
  provider: string | null;
  description: string | null;
  status: string;
  capabilities: Json;
  contextWindow: number | null;
  maxOutputTokens: number | null;
  /** Public names of the models that answer in its place, in order. */
  fallbacks: Json;
}

export interface ModelAliasesTable {
  alias: string;
  modelId: string;
  createdAt: Ms;
}

export interface RoutesTable extends Timestamps {
  id: string;
  modelId: string;
  channelId: string;
  upstreamModel: string;
  priority: number;
  weight: number;
  status: string;
  rpmLimit: number | null;
  tpmLimit: number | null;
}

export interface PricesTable {
  id: string;
  modelId: string | null;
  routeId: string | null;
  promptNanos: Nanos;
  completionNanos: Nanos;
  cachedNanos: Nanos | null;
  cacheWriteNanos: Nanos | null;
  reasoningNanos: Nanos | null;
  imageNanos: Nanos | null;
  audioNanos: Nanos | null;
  requestNanos: Nanos | null;
  source: string;
  validFrom: Ms;
  createdAt: Ms;
}

export interface LlmPromptTemplatesTable {
  id: string;
  name: string;
  template: string;
  createdAt: Ms;
}
