import { expect, test } from 'bun:test';
import { hkdfSync } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';

import { DatabaseError } from '../db/database-error.ts';
import { toAppError } from '../http/errors.ts';
import { AppError } from '../lib/app-error.ts';
import { addUser, signInAs } from '../testing/people.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

const SECRET = 'test-secret-key-0123456789';
const DAY_MS = 24 * 60 * 60 * 1000;

const signingKey = (secret: string) => new Uint8Array(hkdfSync('sha256', secret, '', 'hallpass login tokens v1', 32));

async function problemOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'none';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

/** What a token would hold if we had signed it, changed at will. */
function forge(app: TestApp, userId: string, claims: Record<string, unknown> = {}) {
  const seconds = app.clock.now() / 1000;
  return {
    sub: userId,
    jti: 'login_x',
    iat: seconds,
    exp: seconds + 3600,
    iss: 'hallpass',
    aud: 'hallpass-login',
    ...claims,
  };
}

const hs256 = (payload: Record<string, unknown>, key = signingKey(SECRET), header = {}) =>
  new SignJWT(payload).setProtectedHeader({ alg: 'HS256', ...header }).sign(key);

test('a login is good for 24 hours and not a millisecond longer', async () => {
  await using app = await createTestApp();
  const { userId, token } = await signInAs(app.ctx, 'teacher');
  expect(await app.ctx.logins.verify(token)).toEqual({
    id: userId,
    role: 'teacher',
    name: `${userId}@example.com`,
    email: `${userId}@example.com`,
    locale: null,
  });
  app.clock.advance(DAY_MS - 1);
  expect((await app.ctx.logins.verify(token)).id).toBe(userId);
  app.clock.advance(1);
  expect(await problemOf(app.ctx.logins.verify(token))).toBe('login_expired');
});

test('the control of the forgeries below: the same claims with the right key are accepted', async () => {
  await using app = await createTestApp();
  const userId = await addUser(app.ctx);
  expect((await app.ctx.logins.verify(await hs256(forge(app, userId)))).id).toBe(userId);
});

