// Trying a channel: a test call, and the list of what its upstream offers.
import { z } from 'zod';

import { modelNameSchema } from './channel-models.ts';
import { AUTH_TYPES, CHANNEL_PROTOCOLS, secretSchema } from './channels.ts';

/** What to ask; the channel's first chat model and each of its keys where left out. */
export const channelTestSchema = z.object({
  model: modelNameSchema.optional(),
  key_id: z.string().max(100).optional(),
});
export type ChannelTest = z.infer<typeof channelTestSchema>;

/** How one key did. */
export const channelTestResultSchema = z.object({
  /** null = the channel needs no key. */
  key_id: z.string().nullable(),
  model: z.string(),
  ok: z.boolean(),
  http_status: z.number().nullable(),
  latency_ms: z.number(),
  /** The beginning of what it answered. */
  answer: z.string().nullable(),
  error: z.string().nullable(),
  /** Its row in the ledger. */
  call_id: z.string(),
});
export type ChannelTestResult = z.infer<typeof channelTestResultSchema>;

/** Either a stored channel, or an address and key that are not saved yet. */
export const upstreamModelsQuerySchema = z
  .object({
    channel_id: z.string().max(100).optional(),
    base_url: z.string().min(1).max(2_048).optional(),
    api_key: secretSchema.optional(),
    /** Of an address not saved yet; chat completions where absent. */
    protocol: z.enum(CHANNEL_PROTOCOLS).optional(),
    /** How its key travels; bearer where absent. */
    auth_type: z.enum(AUTH_TYPES).optional(),
  })
  .refine((body) => (body.channel_id === undefined) !== (body.base_url === undefined), {
    path: ['channel_id'],
    message: 'send either channel_id or base_url',
  })
  .refine((body) => body.channel_id === undefined || body.api_key === undefined, {
    path: ['api_key'],
    message: 'a stored channel has its own key',
  });

export const upstreamModelsSchema = z.object({ models: z.array(z.string()) });
