// Signs and checks the 24-hour JWT of a browser sign-in. Knows nothing of users, revocation or HTTP.
import { hkdfSync } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';

import type { Clock, Ids } from '../lib/clock.ts';

/** Requirement 001: a login is valid for 24 hours. */
export const LOGIN_LIFETIME_MS = 24 * 60 * 60 * 1000;

/** Ours are about 300 characters; nothing longer is parsed. */
const MAX_TOKEN_LENGTH = 2_048;
/** How far clocks of two replicas may differ. */
const SKEW_MS = 60_000;
const ISSUER = 'hallpass';
const AUDIENCE = 'hallpass-login';

/** What a token says, once its signature and times were found right. */
export interface LoginClaims {
  userId: string;
  jti: string;
  issuedAt: number;
  expiresAt: number;
}

export interface LoginTokens {
  sign(userId: string): Promise<string>;
  /** @returns undefined for anything that is not a token of ours that is valid now. */
  read(token: string): Promise<LoginClaims | undefined>;
}

/** @param secretKey SECRET_KEY; the signing key is derived from it, so the secret itself signs nothing. */
export async function createLoginTokens(secretKey: string, clock: Clock, ids: Ids): Promise<LoginTokens> {
  const bytes = new Uint8Array(hkdfSync('sha256', secretKey, '', 'hallpass login tokens v1', 32));
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
  return {
    sign: (userId) => {
      // Fractions of a second are kept: a token issued in the same second as a sign-out-everywhere must live.
      const issuedAt = clock.now() / 1000;
      return new SignJWT({ iat: issuedAt, exp: issuedAt + LOGIN_LIFETIME_MS / 1000 })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setSubject(userId)
        .setJti(ids.next('login'))
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .sign(key);
    },
    read: async (token) => {
      if (token.length > MAX_TOKEN_LENGTH) return undefined;
      const payload = await verified(token, key, clock.now());
      return payload && toClaims(payload, clock.now());
    },
  };
}

async function verified(token: string, key: CryptoKey, now: number): Promise<Record<string, unknown> | undefined> {
  try {
    const { payload } = await jwtVerify(token, key, {
      // The algorithm is ours to choose, never the token's; `kid`, `jku` and `x5u` are not looked at.
      algorithms: ['HS256'],
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['sub', 'jti', 'iat', 'exp'],
      currentDate: new Date(now),
    });
    return payload;
  } catch {
    return undefined;
  }
}

function toClaims(payload: Record<string, unknown>, now: number): LoginClaims | undefined {
  const { sub, jti, iat, exp } = payload;
  if (typeof sub !== 'string' || typeof jti !== 'string' || typeof iat !== 'number' || typeof exp !== 'number')
    return undefined;
  const issuedAt = Math.round(iat * 1000);
  const expiresAt = Math.round(exp * 1000);
  if (issuedAt > now + SKEW_MS || expiresAt - issuedAt > LOGIN_LIFETIME_MS) return undefined;
  return { userId: sub, jti, issuedAt, expiresAt };
}
