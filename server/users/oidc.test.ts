// Signing in with another service, against a real issuer: who gets in as whom, and S15's tricks.
import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test';

import { upsertSetting } from '../settings/store.ts';
import { type OidcIssuer, startOidcIssuer } from '../testing/oidc-issuer.ts';
import { addUser, signInAs } from '../testing/people.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { FLOW_LIFETIME_MS } from './oidc-flow.ts';

const HOST = 'class.school.test:8000';
const ORIGIN = `http://${HOST}`;
const REDIRECT = `${ORIGIN}/login/oidc`;

let issuer: OidcIssuer;
beforeAll(async () => {
  issuer = await startOidcIssuer(() => [REDIRECT, 'https://other.example/login/oidc']);
});
afterAll(() => issuer[Symbol.asyncDispose]());
beforeEach(() => {
  for (const sub of Object.keys(issuer.pupils)) delete issuer.pupils[sub];
  issuer.pupils.ming = { email: 'Ming@School.example', email_verified: true };
});

const appWith = (env: Record<string, string> = {}) =>
  createTestApp({
    OIDC_ISSUER: issuer.url,
    OIDC_CLIENT_ID: issuer.clientId,
    OIDC_CLIENT_SECRET: issuer.clientSecret,
    ...env,
  });

interface Started {
  url: string;
  flow: string;
  return_origin: string;
}

