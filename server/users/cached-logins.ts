// Logins checked from memory. Two bounded caches: tokens whose signature was checked, and users.
import type { Kysely } from 'kysely';

import { LOCALES } from '@hallpass/shared/errors.ts';
import { ROLES } from '@hallpass/shared/roles.ts';

import type { Schema } from '../db/schema.ts';
import type { UsersTable } from '../db/tables/people.ts';
import type { Events } from '../events.ts';
import { AppError } from '../lib/app-error.ts';
import type { Clock, Ids } from '../lib/clock.ts';
import { remember } from '../lib/remember.ts';
import { createLoginTokens, type LoginClaims, type LoginTokens } from './login-tokens.ts';
import type { Logins, LoginUser } from './logins.ts';
import { findUser, insertRevokedLogin, isLoginRevoked } from './store.ts';

/** Entries of each cache; a city's teachers and pupils of one lesson fit. */
export const LOGIN_CACHE_MAX = 20_000;

export interface LoginParts {
  secretKey: string | undefined;
  db: Kysely<Schema>;
  clock: Clock;
  ids: Ids;
  events: Events;
  bumpChanges(db?: Kysely<Schema>): Promise<void>;
}

interface KnownUser {
  user: LoginUser;
  active: boolean;
  tokensValidAfter: number;
}

/** Builds the sign-ins on the users table. @throws Error without a SECRET_KEY. */
export async function createLogins(parts: LoginParts): Promise<Logins> {
  if (!parts.secretKey) throw new Error('SECRET_KEY is missing: it is given or generated before the parts are joined');
  const tokens = await createLoginTokens(parts.secretKey, parts.clock, parts.ids);
  const cache = createCache(parts, tokens);
  parts.events.on('user.changed', () => cache.clear());
  parts.events.on('changes.seen', () => cache.clear());
  return {
    issue: (userId) => tokens.sign(userId),
    verify: async (token) => {
      const claims = await cache.claims(token);
      if (!claims || claims.expiresAt <= parts.clock.now()) throw new AppError('login_expired');
      const known = await cache.user(claims.userId);
      if (!known) throw new AppError('login_expired');
      if (!known.active) throw new AppError('account_disabled');
      if (claims.issuedAt < known.tokensValidAfter) throw new AppError('login_expired');
      return known.user;
    },
    revoke: async (token) => {
      const claims = await tokens.read(token);
      if (!claims) return;
      const { jti: id, userId, expiresAt } = claims;
      await parts.db.transaction().execute(async (trx) => {
        await insertRevokedLogin(trx, { id, userId, expiresAt }, parts.clock.now());
        await parts.bumpChanges(trx);
      });
      cache.clear();
    },
    looksLikeLogin: (token) => /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(token),
  };
}

function createCache({ db }: LoginParts, tokens: LoginTokens) {
  // Keyed by the whole token: two tokens that only begin alike are two entries.
  const claims = new Map<string, LoginClaims>();
  const users = new Map<string, KnownUser>();
  // What was being read while something changed is not kept.
  let generation = 0;
  return {
    clear() {
      generation += 1;
      claims.clear();
      users.clear();
    },
    async claims(token: string): Promise<LoginClaims | undefined> {
      const known = claims.get(token);
      if (known) return known;
      const before = generation;
      const read = await tokens.read(token);
      if (!read || (await isLoginRevoked(db, read.jti))) return undefined;
      return before === generation ? remember(claims, token, read, LOGIN_CACHE_MAX) : read;
    },
    async user(id: string): Promise<KnownUser | undefined> {
      const known = users.get(id);
      if (known) return known;
      const before = generation;
      const row = await findUser(db, id);
      if (!row) return undefined;
      const fresh = toKnownUser(row);
      return before === generation ? remember(users, id, fresh, LOGIN_CACHE_MAX) : fresh;
    },
  };
}

/** The role is the row's, never a token's. */
function toKnownUser(row: UsersTable): KnownUser {
  const role = ROLES.find((name) => name === row.role);
  const user: LoginUser = {
    id: row.id,
    role: role ?? 'user',
    name: row.username ?? row.email ?? row.id,
    email: row.email,
    locale: LOCALES.find((name) => name === row.locale) ?? null,
  };
  // A role that nobody knows gives no rights at all.
  const active = row.status === 'active' && role !== undefined;
  return { user: Object.freeze(user), active, tokensValidAfter: row.tokensValidAfter };
}
