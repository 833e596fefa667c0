// The contract of /api/classrooms: what a teacher does in the classes they teach. Limits and budgets are an
// administrator's: here they are not among the fields.
import { z } from 'zod';

import { callLogEntry, callLogFilter, callLogQuery } from './call-log.ts';
import { codesInput, codesQuery } from './classrooms.ts';
import { LOCALES } from './errors.ts';
import { NAMES_MAX } from './lists.ts';
import { levelName } from './permissions.ts';
import { planView } from './plans.ts';
import { statsQuery, statsReply, statsTotal } from './stats.ts';

const id = z
  .string()
  .min(1)
  .max(100)
  .regex(/^\P{C}*$/u, 'must be printable');

/** Classes one teacher may have made. */
export const TAUGHT_MAX = 100;
/** Longest time for which a replaced key is still good. */
export const GRACE_HOURS_MAX = 168;

const own = {
  name: levelName,
  /** A class of a teacher is always on a plan: without one nothing would limit its passes. */
  plan_id: id,
  locale: z.enum(LOCALES).nullable(),
};

export const ownClassroomInput = z.object(own).partial({ locale: true }).strict();
export type OwnClassroomInput = z.infer<typeof ownClassroomInput>;

/** What a change may name; absent fields stay. A class is closed for good: who opens it again is an administrator. */
export const ownClassroomUpdate = z
  .object({ ...own, paused: z.boolean(), closed: z.literal(true) })
  .partial()
  .strict()
  .refine((body) => Object.keys(body).length > 0, 'names nothing to change');
export type OwnClassroomUpdate = z.infer<typeof ownClassroomUpdate>;

/** A plan as a teacher chooses one: what it allows, not who else is on it. */
export const offeredPlan = planView.omit({ passes: true, built_in: true, created_at: true, updated_at: true });
export type OfferedPlan = z.infer<typeof offeredPlan>;
export const offeredPlansReply = z.object({ data: z.array(offeredPlan) });

/** The days a pass is valid from now on; never more than its plan gives. */
const days = z.number().int().min(1).max(3_650);

export const namesInput = z
  .object({
    /** One pass and one seat for each. */
    names: z.array(levelName).min(1).max(NAMES_MAX),
    /** Absent = as long as the plan says. */
    days: days.optional(),
  })
  .strict()
  .superRefine(({ names }, issues) => {
    const twice = names.find((one, index) => names.indexOf(one) !== index);
    if (twice !== undefined)
      issues.addIssue({ code: 'custom', path: ['names'], message: `“${twice}” stands in it twice` });
  });
export type NamesInput = z.infer<typeof namesInput>;

export const classPass = z.object({
  id: z.string(),
  /** The student's name in the class. */
  name: z.string().nullable(),
  /** The key, masked. */
  key_name: z.string(),
  /** Dollars in the period that runs now. */
  spent: z.number(),
  budget: z.number().nullable(),
  blocked: z.boolean(),
  /** Who switched it off; what the administration blocked, a teacher does not let in again. */
  blocked_by: z.enum(['teacher', 'administration']).nullable(),
  expires_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
});
export type ClassPass = z.infer<typeof classPass>;

/** `key` is told this once; only its hash is kept. */
export const newPassesReply = z.object({ data: z.array(classPass.extend({ key: z.string() })) });
export type NewPass = z.infer<typeof newPassesReply>['data'][number];
export const changedPassesReply = z.object({ data: z.array(classPass) });

export const classPassesQuery = codesQuery.pick({ cursor: true, limit: true });
export type ClassPassesQuery = z.infer<typeof classPassesQuery>;
export const classPassesPage = z.object({ data: z.array(classPass), next_cursor: z.string().nullable() });
export type ClassPassesPage = z.infer<typeof classPassesPage>;

/** All of them or none. */
const passes = z.array(id).min(1).max(NAMES_MAX);
export const namedPasses = z.object({ passes }).strict();
export const rotatedPasses = z
  .object({ passes, grace_hours: z.number().int().min(0).max(GRACE_HOURS_MAX).default(0) })
  .strict();
export const extendedPasses = z.object({ passes, days }).strict();

/** Codes of a class are on the class's plan. */
export const ownCodesInput = z.object({ count: codesInput.shape.count, days: codesInput.shape.days }).strict();
export const ownCodesQuery = codesQuery.omit({ classroom: true });

/** No address, no channel and no account: numbers of the class, and never what was said. */
export const classCall = callLogEntry.omit({
  ip_address: true,
  channel_id: true,
  channel_name: true,
  user_id: true,
  username: true,
  classroom_id: true,
  classroom_name: true,
});
export type ClassCall = z.infer<typeof classCall>;
const notOfClass = { user: true, ip: true, channel: true, classroom: true } as const;
export const classCallsFilter = callLogFilter.omit(notOfClass);
export const classCallsQuery = callLogQuery.omit(notOfClass);
export const classCallsPage = z.object({ data: z.array(classCall), next_cursor: z.string().nullable() });
export type ClassCallsPage = z.infer<typeof classCallsPage>;

export const usageQuery = statsQuery;
export const usageReply = z.object({
  time_zone: z.string(),
  /** Of the whole range. */
  total: statsTotal,
  trend: statsReply.shape.trend,
  /** By who spent most. */
  passes: z.array(statsTotal.extend({ id: z.string(), name: z.string() })),
});
export type ClassUsage = z.infer<typeof usageReply>;