async function start(app: TestApp, json: object = {}, headers: Record<string, string> = {}): Promise<Started> {
  const response = await app.request('/api/auth/oidc/start', {
    json: { origin: ORIGIN, ...json },
    headers: { host: HOST, ...headers },
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Started;
}

/** What a browser does at the issuer. @returns the query string it comes back with. */
async function visitIssuer(url: string, as: string): Promise<string> {
  const cookies = new Map<string, string>();
  for (let hop = 0; hop < 12; hop++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      cookies.set(name!, value!);
    }
    const location = response.headers.get('location');
    const next = location === null ? undefined : new URL(location, url);
    if (next?.href.startsWith(REDIRECT)) return next.search;
    if (!next) throw new Error(`${response.status} ${await response.text()}`);
    url = next.pathname.startsWith('/interaction/') ? `${next.href}?${as}` : next.href;
  }
  throw new Error('the issuer sends round in circles');
}

const finish = (app: TestApp, json: object, init = {}) => app.request('/api/auth/oidc/finish', { json, ...init });
const codeOf = async (response: Response) =>
  ((await response.json()) as { error?: { code: string } }).error?.code ?? 'ok';

async function signIn(app: TestApp, sub: string, json: object = {}): Promise<Response> {
  const { url, flow } = await start(app, json);
  return finish(app, { flow, answer: await visitIssuer(url, `as=${sub}`) });
}

async function meOf(app: TestApp, response: Response): Promise<Record<string, unknown>> {
  const { access_token: token } = (await response.json()) as { access_token: string };
  return (await (await app.request('/api/auth/me', { token })).json()) as Record<string, unknown>;
}

test('the first time makes an account of the verified address, the second finds it, even after the address changed', async () => {
  await using app = await appWith();
  expect(await (await app.request('/api/auth/options')).json()).toMatchObject({ oidc: { name: '127.0.0.1' } });
  const first = await meOf(app, await signIn(app, 'ming'));
  expect(first).toMatchObject({ email: 'ming@school.example', role: 'user' });
  issuer.pupils.ming!.email = 'married@school.example';
  expect(await meOf(app, await signIn(app, 'ming'))).toEqual(first);
  expect(await app.ctx.db.selectFrom('users').select(['passwordHash', 'oidcSubject']).execute()).toEqual([
    { passwordHash: null, oidcSubject: 'ming' },
  ]);
});

test('the way to the issuer carries code, PKCE, state and nonce, and no token ever is in an address', async () => {
  await using app = await appWith();
  const { url, flow } = await start(app);
  const query = Object.fromEntries(new URL(url).searchParams);
  expect(query).toMatchObject({
    response_type: 'code',
    client_id: issuer.clientId,
    redirect_uri: REDIRECT,
    code_challenge_method: 'S256',
    scope: 'openid email',
  });
  for (const name of ['state', 'nonce', 'code_challenge']) expect(query[name]!.length).toBeGreaterThanOrEqual(40);
  const again = await start(app);
  expect(again.url).not.toBe(url);
  // Sealed: what it holds cannot be read by whoever finds it.
  expect(Buffer.from(flow.split('.')[3]!, 'base64url').toString('latin1')).not.toContain(query.state!);
  const answer = await visitIssuer(url, 'as=ming');
  expect([...new URLSearchParams(answer).keys()].toSorted()).toEqual(['code', 'iss', 'state']);
});

test('S15: a missing, foreign or reused state, a replayed code, a foreign issuer and a cut answer are refused', async () => {
  await using app = await appWith();
  const mine = await start(app);
  const theirs = await start(app);
  const answer = await visitIssuer(mine.url, 'as=ming');
  const changed = (change: (query: URLSearchParams) => void) => {
    const query = new URLSearchParams(answer);
    change(query);
    return { flow: mine.flow, answer: `?${query}` };
  };
  const refused = [
    { flow: theirs.flow, answer },
    changed((query) => query.delete('state')),
    changed((query) => query.set('state', 'x')),
    changed((query) => query.append('state', 'x')),
    changed((query) => query.delete('code')),
    changed((query) => query.set('iss', 'https://evil.example')),
    changed((query) => query.delete('iss')),
    { flow: mine.flow.replace(/(?<=^.{12})./, (sign) => (sign === 'x' ? 'y' : 'x')), answer },
    { flow: 'a.b.c.d.e', answer },
    { flow: await app.ctx.logins.issue('user_x'), answer },
    { flow: mine.flow, answer: 'javascript:alert(1)' },
  ];
  const before = issuer.exchanges;
  for (const [i, json] of refused.entries())
    expect([i, await codeOf(await finish(app, json))]).toEqual([i, 'oidc_failed']);
  expect(issuer.exchanges).toBe(before);
  expect(await codeOf(await finish(app, { flow: mine.flow, answer }))).toBe('ok');
  expect(await codeOf(await finish(app, { flow: mine.flow, answer }))).toBe('oidc_failed');
});

test('S15: somebody who gave up at the issuer, and a flow too old, begin again', async () => {
  await using app = await appWith();
  const { url, flow } = await start(app);
  expect(await codeOf(await finish(app, { flow, answer: await visitIssuer(url, 'cancel') }))).toBe('oidc_failed');
  const old = await start(app);
  const answer = await visitIssuer(old.url, 'as=ming');
  app.clock.advance(FLOW_LIFETIME_MS + 1_000);
  expect(await codeOf(await finish(app, { flow: old.flow, answer }))).toBe('oidc_failed');
});

test('S15, S12: it leads back only to the host that was asked, or to PUBLIC_URL', async () => {
  await using app = await appWith();
  for (const origin of ['https://evil.example', 'http://class.school.test', `http://${HOST}@evil.example`, 'ftp://x'])
    expect([
      origin,
      (await app.request('/api/auth/oidc/start', { json: { origin }, headers: { host: HOST } })).status,
    ]).toEqual([origin, 400]);
  await using fixed = await appWith({ PUBLIC_URL: 'https://other.example/' });
  const started = await start(fixed, { origin: 'https://evil.example' }, { host: 'evil.example' });
  expect(started.return_origin).toBe('https://other.example');
  expect(new URL(started.url).searchParams.get('redirect_uri')).toBe('https://other.example/login/oidc');
});

test('S15: an address the issuer has not verified opens nothing', async () => {
  await using app = await appWith();
  await addUser(app.ctx, { email: 'ming@school.example', role: 'admin' });
  for (const verified of [false, undefined, 'false', null]) {
    issuer.pupils.ming = { email: 'ming@school.example', email_verified: verified as boolean };
    expect([verified, await codeOf(await signIn(app, 'ming'))]).toEqual([verified, 'oidc_email_unverified']);
  }
  delete issuer.pupils.ming!.email;
  expect(await codeOf(await signIn(app, 'ming'))).toBe('oidc_email_unverified');
});

test('S15: a verified address never takes over an account with rights; such a one links it when signed in', async () => {
  await using app = await appWith();
  for (const role of ['admin', 'teacher'] as const) {
    const email = `${role}@school.example`;
    issuer.pupils[role] = { email, email_verified: true };
    const userId = await addUser(app.ctx, { email, role });
    expect(await codeOf(await signIn(app, role))).toBe('oidc_link_first');
    const { url, flow } = await start(app);
    const json = { flow, answer: await visitIssuer(url, `as=${role}`) };
    expect((await app.request('/api/auth/oidc/link', { json })).status).toBe(401);
    const token = await app.ctx.logins.issue(userId);
    expect((await app.request('/api/auth/oidc/link', { json, token })).status).toBe(200);
    expect(await meOf(app, await signIn(app, role))).toMatchObject({ id: userId, role });
  }
});

test('an account somebody made with one’s address becomes one’s own: its password and sign-ins end', async () => {
  await using app = await appWith();
  const password = 'the squatter’s';
  await app.request('/api/auth/register', { json: { email: 'ming@school.example', password } });
  const login = () => app.request('/api/auth/login', { json: { email: 'ming@school.example', password } });
  const { access_token: squatter } = (await (await login()).json()) as { access_token: string };
  app.clock.advance(1_000);
  const me = await meOf(app, await signIn(app, 'ming'));
  expect(me.email).toBe('ming@school.example');
  expect((await app.request('/api/auth/me', { token: squatter })).status).toBe(401);
  expect(await codeOf(await login())).toBe('login_failed');
});

test('an identity is linked to one account', async () => {
  await using app = await appWith();
  await signIn(app, 'ming');
  const { token } = await signInAs(app.ctx, 'teacher');
  const { url, flow } = await start(app);
  const json = { flow, answer: await visitIssuer(url, 'as=ming') };
  expect(await codeOf(await app.request('/api/auth/oidc/link', { json, token }))).toBe('oidc_taken');
});

test('two accounts that link one identity at once: one of them does', async () => {
  await using app = await appWith();
  const tokens = await Promise.all([1, 2].map(async () => (await signInAs(app.ctx, 'teacher')).token));
  const started = await Promise.all(tokens.map(() => start(app)));
  const answers = await Promise.all(started.map(({ url }) => visitIssuer(url, 'as=ming')));
  const codes = await Promise.all(
    tokens.map(async (token, i) => {
      const json = { flow: started[i]!.flow, answer: answers[i] };
      return codeOf(await app.request('/api/auth/oidc/link', { json, token }));
    }),
  );
  expect(codes.toSorted((a, b) => a.localeCompare(b))).toEqual(['oidc_taken', 'ok']);
});

test('only the domains that are listed, at every sign-in, and not those that only look like them', async () => {
  await using app = await appWith({ OIDC_ALLOWED_DOMAINS: 'school.example, @Other.example' });
  expect(await codeOf(await signIn(app, 'ming'))).toBe('ok');
  const emails = ['x@sub.school.example', 'x@school.example.evil', 'x@notschool.example', 'x@school.exampleſ'];
  for (const email of emails) {
    issuer.pupils.x = { email, email_verified: true };
    expect([email, await codeOf(await signIn(app, 'x'))]).toEqual([email, 'oidc_domain_not_allowed']);
  }
  issuer.pupils.x = { email: 'X@OTHER.example', email_verified: true };
  expect(await codeOf(await signIn(app, 'x'))).toBe('ok');
  issuer.pupils.ming!.email = 'ming@left.example';
  expect(await codeOf(await signIn(app, 'ming'))).toBe('oidc_domain_not_allowed');
});

test('registration that is closed or by invite holds here too; a disabled account stays out', async () => {
  await using app = await appWith();
  const set = async (value: string) => {
    await upsertSetting(app.ctx.db, {
      key: 'registration',
      value: JSON.stringify(value),
      updatedAt: 1,
      updatedBy: null,
    });
    await app.ctx.settings.reload();
  };
  await set('closed');
  expect(await codeOf(await signIn(app, 'ming'))).toBe('registration_closed');
  await set('invite');
  expect(await codeOf(await signIn(app, 'ming'))).toBe('invite_required');
  const { token } = await signInAs(app.ctx, 'admin');
  const made = await app.request('/api/admin/invites', { json: { role: 'teacher' }, token });
  const invite = ((await made.json()) as { path: string }).path.split('=')[1];
  expect(await meOf(app, await signIn(app, 'ming', { invite }))).toMatchObject({ role: 'teacher' });
  await app.ctx.db.updateTable('users').set({ status: 'disabled' }).where('oidcSubject', '=', 'ming').execute();
  expect(await codeOf(await signIn(app, 'ming'))).toBe('account_disabled');
});

test('ten returns of one new person at once are one account', async () => {
  await using app = await appWith();
  const started = await Promise.all(Array.from({ length: 10 }, () => start(app)));
  const answers = await Promise.all(started.map(({ url }) => visitIssuer(url, 'as=ming')));
  const replies = await Promise.all(answers.map((answer, i) => finish(app, { flow: started[i]!.flow, answer })));
  expect(replies.map(({ status }) => status)).toEqual(Array(10).fill(200));
  expect(await app.ctx.db.selectFrom('users').select('id').execute()).toHaveLength(1);
});

test('an issuer that is away is a fault of the service; the next try asks again', async () => {
  await using app = await appWith({ OIDC_ISSUER: 'http://127.0.0.1:9', OIDC_NAME: 'School ID' });
  const response = await app.request('/api/auth/oidc/start', {
    json: { origin: ORIGIN },
    headers: { host: HOST, 'accept-language': 'en' },
  });
  expect([response.status, ((await response.json()) as { error: unknown }).error]).toEqual([
    502,
    expect.objectContaining({ code: 'oidc_unavailable', message: expect.stringContaining('School ID') }),
  ]);
  expect(JSON.stringify(app.logs)).toContain('sign-in with another service failed');
});

test('without an issuer there is no such sign-in', async () => {
  await using app = await createTestApp();
  expect(await codeOf(await app.request('/api/auth/oidc/start', { json: { origin: ORIGIN } }))).toBe('oidc_off');
  expect(await codeOf(await finish(app, { flow: 'x', answer: 'y' }))).toBe('oidc_off');
});

test('neither code, token nor secret is logged', async () => {
  await using app = await appWith();
  const { url, flow } = await start(app);
  const answer = await visitIssuer(url, 'as=ming');
  await finish(app, { flow, answer: `${answer}x` });
  await finish(app, { flow, answer });
  const code = new URLSearchParams(answer).get('code')!;
  for (const secret of [code, flow, issuer.clientSecret]) expect(JSON.stringify(app.logs)).not.toContain(secret);
});