test('forged, foreign and over-long tokens are refused', async () => {
  await using app = await createTestApp();
  const userId = await addUser(app.ctx, { role: 'admin' });
  const good = forge(app, userId);
  const seconds = app.clock.now() / 1000;
  const rsa = await crypto.subtle.generateKey(
    { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
    true,
    ['sign', 'verify'],
  );
  const own = await app.ctx.logins.issue(userId);
  const [header, payload, signature] = own.split('.') as [string, string, string];
  const noneHeader = Buffer.from('{"alg":"none"}').toString('base64url');
  const forgeries: Record<string, string> = {
    'alg none': new UnsecuredJWT(good).encode(),
    'alg none on a real token': `${noneHeader}.${payload}.`,
    'alg none with the real signature': `${noneHeader}.${payload}.${signature}`,
    'alg nOnE': `${Buffer.from('{"alg":"nOnE"}').toString('base64url')}.${payload}.`,
    'key confusion: RS256': await new SignJWT(good).setProtectedHeader({ alg: 'RS256' }).sign(rsa.privateKey),
    'HS512 with our key': await new SignJWT(good).setProtectedHeader({ alg: 'HS512' }).sign(signingKey(SECRET)),
    'the secret itself as the key': await hs256(good, new TextEncoder().encode(SECRET)),
    'another secret': await hs256(good, signingKey('another-secret-key-0123456789')),
    'kid path to an empty file': await hs256(good, new Uint8Array(32), { kid: '../../../../dev/null' }),
    'kid as SQL': await hs256(good, new TextEncoder().encode('x'.repeat(32)), { kid: "' union select 'x" }),
    'own key in jwk': await hs256(good, new Uint8Array(32), {
      jwk: { kty: 'oct', k: Buffer.alloc(32).toString('base64url') },
    }),
    expired: await hs256({ ...good, iat: seconds - 7200, exp: seconds - 1 }),
    'issued far in the future': await hs256({ ...good, iat: seconds + 3600, exp: seconds + 7200 }),
    'not valid yet': await hs256({ ...good, nbf: seconds + 3600 }),
    'living for years': await hs256({ ...good, exp: seconds + 10 * 365 * 86_400 }),
    'other audience': await hs256({ ...good, aud: 'hallpass-invite' }),
    'no audience': await hs256({ ...good, aud: undefined }),
    'other issuer': await hs256({ ...good, iss: 'evil' }),
    'no subject': await hs256({ ...good, sub: undefined }),
    'no id': await hs256({ ...good, jti: undefined }),
    'no expiry': await hs256({ ...good, exp: undefined }),
    'unknown user': await hs256({ ...good, sub: 'user_nobody' }),
    truncated: own.slice(0, -1),
    'signature of another token': `${header}.${Buffer.from(JSON.stringify({ ...good, sub: 'user_other' })).toString('base64url')}.${signature}`,
    'trailing dot': `${own}.`,
    'over-long': `${own}${'A'.repeat(3_000)}`,
    empty: '',
  };
  for (const [name, token] of Object.entries(forgeries))
    expect([name, await problemOf(app.ctx.logins.verify(token))]).toEqual([name, 'login_expired']);
  expect((await app.ctx.logins.verify(own)).role).toBe('admin');
});

test('tokens that begin alike are two people', async () => {
  await using app = await createTestApp();
  const first = await signInAs(app.ctx, 'admin');
  const second = await signInAs(app.ctx, 'user');
  expect(first.token.slice(0, 20)).toBe(second.token.slice(0, 20));
  expect((await app.ctx.logins.verify(first.token)).id).toBe(first.userId);
  expect((await app.ctx.logins.verify(second.token)).id).toBe(second.userId);
});

test('the role is the row’s: a token that claims admin stays a user, and a lost role is lost at once', async () => {
  await using app = await createTestApp();
  const { userId, token } = await signInAs(app.ctx, 'admin');
  const claimed = await hs256(forge(app, await addUser(app.ctx), { role: 'admin', isAdmin: true }));
  expect((await app.ctx.logins.verify(claimed)).role).toBe('user');
  expect((await app.ctx.logins.verify(token)).role).toBe('admin');
  await app.ctx.db.updateTable('users').set({ role: 'user' }).where('id', '=', userId).execute();
  app.ctx.events.emit({ type: 'user.changed', userId });
  expect((await app.ctx.logins.verify(token)).role).toBe('user');
});

test('a disabled user, a sign-out and a sign-out everywhere end a token at once', async () => {
  await using app = await createTestApp();
  const { ctx } = app;
  const disabled = await signInAs(ctx, 'teacher');
  await ctx.logins.verify(disabled.token);
  await ctx.db.updateTable('users').set({ status: 'disabled' }).where('id', '=', disabled.userId).execute();
  ctx.events.emit({ type: 'user.changed', userId: disabled.userId });
  expect(await problemOf(ctx.logins.verify(disabled.token))).toBe('account_disabled');

  const one = await signInAs(ctx, 'user');
  const other = await ctx.logins.issue(one.userId);
  await ctx.logins.verify(one.token);
  await ctx.logins.revoke(one.token);
  expect(await problemOf(ctx.logins.verify(one.token))).toBe('login_expired');
  expect((await ctx.logins.verify(other)).id).toBe(one.userId);

  app.clock.advance(5);
  await ctx.db.updateTable('users').set({ tokensValidAfter: app.clock.now() }).where('id', '=', one.userId).execute();
  ctx.events.emit({ type: 'user.changed', userId: one.userId });
  expect(await problemOf(ctx.logins.verify(other))).toBe('login_expired');
  expect((await ctx.logins.verify(await ctx.logins.issue(one.userId))).id).toBe(one.userId);
});

test('another process’s change is seen through the version row', async () => {
  await using app = await createTestApp();
  const { userId, token } = await signInAs(app.ctx, 'user');
  await app.ctx.logins.verify(token);
  await app.ctx.db.updateTable('users').set({ status: 'disabled' }).where('id', '=', userId).execute();
  app.ctx.events.emit({ type: 'changes.seen', version: 2 });
  expect(await problemOf(app.ctx.logins.verify(token))).toBe('account_disabled');
});

test('revocation is told to other processes and expired rows go', async () => {
  await using app = await createTestApp();
  const { ctx } = app;
  const version = async () => (await ctx.db.selectFrom('changes').select('version').executeTakeFirstOrThrow()).version;
  const before = await version();
  await ctx.logins.revoke((await signInAs(ctx, 'user')).token);
  expect(await version()).toBe(before + 1);
  app.clock.advance(DAY_MS + 1);
  await ctx.logins.revoke((await signInAs(ctx, 'user')).token);
  expect(await ctx.db.selectFrom('revokedLogins').select('id').execute()).toHaveLength(1);
});

test('a known token needs no database; an unknown one says 503, never 401', async () => {
  const app = await createTestApp();
  const known = await signInAs(app.ctx, 'user');
  const fresh = await signInAs(app.ctx, 'user');
  await app.ctx.logins.verify(known.token);
  await app[Symbol.asyncDispose]();
  expect((await app.ctx.logins.verify(known.token)).id).toBe(known.userId);
  const thrown = await app.ctx.logins.verify(fresh.token).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(DatabaseError);
  expect(toAppError(thrown, 'req_1').code).toBe('database_unavailable');
});

test('a login is told from a pass by its form', async () => {
  await using app = await createTestApp();
  const { logins } = app.ctx;
  expect(logins.looksLikeLogin(await logins.issue('user_1'))).toBe(true);
  for (const pass of ['sk-hp-3f9a-abc', 'sk-1234', 'eyJ', 'eyJ.', 'eyJ.a', 'sk.eyJ.x', 'a.b.c'])
    expect(logins.looksLikeLogin(pass)).toBe(false);
});
