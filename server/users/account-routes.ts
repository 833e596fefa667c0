// /api/auth, the signed-in person's own: account, sign out everywhere, export, delete.
import { ACCOUNT_TEXTS, accountReply, closeAccountBody, messageReply } from '@hallpass/shared/accounts.ts';
import { z } from 'zod';

import type { AppContext } from '../context.ts';
import { checkGuard } from '../http/guards.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { closeAccount } from './close-account.ts';
import { exportAccount } from './export-account.ts';
import { findUser, updateTokensValidAfter } from './store.ts';

const guard = 'login';
const tag = 'auth';

export const accountRoutes: readonly Route[] = [
  defineRoute({
    method: 'get',
    path: '/api/auth/account',
    guard,
    summary: 'What the account page shows',
    tag,
    response: accountReply,
    handler: async ({ ctx, user }) => account(ctx, user!.id),
  }),
  defineRoute({
    method: 'post',
    path: '/api/auth/logout-everywhere',
    guard,
    summary: 'End every sign-in of this account, this one too',
    tag,
    response: messageReply,
    handler: async ({ ctx, user, locale }) => {
      await signOutEverywhere(ctx, user!.id);
      return { message: ACCOUNT_TEXTS.signedOutEverywhere[locale] };
    },
  }),
  defineRoute({
    method: 'get',
    path: '/api/auth/export',
    guard,
    summary: 'Everything kept about this account, as a file',
    tag,
    docs: { response: z.record(z.string(), z.unknown()) },
    raw: async (http, ctx) => {
      const user = await checkGuard(guard, http, ctx);
      return exportAccount(ctx, user!.id);
    },
  }),
  defineRoute({
    method: 'post',
    path: '/api/auth/close',
    guard,
    summary: 'Delete this account and what was written with it',
    tag,
    maxBodyBytes: 16 * 1024,
    body: closeAccountBody,
    response: messageReply,
    handler: async ({ ctx, http, user, body, locale }) => {
      await closeAccount(ctx, { user: user!, password: body.password, ip: http.get('ip') });
      return { message: ACCOUNT_TEXTS.accountClosed[locale] };
    },
  }),
];

async function account(ctx: AppContext, userId: string): Promise<z.input<typeof accountReply>> {
  const row = (await findUser(ctx.db, userId))!;
  return {
    email: row.email,
    username: row.username,
    role: row.role as 'user',
    has_password: row.passwordHash !== null,
    has_oidc: row.oidcSubject !== null,
    created_at: new Date(row.createdAt).toISOString(),
    last_login_at: row.lastLoginAt === null ? null : new Date(row.lastLoginAt).toISOString(),
    log_retention_days: ctx.settings.current().logRetentionDays,
  };
}

async function signOutEverywhere(ctx: AppContext, userId: string): Promise<void> {
  await ctx.db.transaction().execute(async (trx) => {
    // A login issued within this millisecond ends too.
    await updateTokensValidAfter(trx, userId, ctx.clock.now() + 1);
    await ctx.bumpChanges(trx);
  });
  ctx.events.emit({ type: 'user.changed', userId });
}
