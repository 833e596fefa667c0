// The contract of /api/admin/costs (003's cost report). Money is in dollars.
import { z } from 'zod';

import { STATS_DIMENSIONS } from './stats.ts';

/** Lines of the reply; the file has all. */
export const COST_LINES_MAX = 500;
/** Days a report may cover. */
export const COST_DAYS_MAX = 400;

export const costsQuery = z.object({
  /** The first and the last day, both included, in the server's zone. */
  from: z.iso.date(),
  to: z.iso.date(),
  by: z.enum(STATS_DIMENSIONS).default('classroom'),
});
export type CostsQuery = z.infer<typeof costsQuery>;

const sum = {
  calls: z.int(),
  errors: z.int(),
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  cost: z.number(),
};
const line = z.object({ id: z.string(), name: z.string(), ...sum });

export const costsReply = z.object({
  time_zone: z.string(),
  from: z.iso.date(),
  to: z.iso.date(),
  by: z.enum(STATS_DIMENSIONS),
  /** Of everything, whoever called: guests and passes without a class too. */
  total: z.object(sum),
  /** The same number of days before, for comparison. */
  before: z.object(sum),
  /** The most expensive first. */
  data: z.array(line),
  /** What has no line: calls that belong to none of these, and lines beyond the bound. */
  rest: z.object(sum),
  /** How many lines there are. */
  lines: z.int(),
});
export type CostsReply = z.infer<typeof costsReply>;
