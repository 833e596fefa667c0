// The contract of requirement 004: the call log, the default upstream key, and the prompt templates that are no more.
import { z } from 'zod';

import { secretSchema } from './channels.ts';

const whole = (max: number) => z.number().int().min(0).max(max);
const tokens = whole(2_000_000_000).nullish();
const id = z
  .string()
  .min(1)
  .max(100)
  .regex(/^\P{Cc}+$/u, 'may not hold control characters');
/** The document's ids are numbers; ours are text. */
const anyId = z.union([id, z.number().int().transform(String)]).nullish();
const instant = z.union([
  z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  whole(8_640_000_000_000_000),
]);
const text = (max: number) => z.string().max(max);

export const llmCallInput = z
  .object({
    config_id: anyId,
    template_id: anyId,
    group_id: id.nullish(),
    user_id: id.nullish(),
    activation_code: z
      .string()
      .max(32)
      .regex(/^[\x21-\x7e]*$/)
      .nullish(),
    model: id.optional(),
    request_messages: z.array(z.unknown()).max(10_000),
    request_params: z.record(z.string(), z.unknown()).nullish(),
    response_content: text(4_000_000).nullish(),
    response_data: z.unknown().optional(),
    status: z.enum(['success', 'error']),
    error_message: text(2_000).nullish(),
    tokens_used: tokens,
    prompt_tokens: tokens,
    completion_tokens: tokens,
    /** ISO 8601 or epoch ms; now where absent. */
    call_time: instant.optional(),
    duration_ms: whole(86_400_000).nullish(),
  })
  .strict()
  .refine(
    ({ tokens_used: all, prompt_tokens: a, completion_tokens: b }) =>
      all == null || a == null || b == null || all === a + b,
    { path: ['tokens_used'], message: 'is not prompt_tokens + completion_tokens' },
  );
export type LlmCallInput = z.infer<typeof llmCallInput>;

const count = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max));
const since = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()])
  .transform((value) => Date.parse(value))
  .optional();

/** Why somebody wants to read what was said; kept in the audit log. */
const reason = z.string().trim().min(5).max(500).optional();

export const llmCallQuery = z.object({
  config_id: id.optional(),
  template_id: id.optional(),
  group_id: id.optional(),
  user_id: id.optional(),
  activation_code: id.optional(),
  model: id.optional(),
  kind: z.enum(['question', 'task', 'test', 'recorded']).optional(),
  status: z.enum(['success', 'error']).optional(),
  start: since,
  end: since,
  /** `next_cursor` of the page before. */
  cursor: z.string().max(200).optional(),
  skip: count(0, 10_000).default(0),
  limit: count(1, 200).default(50),
  /** false leaves out what was said; nothing is read then, so nothing is written to the audit log. */
  content: z.stringbool().default(true),
  reason,
});
export type LlmCallQuery = z.infer<typeof llmCallQuery>;

export const llmCallOneQuery = z.object({ content: z.stringbool().default(true), reason });

export const llmCallSchema = z.object({
  id: z.string(),
  config_id: z.string().nullable(),
  template_id: z.string().nullable(),
  group_id: z.string().nullable(),
  activation_code: z.string().nullable(),
  request_messages: z.array(z.unknown()),
  request_params: z.record(z.string(), z.unknown()).nullable(),
  response_content: z.string().nullable(),
  response_data: z.unknown(),
  status: z.enum(['success', 'error']),
  error_message: z.string().nullable(),
  tokens_used: z.number(),
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  call_time: z.string(),
  duration_ms: z.number().nullable(),
  /** Ours: `success`, `error`, `cancelled`, `cut`. */
  status_detail: z.string().nullable(),
  kind: z.string(),
  model: z.string(),
  user_id: z.string().nullable(),
  pass_id: z.string().nullable(),
  /** The policy the content was kept under; null = nothing was kept. */
  content_policy: z.string().nullable(),
  /** It is there, and is shown with a `reason` only. */
  content_withheld: z.boolean(),
  content_truncated: z.boolean(),
});
export type LlmCall = z.infer<typeof llmCallSchema>;
export const llmCallListSchema = z.object({ data: z.array(llmCallSchema), next_cursor: z.string().nullable() });

export const llmConfigSchema = z.object({
  /** The channel that holds it; null = none is set. */
  id: z.string().nullable(),
  /** Masked. */
  api_key: z.string().nullable(),
  has_key: z.boolean(),
  base_url: z.string(),
  updated_at: z.string().nullable(),
});
export const llmConfigUpdate = z
  .object({ api_key: secretSchema.min(1), base_url: z.string().min(1).max(2_048).optional() })
  .strict();

export const llmTemplatesSchema = z.object({
  data: z.array(z.object({ id: z.string(), name: z.string(), template: z.string(), created_at: z.string() })),
});
