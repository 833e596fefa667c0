// What a plan, a class or another level may set for the calls under it. Null = not set at this level.
import { z } from 'zod';

import { modelNameSchema } from './channel-models.ts';
import { timetable } from './timetable.ts';

export const COUNT_MAX = 2_147_483_647;
const count = z.number().int().min(0).max(COUNT_MAX).nullable();

export const permissionFields = {
  /** `*` and `prefix/*` stand for many; null = all. */
  models: z.array(modelNameSchema).min(1).max(1_000).nullable(),
  /** When calls are let in; null = always. */
  access_schedule: timetable.nullable(),
  /** What may be kept of what is said; null = not said here. */
  content_policy: z.enum(['none', 'on_request', 'full']).nullable(),
  max_output_tokens: z.number().int().min(1).max(COUNT_MAX).nullable(),
  /** Dollars: of a plan for each pass on it, of a class for all of it together. */
  budget: z.number().min(0).max(9_000_000).nullable(),
  /** `1d`, `1w`, `1mo` …; null = it never starts anew. */
  budget_period: z.string().max(20).nullable(),
  rpm_limit: count,
  tpm_limit: count,
  max_parallel: count,
};

/** As they are told: a policy kept by an older version is told as it is. */
export const permissionView = { ...permissionFields, content_policy: z.string().nullable() };

/** The name of a plan or a class. */
export const levelName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^\P{C}*$/u, 'must be printable');
