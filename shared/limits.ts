// The contract of /api/chat/limits: what is left of questions, tokens and money, before anybody is refused.
import { z } from 'zod';

const rateLeft = z.object({
  limit: z.int(),
  remaining: z.int(),
  /** Seconds until there is room for one more or, with room, until all of it is there again. */
  reset_seconds: z.int(),
});

/** Of each kind the tightest that counts for the caller; null where none does. */
export const chatLimitsReply = z.object({
  /** Questions a minute. */
  requests: rateLeft.nullable(),
  /** Tokens a minute. */
  tokens: rateLeft.nullable(),
  /** Dollars of the period; what running answers may still cost is not left. */
  budget: z
    .object({
      limit: z.number(),
      remaining: z.number(),
      /** ISO 8601; null = it never starts anew. */
      resets_at: z.string().nullable(),
    })
    .nullable(),
});

export type ChatLimits = z.infer<typeof chatLimitsReply>;
