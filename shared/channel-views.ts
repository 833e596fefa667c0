// A channel as an administrator sees it.
import { z } from 'zod';

import { channelOptionsSchema } from './channel-options.ts';

export const priceViewSchema = z.object({
  prompt: z.number(),
  completion: z.number(),
  cached: z.number().nullable(),
  cache_write: z.number().nullable(),
  reasoning: z.number().nullable(),
  image: z.number().nullable(),
  audio: z.number().nullable(),
  request: z.number().nullable(),
});
export type PriceView = z.infer<typeof priceViewSchema>;

export const channelModelViewSchema = z.object({
  /** The route's id. */
  id: z.string(),
  name: z.string(),
  upstream_model: z.string(),
  display_name: z.string(),
  type: z.string(),
  provider: z.string().nullable(),
  description: z.string().nullable(),
  status: z.enum(['enabled', 'disabled']),
  capabilities: z.array(z.string()),
  context_window: z.number().nullable(),
  max_output_tokens: z.number().nullable(),
  fallbacks: z.array(z.string()),
  priority: z.number(),
  weight: z.number(),
  /** The price set here; null where a published one or none applies. */
  prices: priceViewSchema.nullable(),
  /** What calls are charged; null = no price is known, and passes with a budget are refused. */
  effective_prices: priceViewSchema.nullable(),
  /** Where `effective_prices` come from. */
  price_source: z.string().nullable(),
  /** Found by the model's name alone; better set one's own. */
  price_guessed: z.boolean(),
});
export type ChannelModelView = z.infer<typeof channelModelViewSchema>;

/** A channel as an administrator sees it. No secret has a field here. */
export const channelViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  base_url: z.string(),
  /** The first of `models`; null where the channel has none. */
  model_id: z.string().nullable(),
  rpm_limit: z.number().nullable(),
  is_enabled: z.boolean(),
  has_key: z.boolean(),
  /** Such as `sk-…abcd`. */
  key_hint: z.string().nullable(),
  protocol: z.string(),
  auth_type: z.string(),
  preset: z.string().nullable(),
  key_usage_mode: z.string(),
  tpm_limit: z.number().nullable(),
  options: channelOptionsSchema,
  api_keys: z.array(
    z.object({
      id: z.string(),
      hint: z.string(),
      status: z.string(),
      cooldown_until: z.string().nullable(),
      last_error: z.string().nullable(),
      last_error_at: z.string().nullable(),
    }),
  ),
  models: z.array(channelModelViewSchema),
  /** The last health check by timer; null = there was none. */
  last_check: z
    .object({
      at: z.string(),
      /** Of the quickest right answer; null = there was none. */
      latency_ms: z.number().nullable(),
      /** Of the first key that did not answer: a code of `upstream-troubles.ts`, else its own words; null = all did. */
      error: z.string().nullable(),
    })
    .nullable(),
  /** The newest request sent to it; null = none is on record, nor does anybody know whether it works. */
  last_call: z.object({ at: z.string(), ok: z.boolean() }).nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});
export type ChannelView = z.infer<typeof channelViewSchema>;
