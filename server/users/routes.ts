// /api/auth: signing up, in and out (requirement 001's bodies and answers), and the one-time set-up.
import {
  ACCOUNT_TEXTS,
  adminLoginBody,
  loginBody,
  loginReply,
  meReply,
  messageReply,
  passwordBody,
  registerBody,
  setupBody,
  signInOptionsReply,
} from '@hallpass/shared/accounts.ts';

import { bearerToken } from '../http/credentials.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { setUpFirstAdmin } from './first-admin.ts';
import { register } from './register.ts';
import { changePassword, signIn, signInAdmin } from './sign-in.ts';

/** Larger than any body these addresses accept. */
const maxBodyBytes = 16 * 1024;
const tag = 'auth';
const bearer = (token: string) => ({ access_token: token, token_type: 'bearer' as const });

export const userRoutes: readonly Route[] = [
  defineRoute({
    method: 'get',
    path: '/api/auth/options',
    guard: 'public',
    summary: 'What the sign-in pages offer',
    tag,
    response: signInOptionsReply,
    handler: async ({ ctx }) => {
      const { registration, guestsAllowed, defaultLocale } = ctx.settings.current();
      const publicUrl = ctx.config.PUBLIC_URL?.replace(/\/+$/, '') ?? null;
      const oidc = ctx.oidc ? { name: ctx.oidc.name } : null;
      return {
        registration,
        guests_allowed: guestsAllowed,
        default_locale: defaultLocale,
        oidc,
        public_url: publicUrl,
      };
    },
  }),
  defineRoute({
    method: 'post',
    path: '/api/auth/register',
    guard: 'public',
    summary: 'Sign up with e-mail and password',
    tag,
    maxBodyBytes,
    body: registerBody,
    response: messageReply,
    handler: async ({ ctx, http, body, locale }) => {
      await register(ctx, { ...body, ip: http.get('ip') });
      return { message: ACCOUNT_TEXTS.registered[locale] };
    },
  }),
  defineRoute({
    method: 'post',
    path: '/api/auth/login',
    guard: 'public',
    summary: 'Sign in with e-mail and password',
    tag,
    maxBodyBytes,
    body: loginBody,
    response: loginReply,
    handler: async ({ ctx, http, body: { email, password } }) =>
      bearer(await signIn(ctx, { name: email, password, ip: http.get('ip') })),
  }),
  defineRoute({
    method: 'post',
    path: '/api/auth/admin/login',
    guard: 'public',
    summary: 'Sign in as an administrator',
    tag,
    maxBodyBytes,
    body: adminLoginBody,
    response: loginReply,
    handler: async ({ ctx, http, body: { username, password } }) =>
      bearer(await signInAdmin(ctx, { name: username, password, ip: http.get('ip') })),
  }),
  defineRoute({
    method: 'post',
    path: '/api/auth/setup',
    guard: 'public',
    summary: 'Make the first administrator with the link printed at start',
    tag,
    maxBodyBytes,
    body: setupBody,
    response: loginReply,
    handler: async ({ ctx, http, body }) => bearer(await setUpFirstAdmin(ctx, { ...body, ip: http.get('ip') })),
  }),
  defineRoute({
    method: 'get',
    path: '/api/auth/me',
    guard: 'login',
    summary: 'Who is signed in',
    tag,
    response: meReply,
    handler: async ({ user }) => user!,
  }),
  defineRoute({
    method: 'post',
    path: '/api/auth/logout',
    guard: 'login',
    summary: 'End this sign-in',
    tag,
    response: messageReply,
    handler: async ({ ctx, http, locale }) => {
      await ctx.logins.revoke(bearerToken(http.req.raw.headers)!);
      return { message: ACCOUNT_TEXTS.signedOut[locale] };
    },
  }),
  defineRoute({
    method: 'post',
    path: '/api/auth/password',
    guard: 'login',
    summary: 'Change the password; every other sign-in ends',
    tag,
    maxBodyBytes,
    body: passwordBody,
    response: loginReply,
    handler: async ({ ctx, http, user, body }) => {
      const change = { user: user!, current: body.current_password, next: body.new_password, ip: http.get('ip') };
      return bearer(await changePassword(ctx, change));
    },
  }),
];
