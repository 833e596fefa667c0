// The contract of /api/admin/prices/import and /restore: an administrator's price file.
import { z } from 'zod';

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
    problems: z.number(),
  }),
  added: z.array(z.string()),
  /** Of the first tier; a change of another tier or kind alone shows equal pairs. */
  changed: z.array(z.object({ model: z.string(), from: pricePair, to: pricePair })),
  gone: z.array(z.string()),
  /** Models without a price that can be read; routes to them keep the price they have from elsewhere. */
  skipped: z.array(z.object({ model: z.string(), reason: z.string() })),
  /** Any of these refuses the whole file. */
  problems: z.array(z.string()),
});
export type PriceImportReport = z.infer<typeof priceImportReport>;

export const priceRestoreReply = z.object({ version: z.string(), models: z.number() });
