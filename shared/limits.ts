// The contract of /api/chat/limits: what is left of the questions a minute, before anybody is refused.
import { z } from 'zod';

export const chatLimitsReply = z.object({
  /** The tightest that counts for the caller; null where none does. */
  requests: z
    .object({
      limit: z.int(),
      remaining: z.int(),
      /** Seconds until there is room for one more or, with room, until all of it is there again. */
      reset_seconds: z.int(),
    })
    .nullable(),
});

export type ChatLimits = z.infer<typeof chatLimitsReply>;
