// The contract of /api/admin/classrooms, /api/admin/activation-codes and POST /api/v1/activate.
import { z } from 'zod';

import { LOCALES } from './errors.ts';
import { CODE_STATUSES, CODES_MAX } from './lists.ts';
import { levelName, permissionFields, permissionView } from './permissions.ts';

const id = z
  .string()
  .min(1)
  .max(100)
  .regex(/^\P{C}*$/u, 'must be printable');

const fields = {
  name: levelName,
  /** What holds for its passes where neither pass nor class says otherwise. */
  plan_id: id.nullable(),
  /** The language its passes are refused in; null = the caller's, else the server's. */
  locale: z.enum(LOCALES).nullable(),
  ...permissionFields,
  /** While it is, no call of the class is let in, and running answers end. */
  paused: z.boolean(),
  /** A closed class lets no call in, redeems no code and is only looked at; an administrator opens it again. */
  closed: z.boolean(),
};

/** Those who teach a class. */
export const TEACHERS_MAX = 20;

/** What only an administrator names. */
const adminFields = {
  ...fields,
  /**
   * The users who teach the class: the whole list, which replaces the one before. The owner is who was it before and is
   * still named, else the first; an empty list leaves the class to the administrators.
   */
  teacher_ids: z.array(id).max(TEACHERS_MAX),
};

/** What a change may name; absent fields stay. */
export const classroomUpdate = z
  .object(adminFields)
  .partial()
  .strict()
  .refine((body) => Object.keys(body).length > 0, 'names nothing to change');
export type ClassroomUpdate = z.infer<typeof classroomUpdate>;

export const classroomInput = z.object(adminFields).partial().required({ name: true }).strict();
export type ClassroomInput = z.infer<typeof classroomInput>;

export const classroomView = z.object({
  id: z.string(),
  ...fields,
  ...permissionView,
  plan_name: z.string().nullable(),
  /** The owner first. Nobody = the class is the administrators'. */
  teachers: z.array(z.object({ id: z.string(), name: z.string(), owner: z.boolean() })),
  /** Passes in it. */
  passes: z.int(),
  /** Activation codes that wait to be redeemed. */
  open_codes: z.int(),
  /** What the class has spent in the period that runs now. Dollars. */
  spent: z.number(),
  /** When that period ends; null where it does not. */
  spent_resets_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
export type ClassroomView = z.infer<typeof classroomView>;

export const classroomsReply = z.object({ data: z.array(classroomView) });

export const codesInput = z
  .object({
    count: z.number().int().min(1).max(CODES_MAX),
    classroom_id: id.nullable().default(null),
    plan_id: id.nullable().default(null),
    /** Days until they can no longer be redeemed. */
    days: z.number().int().min(1).max(3_650).nullable().default(null),
  })
  .strict()
  .refine((body) => body.classroom_id !== null || body.plan_id !== null, 'a class or a plan is needed');
export type CodesInput = z.infer<typeof codesInput>;

export const codeView = z.object({
  id: z.string(),
  /** What logs and lists show of the code. */
  public_part: z.string(),
  status: z.enum(CODE_STATUSES),
  classroom_id: z.string().nullable(),
  classroom_name: z.string().nullable(),
  plan_id: z.string().nullable(),
  plan_name: z.string().nullable(),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime().nullable(),
  redeemed_at: z.iso.datetime().nullable(),
  redeemed_pass_id: z.string().nullable(),
});
export type CodeView = z.infer<typeof codeView>;

/** `code` is told this once; only its hash is kept. */
export const codesReply = z.object({ data: z.array(codeView.extend({ code: z.string() })) });
export type NewCode = z.infer<typeof codesReply>['data'][number];

export const codesQuery = z.object({
  classroom: id.optional(),
  status: z.enum(CODE_STATUSES).optional(),
  /** `next_cursor` of the page before. */
  cursor: id.optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(1).max(200))
    .default(50),
});
export type CodesQuery = z.infer<typeof codesQuery>;
export const codesPage = z.object({ data: z.array(codeView), next_cursor: z.string().nullable() });
export type CodesPage = z.infer<typeof codesPage>;

export const activateBody = z.object({ code: z.string().min(1).max(100) }).strict();
/** The pass that a code has become. `key` is told this once. */
export const activateReply = z.object({
  key: z.string(),
  classroom_name: z.string().nullable(),
  plan_name: z.string().nullable(),
  expires_at: z.iso.datetime().nullable(),
});
export type Activated = z.infer<typeof activateReply>;
