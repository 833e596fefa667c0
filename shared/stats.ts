// The contract of /api/admin/stats (requirement 001 §2.5, 003's cost report). Money is in dollars.
import { z } from 'zod';

const sum = {
  calls: z.int(),
  errors: z.int(),
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  cost: z.number(),
};

export const statsTotal = z.object(sum);
export type StatsTotal = z.infer<typeof statsTotal>;

/** `active_users` counts the users and passes that called; guests are nobody in particular. */
const period = z.object({ ...sum, active_users: z.int() });
/** Of the latest calls that ended well: to the first byte, and to the end. */
const latency = {
  calls: z.int(),
  first_byte_p50_ms: z.int().nullable(),
  first_byte_p95_ms: z.int().nullable(),
  total_p50_ms: z.int().nullable(),
  total_p95_ms: z.int().nullable(),
};
const share = z.object({ id: z.string(), name: z.string(), ...sum });
export type StatsShare = z.infer<typeof share>;

export const STATS_DIMENSIONS = ['model', 'channel', 'classroom', 'user', 'pass', 'plan'] as const;

export const statsQuery = z.object({
  /** Which days the shares and the trend cover. */
  range: z.enum(['7d', '30d', '90d']).default('7d'),
});

export const statsReply = z.object({
  time_zone: z.string(),
  /** Whole calendar days, weeks from Monday and months of the server's zone, so far. */
  today: period,
  week: period,
  month: period,
  /** One entry a day of the range, the oldest first; days without calls are there with zeros. */
  trend: z.array(z.object({ day: z.iso.date(), ...sum })),
  /** The most used or most expensive first, 20 of each. */
  shares: z.record(z.enum(STATS_DIMENSIONS), z.array(share)),
  /** Calls that run now. */
  live: z.int(),
  /** Of all channels, and of each that answered among the latest calls. */
  latency: z.object({
    ...latency,
    channels: z.array(z.object({ id: z.string(), name: z.string(), ...latency })),
  }),
});
export type StatsReply = z.infer<typeof statsReply>;
