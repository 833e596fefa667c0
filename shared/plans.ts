// The contract of /api/admin/plans: named sets of permissions that passes point to.
import { z } from 'zod';

import { levelName, permissionFields, permissionView } from './permissions.ts';

const fields = {
  name: levelName,
  description: z
    .string()
    .trim()
    .max(500)
    .regex(/^\P{Cc}*$/u, 'may not hold control characters')
    .nullable(),
  ...permissionFields,
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
  ...permissionView,
  /** One of the two that carry the limits of people without a pass: it cannot be renamed or deleted. */
  built_in: z.boolean(),
  /** Passes that point to it. */
  passes: z.int(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
export type PlanView = z.infer<typeof planView>;

export const plansReply = z.object({ data: z.array(planView) });
