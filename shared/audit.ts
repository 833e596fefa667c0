// The contract of /api/admin/audit.
import { z } from 'zod';

const text = z.string().trim().min(1).max(200).optional();
const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max));

export const auditQuery = z.object({
  /** Who did it: an id. */
  actor: text,
  /** `noun.verb`, or only the noun. */
  action: text,
  /** What it was done to: an id. */
  target: text,
  /** `next_cursor` of the page before. */
  cursor: whole(1, 999_999_999_999).optional(),
  limit: whole(1, 200).default(50),
});

export const auditView = z.object({
  seq: z.int(),
  id: z.string(),
  at: z.iso.datetime(),
  actor_id: z.string().nullable(),
  /** null = the system itself. */
  actor_name: z.string().nullable(),
  action: z.string(),
  target_kind: z.string().nullable(),
  target_id: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
  ip: z.string().nullable(),
});
export type AuditView = z.infer<typeof auditView>;

export const auditPage = z.object({ data: z.array(auditView), next_cursor: z.string().nullable() });
export type AuditPage = z.infer<typeof auditPage>;

export const auditVerdict = z.object({
  /** Every row fits the one before it. */
  intact: z.boolean(),
  /** The first row that does not, and what is wrong with it. */
  damage: z.object({ seq: z.int(), problem: z.enum(['changed', 'missing']) }).nullable(),
});
