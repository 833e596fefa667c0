// The contract of GET /api/admin/presets: vendors as rows that pre-fill a channel.
import { z } from 'zod';

import { channelOptionsSchema } from './channel-options.ts';
import { AUTH_TYPES, CHANNEL_PROTOCOLS } from './channels.ts';
import { LOCALES } from './errors.ts';

export const presetSchema = z.object({
  id: z.string(),
  /** By language, as the vendor calls itself there. */
  label: z.record(z.enum(LOCALES), z.string()),
  group: z.enum(['international', 'mainland', 'local']),
  /** The usual one first. `{name}` stands for a part that is one's own, such as an Azure resource. */
  base_urls: z.array(z.object({ url: z.string(), label: z.record(z.enum(LOCALES), z.string()) })).min(1),
  auth_type: z.enum(AUTH_TYPES),
  protocol: z.enum(CHANNEL_PROTOCOLS),
  options: channelOptionsSchema,
  /** A model to begin with; null where it depends on what was deployed or downloaded. */
  example_model: z.string().nullable(),
  /** Where a key is made; null where none is needed. */
  key_url: z.string().nullable(),
  docs_url: z.string(),
  /** Where address and quirks were read, and when; null = not all of it was read there yet. */
  source: z.object({ url: z.string(), read_on: z.iso.date().nullable() }),
  /** What an administrator should know before choosing it. */
  note: z.record(z.enum(LOCALES), z.string()).nullable(),
});
export type Preset = z.infer<typeof presetSchema>;

export const presetListSchema = z.array(presetSchema);
