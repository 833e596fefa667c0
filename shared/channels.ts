// The contract of /api/admin/channels: requirement 001's fields, and ours as optional ones.
import { z } from 'zod';

/** Most models one channel can list. */
export const CHANNEL_MODELS_MAX = 2_000;
/** Most keys one channel can hold. */
export const CHANNEL_KEYS_MAX = 50;

/** A name as clients write it: printable, no space at either end. */
export const modelNameSchema = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\s\p{C}]([^\p{C}]*[^\s\p{C}])?$/u, 'must be printable, without spaces at either end');

/** A secret travels in a header: visible ASCII only. */
export const secretSchema = z
  .string()
  .max(4_096)
  .regex(/^[\x21-\x7e]*$/, 'may hold only visible ASCII characters');

/** One line for people; no control characters (PostgreSQL stores no NUL). */
const line = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .regex(/^\P{Cc}*$/u, 'may not hold control characters');
const count = (max: number) => z.number().int().min(1).max(max);
const dollars = z.number().min(0).max(1_000_000);
const durationMs = z.number().int().min(1_000).max(3_600_000);

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

export const MODEL_TYPES = ['chat', 'embedding', 'image', 'audio', 'video', 'rerank', 'moderation'] as const;
export type ModelType = (typeof MODEL_TYPES)[number];

export const CAPABILITIES = ['vision', 'tools', 'reasoning', 'json', 'audio', 'files'] as const;

/** More could not be tried within a call's attempts. */
const FALLBACKS_MAX = 2;

/** What a model and its route on this channel may be told. */
const modelSettings = {
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

export const channelKeyInputSchema = z.object({
  /** Of a key the channel has; its secret stays when `key` is absent. */
  id: z.string().max(100).optional(),
  key: secretSchema.min(1).optional(),
  status: z.enum(['enabled', 'disabled']).optional(),
});
export type ChannelKeyInput = z.infer<typeof channelKeyInputSchema>;

/** Most entries of each list among a channel's options. */
const OPTION_ENTRIES_MAX = 50;
const fieldName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/, 'is not the name of a field');
/** What the gateway itself sets or bounds money with: no rule of a channel touches it. */
const OWN_FIELDS = [
  ...['model', 'messages', 'input', 'stream', 'n'],
  ...['max_tokens', 'max_completion_tokens', 'max_output_tokens', 'previous_response_id'],
  // Gemini's.
  ...['contents', 'generationConfig'],
];
const leavesOwn = (names: readonly string[]) => !names.some((name) => OWN_FIELDS.includes(name));
const OWN = `may not name ${OWN_FIELDS.join(', ')}`;
const isSmall = (record: object) => Object.keys(record).length <= OPTION_ENTRIES_MAX;
const TOO_MANY = `may hold at most ${OPTION_ENTRIES_MAX} entries`;

export const channelOptionsSchema = z.object({
  first_byte_timeout_ms: durationMs.optional(),
  stall_timeout_ms: durationMs.optional(),
  /** Longest streamed answer; an hour where absent. */
  stream_timeout_ms: durationMs.optional(),
  max_tokens_field: z.enum(['max_tokens', 'max_completion_tokens']).optional(),
  max_response_bytes: z
    .number()
    .int()
    .min(1_024)
    .max(256 * 1024 * 1024)
    .optional(),
  /** Sent with every request's address, such as Azure's `api-version`. */
  query: z.record(fieldName, line(200)).refine(isSmall, TOO_MANY).optional(),
  /** Request fields this upstream refuses; they are left out. */
  drop_params: z.array(fieldName).max(OPTION_ENTRIES_MAX).refine(leavesOwn, OWN).optional(),
  /** Request fields this upstream knows by another name. */
  rename_params: z.record(fieldName, fieldName).refine(isSmall, TOO_MANY).optional(),
  /** Fields sent where the client sends none of that name. */
  extra_body: z
    .record(fieldName, z.json())
    .refine(isSmall, TOO_MANY)
    .refine((record) => leavesOwn(Object.keys(record)), OWN)
    .optional(),
  /** `asked` (the default): by `stream_options`. `unasked`: it refuses that field and reports all the same. */
  stream_usage: z.enum(['asked', 'continuous', 'unasked']).optional(),
  /** Asks the channel a short question this often, a real call on nobody's budget; absent = only when asked to. */
  health_check_minutes: z.number().int().min(1).max(1_440).optional(),
  /** Answers carry their reasoning between `<think>` tags; `implied` where they leave out the opening one. */
  think_tags: z.union([z.boolean(), z.literal('implied')]).optional(),
});
export type ChannelOptionsInput = z.infer<typeof channelOptionsSchema>;

/** The wire formats a channel's upstream may speak. */
export const CHANNEL_PROTOCOLS = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const;
export type ChannelProtocol = (typeof CHANNEL_PROTOCOLS)[number];

/** How a key travels: `Authorization: Bearer`, the header of that name, `?key=`, or not at all. */
export const AUTH_TYPES = ['bearer', 'api-key', 'x-api-key', 'x-goog-api-key', 'query', 'none'] as const;
export type AuthType = (typeof AUTH_TYPES)[number];

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
  key_usage_mode: z.enum(['single', 'round_robin', 'random']),
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
  created_at: z.string(),
  updated_at: z.string(),
});
export type ChannelView = z.infer<typeof channelViewSchema>;

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

function distinct(values: readonly string[] | undefined): boolean {
  return !values || new Set(values).size === values.length;
}
