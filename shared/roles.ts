// Roles and what each may do; a guest has no row and so no role.

export const ROLES = ['admin', 'teacher', 'student', 'user'] as const;
export type Role = (typeof ROLES)[number];

/** Who a route lets in. `login` = any signed-in user; `adminKey` = `LITELLM_ADMIN_KEY` or an admin's login. */
export const GUARDS = ['public', 'login', 'teacher', 'admin', 'adminKey', 'pass', 'caller'] as const;
export type Guard = (typeof GUARDS)[number];

const RANK: Record<Role, number> = { user: 0, student: 0, teacher: 1, admin: 2 };

/** Whether a role is at least another: admin ≥ teacher ≥ student = user. */
export function roleAtLeast(role: Role, needed: Role): boolean {
  return RANK[role] >= RANK[needed];
}
