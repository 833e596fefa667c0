// The contract of /api/v1/llm-models (requirement 003): one entry is a route with its model and its channel.
import { z } from 'zod';

import { count, line } from './fields.ts';
import { modelNameSchema } from './channel-models.ts';
import type { ModelType } from './lists.ts';
import { CHANNEL_KEYS_MAX, channelKeyInputSchema, secretSchema } from './channels.ts';

/** Requirement 003's words for what a model is for, and ours. */
export const TYPE_WORDS = {
  生文: 'chat',
  生图: 'image',
  语音: 'audio',
  视频: 'video',
  向量: 'embedding',
  重排: 'rerank',
  审核: 'moderation',
} as const satisfies Record<string, ModelType>;
export type TypeWord = keyof typeof TYPE_WORDS;
const typeWords = [...(Object.keys(TYPE_WORDS) as TypeWord[]), ...Object.values(TYPE_WORDS)] as const;

/** `enabled` answers calls; `disabled` and `inactive` (no longer valid) do not. */
export const MODEL_STATUSES = ['enabled', 'disabled', 'inactive'] as const;

/** `api_key` and `bearer` send `Authorization: Bearer`; `api_key_header` sends `api-key`. */
export const AUTH_WORDS = {
  api_key: 'bearer',
  bearer: 'bearer',
  api_key_header: 'api-key',
  x_api_key: 'x-api-key',
  query: 'query',
  none: 'none',
} as const;

/** `polling` is the documents' 轮询. */
export const USAGE_WORDS = {
  single: 'single',
  polling: 'round_robin',
  round_robin: 'round_robin',
  random: 'random',
} as const;

const words = <T extends object>(table: T) => z.enum(Object.keys(table) as [keyof T & string]);

/** A secret, or what this contract shows of one. */
const keyInput = channelKeyInputSchema.extend({
  key: z
    .union([
      secretSchema.min(1),
      z
        .string()
        .max(20)
        .regex(/^\S*…\S*$/),
    ])
    .optional(),
});

const llmModelFields = {
  name: line(200).min(1),
  /** What clients ask for. */
  model_id: modelNameSchema,
  /** What the upstream calls it; `model_id` where absent. */
  upstream_model: modelNameSchema,
  provider: line(100).nullable(),
  type: z.enum(typeWords as unknown as [string, ...string[]]),
  description: line(2_000).nullable(),
  status: z.enum(MODEL_STATUSES),
  base_url: z.string().min(1).max(2_048),
  auth_type: words(AUTH_WORDS),
  key_usage_mode: words(USAGE_WORDS),
  /** Replaces the list; an entry with `id` and without `key` keeps its secret. */
  api_keys: z.array(keyInput).max(CHANNEL_KEYS_MAX),
  supports_vision: z.boolean(),
  max_tokens: count(100_000_000).nullable(),
  context_window: count(100_000_000).nullable(),
  /** Dollars per million tokens; both or neither. null = the published price applies. */
  input_price: z.number().min(0).max(1_000_000).nullable(),
  output_price: z.number().min(0).max(1_000_000).nullable(),
  rpm_limit: count(1_000_000).nullable(),
  tpm_limit: count(1_000_000_000).nullable(),
};

const bothPrices = (body: { input_price?: number | null | undefined; output_price?: number | null | undefined }) =>
  (body.input_price == null) === (body.output_price == null);
const pricesMessage = { path: ['input_price'], message: 'needs output_price beside it, and the other way round' };

export const llmModelUpdateSchema = z.object(llmModelFields).partial().refine(bothPrices, pricesMessage);
export type LlmModelUpdate = z.infer<typeof llmModelUpdateSchema>;

export const llmModelCreateSchema = z
  .object(llmModelFields)
  .partial()
  .required({ name: true, model_id: true, base_url: true })
  .refine(bothPrices, pricesMessage);

const whole = (max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(0).max(max));

export const llmModelQuery = z.object({
  provider: z.string().max(100).optional(),
  type: llmModelFields.type.optional(),
  status: llmModelFields.status.optional(),
  model_id: z.string().max(200).optional(),
  skip: whole(1_000_000).default(0),
  limit: whole(500).default(100),
});
export type LlmModelQuery = z.infer<typeof llmModelQuery>;

export const llmModelSchema = z.object({
  id: z.string(),
  name: z.string(),
  model_id: z.string(),
  upstream_model: z.string(),
  provider: z.string().nullable(),
  type: z.string(),
  description: z.string().nullable(),
  status: z.enum(MODEL_STATUSES),
  base_url: z.string(),
  auth_type: z.string(),
  key_usage_mode: z.string(),
  /** `key` is masked; the secret never leaves. */
  api_keys: z.array(
    z.object({ id: z.string(), key: z.string(), status: z.string(), last_error: z.string().nullable() }),
  ),
  supports_vision: z.boolean(),
  max_tokens: z.number().nullable(),
  context_window: z.number().nullable(),
  input_price: z.number().nullable(),
  output_price: z.number().nullable(),
  rpm_limit: z.number().nullable(),
  tpm_limit: z.number().nullable(),
  channel_id: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
});
export type LlmModel = z.infer<typeof llmModelSchema>;

export const llmModelListSchema = z.object({ data: z.array(llmModelSchema), total: z.number() });
