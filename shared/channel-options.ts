// How a channel's requests are sent and its answers read: the contract of its `options`.
import { z } from 'zod';

import { line } from './fields.ts';

const durationMs = z.number().int().min(1_000).max(3_600_000);

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
/** The output cap's two names: it is the gateway that writes it, under the one, and it stays a cap under the other. */
const CAPS = ['max_tokens', 'max_completion_tokens'];
/** What would hide from the gateway, under a name that it does not look at, what a call may cost or has cost. */
const PRICED_FIELDS = [
  ...OWN_FIELDS,
  ...['stream_options', 'tools', 'best_of', 'service_tier', 'web_search_options', 'prediction', 'audio', 'modalities'],
  ...['search_parameters', 'enable_search', 'plugins', 'models', 'mcp_servers', 'container', 'inference_geo', 'speed'],
  ...['context_management', 'prompt', 'background', 'conversation', 'web_search', 'enable_enhancement'],
];
export const mayRename = (from: string, to: string) =>
  (CAPS.includes(from) && CAPS.includes(to)) || ![from, to].some((name) => PRICED_FIELDS.includes(name));
const MAY_RENAME = `may rename max_completion_tokens to max_tokens or back, and none of ${PRICED_FIELDS.join(', ')} otherwise`;
/** Whether a channel may send this of its own accord; what costs apart from the tokens may only be switched off. */
export const maySend = (name: string, value: unknown) =>
  !OWN_FIELDS.includes(name) && (value === false || !PRICED_FIELDS.includes(name));
const MAY_NOT_SEND = 'bounds or adds to what a call costs: each caller sets it, no channel may';
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
  rename_params: z
    .record(fieldName, fieldName)
    .refine(isSmall, TOO_MANY)
    .refine((record) => Object.entries(record).every(([from, to]) => mayRename(from, to)), MAY_RENAME)
    .optional(),
  /** Fields sent where the client sends none of that name. */
  extra_body: z
    .record(fieldName, z.json())
    .refine(isSmall, TOO_MANY)
    .superRefine((record, { addIssue }) => {
      for (const [name, value] of Object.entries(record))
        if (!maySend(name, value)) addIssue({ code: 'custom', path: [name], message: MAY_NOT_SEND });
    })
    .optional(),
  /** `asked` (the default): by `stream_options`. `unasked`: it refuses that field and reports all the same. */
  stream_usage: z.enum(['asked', 'continuous', 'unasked']).optional(),
  /** Asks the channel a short question this often, a real call on nobody's budget; absent = only when asked to. */
  health_check_minutes: z.number().int().min(1).max(1_440).optional(),
  /** Answers carry their reasoning between `<think>` tags; `implied` where they leave out the opening one. */
  think_tags: z.union([z.boolean(), z.literal('implied')]).optional(),
});
export type ChannelOptionsInput = z.infer<typeof channelOptionsSchema>;
