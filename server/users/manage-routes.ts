// /api/admin/users: the accounts, for administrators; and the public end of a password link.
import { ACCOUNT_TEXTS, messageReply } from '@hallpass/shared/accounts.ts';
import { resetBody, resetLinkReply, usersPage, usersQuery, userUpdate, userView } from '@hallpass/shared/users.ts';
import { z } from 'zod';

import { defineRoute, type Route } from '../http/route.ts';
import { AppError } from '../lib/app-error.ts';
import { changeUser, createResetLink, deleteUserAccount, exportUser, viewOfUser } from './manage.ts';
import { resetPassword } from './reset-password.ts';
import { listUsers, type UserPlace } from './users-store.ts';

const USERS = '/api/admin/users';
const shared = { guard: 'admin', tag: 'users' } as const;
const params = z.object({ id: z.string().max(100) });

export const manageUserRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path: USERS,
    summary: 'The accounts, newest first',
    query: usersQuery,
    response: usersPage,
    handler: async ({ ctx, query: { limit, cursor, ...filter } }) => {
      const rows = await listUsers(ctx.db, { ...filter, after: placeOf(cursor) }, limit + 1);
      const page = rows.slice(0, limit);
      return { data: page.map(viewOfUser), next_cursor: rows.length > limit ? cursorOf(page.at(-1)!) : null };
    },
  }),
  defineRoute({
    ...shared,
    method: 'put',
    path: `${USERS}/:id`,
    summary: 'Change an account’s role, or switch it off and on',
    params,
    body: userUpdate,
    response: userView,
    handler: ({ ctx, http, params: { id }, body, user }) =>
      changeUser(ctx, { id, by: user!, ip: http.get('ip') }, body),
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path: `${USERS}/:id/reset-link`,
    summary: 'Make a link by which this person sets a new password; it is told this once',
    params,
    response: resetLinkReply,
    handler: ({ ctx, http, params: { id }, user }) => createResetLink(ctx, { id, by: user!, ip: http.get('ip') }),
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: `${USERS}/:id/export`,
    summary: 'Everything kept about an account, as a file; the audit log says who took it',
    params,
    fileType: 'application/json',
    file: ({ ctx, http, params: { id }, user }) => exportUser(ctx, { id, by: user!, ip: http.get('ip') }),
  }),
  defineRoute({
    ...shared,
    method: 'delete',
    path: `${USERS}/:id`,
    summary: 'Delete an account and what was written with it',
    params,
    response: z.object({ id: z.string(), deleted: z.literal(true) }),
    handler: async ({ ctx, http, params: { id }, user }) => {
      await deleteUserAccount(ctx, { id, by: user!, ip: http.get('ip') });
      return { id, deleted: true as const };
    },
  }),
  defineRoute({
    method: 'post',
    path: '/api/auth/reset',
    guard: 'public',
    summary: 'Set a new password by the link an administrator made',
    tag: 'auth',
    maxBodyBytes: 16 * 1024,
    body: resetBody,
    response: messageReply,
    handler: async ({ ctx, http, body, locale }) => {
      await resetPassword(ctx, { ...body, ip: http.get('ip') });
      return { message: ACCOUNT_TEXTS.passwordChanged[locale] };
    },
  }),
];

const cursorOf = ({ createdAt, id }: UserPlace): string => `${createdAt}-${id}`;

/** @throws AppError invalid_parameter. */
function placeOf(cursor: string | undefined): UserPlace | undefined {
  if (cursor === undefined) return undefined;
  const [, createdAt, id] = /^(\d{1,15})-(.+)$/.exec(cursor) ?? [];
  if (createdAt === undefined || id === undefined)
    throw new AppError('invalid_parameter', { param: 'cursor', params: { param: 'cursor', detail: 'not a cursor' } });
  return { createdAt: Number(createdAt), id };
}
