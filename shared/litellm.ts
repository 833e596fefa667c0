// The contract of /key/*: the part of LiteLLM's key management that other panels use. Unknown fields are kept.
import { z } from 'zod';

import { timetable } from './timetable.ts';

/** Shortest key value of the caller's own. */
export const OWN_KEY_MIN = 16;
/** Most keys one request can delete, and most that one page of the list holds. */
export const KEYS_MAX = 100;
/** Columns are 32-bit on PostgreSQL. */
const COUNT_MAX = 2_147_483_647;
/** What a whole number of nanos can hold. */
const DOLLARS_MAX = 9_000_000;

const count = z.number().int().min(0).max(COUNT_MAX).nullish();
const name = z
  .string()
  .min(1)
  .max(255)
  .regex(/^\P{C}*$/u, 'must be printable');
const modelName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^\P{C}*$/u, 'must be printable');

/** It travels in a header behind `Bearer`: visible ASCII without a comma. */
const ownKey = z
  .string()
  .min(OWN_KEY_MIN)
  .max(512)
  .regex(/^[!-+\--~]*$/, 'may hold only visible ASCII characters and no comma');

/** A plain key or a key's hash. */
const keyOrHash = z.string().min(1).max(4_096);

const keyFields = {
  key_alias: z.union([name, z.literal('')]).nullish(),
  duration: z.string().max(20).nullish(),
  models: z.array(modelName).max(1_000).nullish(),
  /** Dollars; null = no budget, 0 = nothing may be spent. */
  max_budget: z.number().min(0).max(DOLLARS_MAX).nullish(),
  budget_duration: z.string().max(20).nullish(),
  rpm_limit: count,
  tpm_limit: count,
  max_parallel_requests: count,
  metadata: z.record(z.string(), z.unknown()).nullish(),
  aliases: z.record(modelName, modelName).nullish(),
  permissions: z.looseObject({ access_schedule: timetable.nullish() }).nullish(),
  blocked: z.boolean().nullish(),
  user_id: name.nullish(),
  team_id: name.nullish(),
  /** Not LiteLLM's: the plan the pass is on. What the pass sets itself goes before what the plan sets. */
  plan_id: name.nullish(),
};

const keyFieldsSchema = z.looseObject(keyFields);
export const keyGenerateSchema = z.looseObject({ key: ownKey.nullish(), ...keyFields });
export const keyUpdateSchema = z.looseObject({ key: keyOrHash, ...keyFields });
const regenerateFields = {
  new_key: ownKey.nullish(),
  /** How long the old key is still good, such as `24h`; absent or empty: it ends at once. */
  grace_period: z.string().max(20).nullish(),
};
export const keyRegenerateSchema = z.looseObject({ key: keyOrHash, ...regenerateFields });
export const keyRegenerateParams = z.object({ key: keyOrHash });
/** Where the address names the key. */
export const keyRegenerateBody = z.looseObject(regenerateFields);
export const keyBlockSchema = z.object({ key: keyOrHash });
export const keyDeleteSchema = z
  .object({
    keys: z.array(keyOrHash).max(KEYS_MAX).nullish(),
    key_aliases: z.array(name).max(KEYS_MAX).nullish(),
  })
  .refine(({ keys, key_aliases }) => Boolean(keys?.length) !== Boolean(key_aliases?.length), {
    error: 'give either keys or key_aliases',
    path: ['keys'],
  });

export const keyInfoQuery = z.object({ key: keyOrHash.optional() });

const whole = (max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(1).max(max));

export const KEY_SORTS = ['spend', 'max_budget', 'created_at', 'updated_at', 'token', 'key_alias'] as const;

export const keyListQuery = z.object({
  page: whole(1_000_000).default(1),
  size: whole(KEYS_MAX).default(10),
  user_id: name.optional(),
  team_id: name.optional(),
  key_alias: name.optional(),
  key_hash: z
    .string()
    .regex(/^[0-9a-f]{1,64}$/, 'is not a hash')
    .optional(),
  return_full_object: z.stringbool().default(false),
  sort_by: z.enum(KEY_SORTS).optional(),
  sort_order: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['asc', 'desc']))
    .default('desc'),
  /** Deleted keys are gone, so the list of them is empty. */
  status: z.literal('deleted').optional(),
});

export type KeyFields = z.infer<typeof keyFieldsSchema>;
export type KeyListQuery = z.infer<typeof keyListQuery>;

/** LiteLLM's fields that we keep and give back as they came, but do not act on. */
export const KEPT_FIELDS = [
  'agent_id',
  'allowed_cache_controls',
  'allowed_routes',
  'auto_rotate',
  'budget_id',
  'budget_limits',
  'config',
  'enforced_params',
  'guardrails',
  'key_type',
  'model_max_budget',
  'model_rpm_limit',
  'model_tpm_limit',
  'object_permission',
  'organization_id',
  'policies',
  'project_id',
  'prompts',
  'rotation_interval',
  'router_settings',
  'rpm_limit_type',
  'send_invite_email',
  'soft_budget',
  'tags',
  'temp_budget_expiry',
  'temp_budget_increase',
  'tpm_limit_type',
] as const;

const anything = z.unknown().optional();
const kept = Object.fromEntries(KEPT_FIELDS.map((field) => [field, anything])) as Record<
  (typeof KEPT_FIELDS)[number],
  typeof anything
>;
const instant = z.string().nullable();

/** What is told about a key; never the key itself. */
const keyInfo = z.object({
  ...kept,
  key_name: z.string(),
  key_alias: z.string().nullable(),
  /** Dollars in the current period. */
  spend: z.number(),
  max_budget: z.number().nullable(),
  budget_duration: z.string().nullable(),
  budget_reset_at: instant,
  expires: instant,
  models: z.array(z.string()),
  aliases: z.record(z.string(), z.string()),
  user_id: z.string().nullable(),
  team_id: z.string().nullable(),
  plan_id: z.string().nullable(),
  /** Not LiteLLM's: the student whose place in the class the pass is for. */
  seat_name: z.string().nullable(),
  rpm_limit: z.number().nullable(),
  tpm_limit: z.number().nullable(),
  max_parallel_requests: z.number().nullable(),
  metadata: z.record(z.string(), z.unknown()),
  permissions: z.record(z.string(), z.unknown()),
  blocked: z.boolean(),
  created_at: z.string(),
  created_by: z.string().nullable(),
  updated_at: z.string(),
  litellm_budget_table: z.null(),
  /** Fields that neither LiteLLM nor we know. */
  litellm_extra: z.record(z.string(), z.unknown()),
});

/** `token` is the key's SHA-256, LiteLLM's name for a key. */
export const keyRecordSchema = keyInfo.extend({ token: z.string() });
/** The only answer that ever holds the key. */
export const keyGeneratedSchema = keyRecordSchema.extend({ key: z.string(), token_id: z.string() });
/** `key` is the token here. */
export const keyUpdatedSchema = keyRecordSchema.extend({ key: z.string() });
export const keyInfoSchema = z.object({ key: z.string(), info: keyInfo });
export const keyDeletedSchema = z.object({ deleted_keys: z.array(z.string()) });
export const keyListSchema = z.object({
  keys: z.array(z.union([z.string(), keyRecordSchema])),
  total_count: z.number(),
  current_page: z.number(),
  total_pages: z.number(),
});

export type KeyRecord = z.infer<typeof keyRecordSchema>;
