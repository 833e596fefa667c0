// What a model of a channel may be told: its name, what it is for, what it costs.
import { z } from 'zod';

import { count, line } from './fields.ts';
import { CAPABILITIES, MODEL_TYPES } from './lists.ts';

/** A name as clients write it: printable, no space at either end. */
export const modelNameSchema = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\s\p{C}]([^\p{C}]*[^\s\p{C}])?$/u, 'must be printable, without spaces at either end');

const dollars = z.number().min(0).max(1_000_000);

/**
 * Dollars per million tokens; `image` is per picture sent, `request` per request. An absent kind of token is charged
 * as the kind it is part of. Where no tokens count: `image` is per picture made, `prompt` per million characters read
 * aloud, `audio` per million seconds heard, `request` per search of a hundred documents.
 */
export const priceInputSchema = z.object({
  prompt: dollars,
  completion: dollars,
  cached: dollars.nullish(),
  cache_write: dollars.nullish(),
  reasoning: dollars.nullish(),
  image: z.number().min(0).max(9).nullish(),
  audio: dollars.nullish(),
  request: dollars.nullish(),
});
export type PriceInput = z.infer<typeof priceInputSchema>;

/** More could not be tried within a call's attempts. */
const FALLBACKS_MAX = 2;

/** What a model and its route on this channel may be told. */
export const modelSettings = {
  display_name: line(200).min(1).optional(),
  type: z.enum(MODEL_TYPES).optional(),
  description: z
    .string()
    .trim()
    .max(2_000)
    .refine((text) => !text.includes('\0'), 'may not hold NUL')
    .nullish(),
  provider: line(100).nullish(),
  capabilities: z.array(z.enum(CAPABILITIES)).max(CAPABILITIES.length).optional(),
  context_window: count(100_000_000).nullish(),
  max_output_tokens: count(100_000_000).nullish(),
  /**
   * Names of models that answer in its place, in this order, while none of its own routes does: within the same three
   * attempts, at their own price, and only those the caller may use. Theirs are not followed.
   */
  fallbacks: z.array(modelNameSchema).max(FALLBACKS_MAX).optional(),
  /** null removes the price set here, so that a published one applies. */
  prices: priceInputSchema.nullish(),
  /** Lower is tried first. */
  priority: z.number().int().min(0).max(1_000).optional(),
  weight: z.number().int().min(1).max(1_000).optional(),
};

export const channelModelInputSchema = z.object({
  /** What clients ask for. */
  name: modelNameSchema,
  /** What the upstream calls it; the same name when absent. */
  upstream_model: modelNameSchema.optional(),
  status: z.enum(['enabled', 'disabled']).optional(),
  ...modelSettings,
});
export type ChannelModelInput = z.infer<typeof channelModelInputSchema>;
