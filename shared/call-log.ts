// The contract of /api/admin/logs (requirement 001 §2.4): numbers only, never what was said.
import { z } from 'zod';

const text = z.string().trim().min(1).max(200).optional();
/** ISO 8601 with a zone, a calendar day in the server's zone (`2026-11-21`), or epoch ms. */
const moment = z
  .union([z.iso.datetime({ offset: true }), z.iso.date(), z.string().regex(/^\d{1,15}$/, 'is not a time')])
  .optional();
const count = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max));

/** 001's filters `start end user ip model`, and ours. All that are named must fit. */
export const callLogFilter = z.object({
  start: moment,
  /** Exclusive; a calendar day is included whole. */
  end: moment,
  /** A user's id, or a part of the name or e-mail stamped on the call. */
  user: text,
  ip: text,
  model: text,
  /** A channel's id or name. */
  channel: text,
  /** A classroom's id or name. */
  classroom: text,
  /** A pass's id or name. */
  pass: text,
  status: z.enum(['success', 'error', 'cancelled', 'cut', 'open']).optional(),
  activation_code: text,
  kind: z.enum(['question', 'task', 'test', 'recorded']).optional(),
  request_id: text,
});
export type CallLogFilter = z.infer<typeof callLogFilter>;

export const callLogQuery = callLogFilter.extend({
  /** `next_cursor` of the page before. */
  cursor: z.string().max(200).optional(),
  limit: count(1, 200).default(50),
});

export const callLogEntry = z.object({
  id: z.string(),
  request_id: z.string(),
  created_at: z.iso.datetime(),
  kind: z.string(),
  endpoint: z.string(),
  /** 001's names. */
  user_id: z.string().nullable(),
  username: z.string().nullable(),
  ip_address: z.string().nullable(),
  channel_id: z.string().nullable(),
  channel_name: z.string().nullable(),
  model_id: z.string(),
  prompt_tokens: z.int(),
  /**
   * What is counted: in `prompt_tokens` tokens, characters of speech or seconds of a recording, in `units` pictures or
   * searches of documents.
   */
  prompt_unit: z.enum(['tokens', 'characters', 'seconds', 'images', 'searches']),
  /** Pictures or searches that were asked for, 0 where nothing came of it; null = others are counted, or no price was known. */
  units: z.int().nullable(),
  completion_tokens: z.int(),
  cached_tokens: z.int(),
  reasoning_tokens: z.int(),
  /** Of the prompt: heard, not read. */
  audio_tokens: z.int(),
  pass_id: z.string().nullable(),
  pass_name: z.string().nullable(),
  classroom_id: z.string().nullable(),
  classroom_name: z.string().nullable(),
  seat_name: z.string().nullable(),
  activation_code: z.string().nullable(),
  stream: z.boolean(),
  /** `open` while the call runs. */
  status: z.string(),
  error_code: z.string().nullable(),
  /** Dollars. null = no price is known. */
  cost: z.number().nullable(),
  /** Tokens were counted here, because the upstream reported none. */
  estimated: z.boolean(),
  first_byte_ms: z.int().nullable(),
  duration_ms: z.int().nullable(),
});
export type CallLogEntry = z.infer<typeof callLogEntry>;

export const callLogPage = z.object({ data: z.array(callLogEntry), next_cursor: z.string().nullable() });
export type CallLogPage = z.infer<typeof callLogPage>;

const unitPrices = z.record(z.string(), z.union([z.number(), z.string(), z.null()])).nullable();

export const callLogDetail = callLogEntry.extend({
  error_message: z.string().nullable(),
  /** Dollars reserved while the call ran. */
  held: z.number(),
  granted_tokens: z.int().nullable(),
  /** The upstream reported more than was held: the hold was charged, this is what it said (dollars). */
  reported: z.number().nullable(),
  attempts: z.array(
    z.object({
      id: z.string(),
      channel_id: z.string(),
      upstream_model: z.string(),
      upstream_request_id: z.string().nullable(),
      status: z.string(),
      http_status: z.int().nullable(),
      error_code: z.string().nullable(),
      started_at: z.iso.datetime(),
      first_byte_ms: z.int().nullable(),
      duration_ms: z.int().nullable(),
      prompt_tokens: z.int(),
      completion_tokens: z.int(),
      estimated: z.boolean(),
      cost: z.number(),
      /** Whole nano-dollars per million units, as stamped when the call was settled. */
      unit_prices: unitPrices,
      price_version: z.string().nullable(),
    }),
  ),
});
export type CallLogDetail = z.infer<typeof callLogDetail>;
