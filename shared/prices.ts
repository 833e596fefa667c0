// The contract of /api/admin/prices: what is charged and why, one's own prices, an imported price file.
import { z } from 'zod';

import { priceViewSchema } from './channel-views.ts';

/** By model, as LiteLLM's model_prices_and_context_window.json; read and judged by the import itself. */
export const priceFileSchema = z.record(z.string(), z.unknown());

/** `true` judges the file and reports, but changes nothing. */
export const priceImportQuery = z.object({ dry_run: z.enum(['true', 'false']).optional() });

/** Dollars per million tokens. */
const pricePair = z.object({ prompt: z.number(), completion: z.number() });

/** Lists hold at most 200 names; the counts are of all. */
export const priceImportReport = z.object({
  /** The set now in force; null where nothing was changed. */
  version: z.string().nullable(),
  /** Whether the set can be, or was, put in force. */
  accepted: z.boolean(),
  counts: z.object({
    models: z.number(),
    added: z.number(),
    changed: z.number(),
    gone: z.number(),
    skipped: z.number(),
    free: z.number(),
    problems: z.number(),
  }),
  added: z.array(z.string()),
  /** Of the first tier; a change of another tier or kind alone shows equal pairs. */
  changed: z.array(z.object({ model: z.string(), from: pricePair, to: pricePair })),
  gone: z.array(z.string()),
  /** Models without a price that can be read; routes to them keep the price they have from elsewhere. */
  skipped: z.array(z.object({ model: z.string(), reason: z.string() })),
  /** Models the file says cost nothing; of some it only does not know the price. */
  free: z.array(z.string()),
  /** Any of these refuses the whole file. */
  problems: z.array(z.string()),
});
export type PriceImportReport = z.infer<typeof priceImportReport>;

export const priceRestoreReply = z.object({ version: z.string(), models: z.number() });

/** What a route's calls are charged now. */
export const priceRowSchema = z.object({
  route_id: z.string(),
  model_id: z.string(),
  model: z.string(),
  channel_id: z.string(),
  channel: z.string(),
  upstream_model: z.string(),
  /** The dearest tier that can be reached; null = no price is known, and passes with a budget are refused. */
  prices: priceViewSchema.nullable(),
  /** By prompt size, the first at 0; empty where nothing is known. */
  tiers: z.array(z.object({ above_tokens: z.number(), prices: priceViewSchema })),
  source: z.string().nullable(),
  /** As stamped on rows. */
  version: z.string().nullable(),
  /** Where one of our own sheets read it; null for every other source. */
  sheet: z
    .object({
      url: z.string(),
      /** The vendor's page that the source names. */
      vendor: z.string(),
      read_on: z.iso.date(),
      currency: z.enum(['USD', 'CNY']),
    })
    .nullable(),
  /** When one's own price was set or the file imported; null for published prices. */
  valid_from: z.iso.datetime().nullable(),
  /** Found by the model's name alone; better set one's own. */
  guessed: z.boolean(),
  unpriced: z.boolean(),
});
export type PriceRow = z.infer<typeof priceRowSchema>;

export const priceListSchema = z.array(priceRowSchema);
