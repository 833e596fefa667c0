// Users and sign-ins for tests.
import type { Role } from '@hallpass/shared/roles.ts';

import type { AppContext } from '../context.ts';
import { NO_PERMISSIONS } from '../db/tables/columns.ts';
import type { UsersTable } from '../db/tables/people.ts';

/** Adds a user who has no password. @returns the id. */
export async function addUser(ctx: AppContext, fields: Partial<UsersTable> = {}): Promise<string> {
  const id = ctx.ids.next('user');
  const now = ctx.clock.now();
  await ctx.db
    .insertInto('users')
    .values({
      ...NO_PERMISSIONS,
      id,
      email: `${id}@example.com`,
      username: null,
      passwordHash: null,
      role: 'user',
      displayName: null,
      locale: null,
      oidcIssuer: null,
      oidcSubject: null,
      status: 'active',
      tokensValidAfter: 0,
      lastLoginAt: null,
      createdAt: now,
      updatedAt: now,
      ...fields,
    })
    .execute();
  return fields.id ?? id;
}

/** Adds a user with this role and signs them in. */
export async function signInAs(ctx: AppContext, role: Role): Promise<{ userId: string; token: string }> {
  const userId = await addUser(ctx, { role });
  return { userId, token: await ctx.logins.issue(userId) };
}

/**
 * Every password hashed from now on gets the real hash of this one, at once: hashing one after the other would keep
 * rivals from ever meeting at the database.
 */
export async function hashBeforehand(ctx: AppContext, password: string): Promise<void> {
  const hash = await ctx.passwords.hash(password);
  ctx.passwords = { ...ctx.passwords, hash: async () => hash };
}
