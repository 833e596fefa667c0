// The contract of /api/admin/plans: named sets of permissions that passes point to.
import { z } from 'zod';

import { modelNameSchema } from './channels.ts';
import { timetable } from './timetable.ts';

const COUNT_MAX = 2_147_483_647;
const count = z.number().int().min(0).max(COUNT_MAX).nullable();

const fields = {
  name: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .regex(/^\P{C}*$/u, 'must be printable'),
  description: z
    .string()
    .trim()
    .max(500)
    .regex(/^\P{Cc}*$/u, 'may not hold control characters')
    .nullable(),
  /** `*` and `prefix/*` stand for many; null = all. */
  models: z.array(modelNameSchema).min(1).max(1_000).nullable(),
  /** When calls are let in; null = always. */
  access_schedule: timetable.nullable(),
  /** What may be kept of what is said; null = not said here. */
  content_policy: z.enum(['none', 'on_request', 'full']).nullable(),
  max_output_tokens: z.number().int().min(1).max(COUNT_MAX).nullable(),
  /** Dollars, for each pass on the plan. */
  budget: z.number().min(0).max(9_000_000).nullable(),
  /** `1d`, `1w`, `1mo` …; null = it never starts anew. */
  budget_period: z.string().max(20).nullable(),
  rpm_limit: count,
  tpm_limit: count,
  max_parallel: count,
  /** How long a new pass on the plan is valid; null = until it is blocked or deleted. */
  pass_days: z.number().int().min(1).max(3_650).nullable(),
};

/** What a change may name; absent fields stay. */
export const planUpdate = z
  .object(fields)
  .partial()
  .strict()
  .refine((body) => Object.keys(body).length > 0, 'names nothing to change');
export type PlanUpdate = z.infer<typeof planUpdate>;

/** Everything but the name may be left out: null, or no limit. */
export const planInput = z.object(fields).partial().required({ name: true }).strict();
export type PlanInput = z.infer<typeof planInput>;

export const planView = z.object({
  id: z.string(),
  ...fields,
  content_policy: z.string().nullable(),
  /** One of the two that carry the limits of people without a pass: it cannot be renamed or deleted. */
  built_in: z.boolean(),
  /** Passes that point to it. */
  passes: z.int(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
export type PlanView = z.infer<typeof planView>;

export const plansReply = z.object({ data: z.array(planView) });
