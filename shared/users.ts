// The contract of /api/admin/users, and of the link by which somebody sets a new password.
import { z } from 'zod';

import { newPassword } from './accounts.ts';
import { ROLES } from './roles.ts';

/** Longest search text. */
const SEARCH_MAX = 100;
const count = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max));

export const USER_STATUSES = ['active', 'disabled'] as const;

export const usersQuery = z.object({
  /** A part of the user name, the e-mail or the display name. */
  search: z.string().trim().min(1).max(SEARCH_MAX).optional(),
  role: z.enum(ROLES).optional(),
  status: z.enum(USER_STATUSES).optional(),
  /** `next_cursor` of the page before. */
  cursor: z.string().max(100).optional(),
  limit: count(1, 200).default(50),
});
export type UsersQuery = z.infer<typeof usersQuery>;

export const userView = z.object({
  id: z.string(),
  username: z.string().nullable(),
  email: z.string().nullable(),
  display_name: z.string().nullable(),
  role: z.enum(ROLES),
  status: z.enum(USER_STATUSES),
  has_password: z.boolean(),
  /** Signs in with the configured OpenID Connect issuer. */
  has_oidc: z.boolean(),
  created_at: z.iso.datetime(),
  last_login_at: z.iso.datetime().nullable(),
});
export type UserView = z.infer<typeof userView>;

export const usersPage = z.object({ data: z.array(userView), next_cursor: z.string().nullable() });
export type UsersPage = z.infer<typeof usersPage>;

/** Only what is named changes. */
export const userUpdate = z
  .object({ role: z.enum(ROLES).optional(), status: z.enum(USER_STATUSES).optional() })
  .strict()
  .refine(({ role, status }) => role !== undefined || status !== undefined, 'names nothing to change');
export type UserUpdate = z.infer<typeof userUpdate>;

/** `path` is shown once; only its hash is kept. */
export const resetLinkReply = z.object({ path: z.string(), expires_at: z.iso.datetime() });
export type ResetLink = z.infer<typeof resetLinkReply>;

export const resetBody = z.object({ token: z.string().min(1).max(200), password: newPassword });
