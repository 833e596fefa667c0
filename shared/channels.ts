// The contract of /api/admin/channels: requirement 001's fields, and ours as optional ones.
import { z } from 'zod';

import { channelModelInputSchema, modelNameSchema, modelSettings } from './channel-models.ts';
import { channelOptionsSchema } from './channel-options.ts';
import { count, line } from './fields.ts';

/** Most models one channel can list. */
export const CHANNEL_MODELS_MAX = 2_000;
/** Most keys one channel can hold. */
export const CHANNEL_KEYS_MAX = 50;

/** A secret travels in a header: visible ASCII only. */
export const secretSchema = z
  .string()
  .max(4_096)
  .regex(/^[\x21-\x7e]*$/, 'may hold only visible ASCII characters');

export const channelKeyInputSchema = z.object({
  /** Of a key the channel has; its secret stays when `key` is absent. */
  id: z.string().max(100).optional(),
  key: secretSchema.min(1).optional(),
  status: z.enum(['enabled', 'disabled']).optional(),
});
export type ChannelKeyInput = z.infer<typeof channelKeyInputSchema>;

/** The wire formats a channel's upstream may speak. */
export const CHANNEL_PROTOCOLS = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const;
export type ChannelProtocol = (typeof CHANNEL_PROTOCOLS)[number];

/** How a key travels: `Authorization: Bearer`, the header of that name, `?key=`, or not at all. */
export const AUTH_TYPES = ['bearer', 'api-key', 'x-api-key', 'x-goog-api-key', 'query', 'none'] as const;
export type AuthType = (typeof AUTH_TYPES)[number];

/** Which of its keys the next request takes. */
export const KEY_USAGE_MODES = ['single', 'round_robin', 'random'] as const;

const channelFields = {
  name: line(100).min(1),
  base_url: z.string().min(1).max(2_048),
  /** Empty or the masked hint = not changed. */
  api_key: z
    .union([
      secretSchema,
      z
        .string()
        .max(20)
        .regex(/^\S*…\S*$/),
    ])
    .optional(),
  model_id: modelNameSchema.nullable(),
  rpm_limit: count(1_000_000).nullable(),
  is_enabled: z.boolean(),
  protocol: z.enum(CHANNEL_PROTOCOLS),
  auth_type: z.enum(AUTH_TYPES),
  preset: z
    .string()
    .regex(/^[a-z0-9-]{1,50}$/, 'is not the name of a preset')
    .nullable(),
  key_usage_mode: z.enum(KEY_USAGE_MODES),
  tpm_limit: count(1_000_000_000).nullable(),
  api_keys: z.array(channelKeyInputSchema).max(CHANNEL_KEYS_MAX),
  models: z.array(channelModelInputSchema).min(1).max(CHANNEL_MODELS_MAX),
  options: channelOptionsSchema,
  ...modelSettings,
};

const channelShape = z.object(channelFields).partial();

/** What a PUT may change; absent fields stay. */
export const channelUpdateSchema = channelShape
  .refine((body) => !(body.api_key && body.api_keys), { path: ['api_key'], message: 'send either api_key or api_keys' })
  .refine((body) => !body.models || body.model_id == null || body.model_id === body.models[0]?.name, {
    path: ['model_id'],
    message: 'must be the name of the first of models',
  })
  .refine((body) => distinct(body.models?.map(({ name, upstream_model }) => `${name}\n${upstream_model ?? name}`)), {
    path: ['models'],
    message: 'lists the same model twice',
  })
  .refine((body) => distinct(body.api_keys?.flatMap(({ id }) => id ?? [])), {
    path: ['api_keys'],
    message: 'lists the same key twice',
  });
export type ChannelUpdate = z.infer<typeof channelUpdateSchema>;

export const channelCreateSchema = channelUpdateSchema
  .refine((body) => body.name !== undefined, { path: ['name'], message: 'is required' })
  .refine((body) => body.base_url !== undefined, { path: ['base_url'], message: 'is required' })
  .refine((body) => body.model_id != null || body.models !== undefined, { path: ['model_id'], message: 'is required' });

function distinct(values: readonly string[] | undefined): boolean {
  return !values || new Set(values).size === values.length;
}
