// Sign-in with another service (/api/auth/oidc) and invite links.
import {
  ACCOUNT_TEXTS,
  createdInviteReply,
  createInviteBody,
  inviteCheckBody,
  inviteCheckReply,
  inviteListReply,
  inviteParams,
  loginReply,
  messageReply,
  oidcFinishBody,
  oidcStartBody,
  oidcStartReply,
} from '@hallpass/shared/accounts.ts';

import type { AppContext } from '../context.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { AppError } from '../lib/app-error.ts';
import { admission, allInvites, createInvite, withdrawInvite } from './invites.ts';
import { linkWithOidc, offered, signInWithOidc } from './oidc-sign-in.ts';

const maxBodyBytes = 16 * 1024;
const tag = 'auth';
const INVITES = '/api/admin/invites';

const oidcRoutes: readonly Route[] = [
  defineRoute({
    method: 'post',
    path: '/api/auth/oidc/start',
    guard: 'public',
    summary: 'Begin a sign-in with the configured OpenID Connect issuer',
    tag,
    maxBodyBytes,
    body: oidcStartBody,
    response: oidcStartReply,
    handler: async ({ ctx, http, body: { origin, invite } }) => {
      const oidc = offered(ctx);
      const returnOrigin = ownOrigin(ctx, origin, http.req.header('host'));
      const started = await oidc.start({ redirectUri: `${returnOrigin}/login/oidc`, invite });
      return { ...started, return_origin: returnOrigin };
    },
  }),
  defineRoute({
    method: 'post',
    path: '/api/auth/oidc/finish',
    guard: 'public',
    summary: 'End it: what the issuer answered becomes a sign-in',
    tag,
    maxBodyBytes,
    body: oidcFinishBody,
    response: loginReply,
    handler: async ({ ctx, http, body }) => {
      const access_token = await signInWithOidc(ctx, { ...body, ip: http.get('ip') });
      return { access_token, token_type: 'bearer' as const };
    },
  }),
  defineRoute({
    method: 'post',
    path: '/api/auth/oidc/link',
    guard: 'login',
    summary: 'End it by adding the issuer’s account to the one signed in',
    tag,
    maxBodyBytes,
    body: oidcFinishBody,
    response: messageReply,
    handler: async ({ ctx, http, body, user, locale }) => {
      await linkWithOidc(ctx, { ...body, user: user!, ip: http.get('ip') });
      return { message: ACCOUNT_TEXTS.linked[locale] };
    },
  }),
];

const inviteRoutes: readonly Route[] = [
  defineRoute({
    method: 'post',
    path: '/api/auth/invite',
    guard: 'public',
    summary: 'What an invite link is good for now',
    tag,
    maxBodyBytes,
    body: inviteCheckBody,
    response: inviteCheckReply,
    handler: async ({ ctx, body }) => admission(ctx, body.invite),
  }),
  defineRoute({
    method: 'get',
    path: INVITES,
    guard: 'admin',
    summary: 'The newest invite links, without their secrets',
    tag,
    response: inviteListReply,
    handler: async ({ ctx }) => ({ data: await allInvites(ctx) }),
  }),
  defineRoute({
    method: 'post',
    path: INVITES,
    guard: 'admin',
    summary: 'Make an invite link for one person; it is told this once',
    tag,
    maxBodyBytes,
    body: createInviteBody,
    response: createdInviteReply,
    handler: async ({ ctx, http, body, user }) => createInvite(ctx, { ...body, by: user!, ip: http.get('ip') }),
  }),
  defineRoute({
    method: 'delete',
    path: `${INVITES}/:id`,
    guard: 'admin',
    summary: 'Withdraw an invite link',
    tag,
    params: inviteParams,
    response: messageReply,
    handler: async ({ ctx, http, params, user, locale }) => {
      await withdrawInvite(ctx, { id: params.id, by: user!, ip: http.get('ip') });
      return { message: ACCOUNT_TEXTS.revoked[locale] };
    },
  }),
];

export const joinRoutes: readonly Route[] = [...oidcRoutes, ...inviteRoutes];

/**
 * PUBLIC_URL where it is set; else the page's own origin, for only the page knows whether a proxy in front speaks
 * TLS. It has to be the host that was asked. @throws AppError invalid_parameter.
 */
function ownOrigin({ config }: AppContext, origin: string, host: string | undefined): string {
  if (config.PUBLIC_URL !== undefined) return new URL(config.PUBLIC_URL).origin;
  const url = new URL(origin);
  if (host === undefined || url.host !== new URL(`${url.protocol}//${host}`).host)
    throw new AppError('invalid_parameter', { params: { param: 'origin', detail: url.host }, param: 'origin' });
  return url.origin;
}
