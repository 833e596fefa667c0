import { describe, expect, test } from 'bun:test';

import { ADMIN_KEY, generate, read } from '../testing/litellm.ts';
import { signInAs } from '../testing/people.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

const ADDRESSES: [method: string, path: string][] = [
  ['POST', '/key/generate'],
  ['POST', '/key/update'],
  ['POST', '/key/delete'],
  ['POST', '/key/block'],
  ['POST', '/key/unblock'],
  ['GET', '/key/list'],
  ['GET', '/key/info'],
];

const send = (app: TestApp, [method, path]: [string, string], headers: Record<string, string>) =>
  read(
    app.request(path, { method, headers, ...(method === 'POST' ? { body: '{"key":"sk-any-key-0123456789"}' } : {}) }),
  );

test('without a credential every address is closed', async () => {
  await using app = await createTestApp();
  for (const address of ADDRESSES) {
    const { status, error } = await send(app, address, {});
    expect([address, status, error['type'], error['code']]).toEqual([address, 401, 'auth_error', '401']);
  }
});

test('an unknown key, a deleted one and a login that has ended are 401', async () => {
  await using app = await createTestApp();
  const { key } = await generate(app);
  await app.request('/key/delete', { json: { keys: [key] }, token: ADMIN_KEY });
  const { token } = await signInAs(app.ctx, 'admin');
  await app.ctx.logins.revoke(token);
  for (const address of ADDRESSES) {
    for (const bearer of [key, 'sk-hp-unknown-key', token]) {
      const { status, error } = await send(app, address, { authorization: `Bearer ${bearer}` });
      expect([address, bearer, status, error['code']]).toEqual([address, bearer, 401, '401']);
    }
  }
});

describe('credentials that are almost right (S07, S08, S09)', () => {
  const wrong: [name: string, headers: Record<string, string>][] = [
    ['truncated', { authorization: `Bearer ${ADMIN_KEY.slice(0, -1)}` }],
    ['one more', { authorization: `Bearer ${ADMIN_KEY}0` }],
    ['trailing dot', { authorization: `Bearer ${ADMIN_KEY}.` }],
    ['upper case', { authorization: `Bearer ${ADMIN_KEY.toUpperCase()}` }],
    ['equal prefix', { authorization: `Bearer ${ADMIN_KEY.slice(0, 20)}xxxxxxx` }],
    ['another scheme', { authorization: `Basic ${btoa(`x:${ADMIN_KEY}`)}` }],
    ['no scheme', { authorization: ADMIN_KEY }],
    ['scheme only', { authorization: 'Bearer' }],
    ['scheme and spaces', { authorization: 'Bearer    ' }],
    ['two in one', { authorization: `Bearer ${ADMIN_KEY} ${ADMIN_KEY}` }],
    ['a list', { authorization: `Bearer ${ADMIN_KEY},Bearer ${ADMIN_KEY}` }],
    ['quotes', { authorization: `Bearer "${ADMIN_KEY}"` }],
    ['SQL', { authorization: "Bearer ' or 1=1 --" }],
    ['SQL without spaces', { authorization: "Bearer '/**/or/**/1=1--" }],
    ['wildcards', { authorization: 'Bearer %' }],
    ['JSON', { authorization: 'Bearer {"key":"x"}' }],
    ['an array', { authorization: 'Bearer ["x"]' }],
    ['a hundred kilobytes', { authorization: `Bearer ${'a'.repeat(100_000)}` }],
    ['NUL as text', { authorization: 'Bearer a%00b' }],
    ['two carriers that differ', { authorization: `Bearer ${ADMIN_KEY}`, 'x-api-key': 'sk-something-else' }],
    ['two other carriers that differ', { 'x-api-key': ADMIN_KEY, 'api-key': 'sk-something-else' }],
    ['x-goog-api-key is no carrier here', { 'x-goog-api-key': ADMIN_KEY }],
    ['an array in x-api-key', { 'x-api-key': `${ADMIN_KEY}, ${ADMIN_KEY}` }],
  ];
  test('each of them, everywhere, without a word about the server’s inside', async () => {
    await using app = await createTestApp();
    for (const [name, headers] of wrong) {
      for (const address of ADDRESSES) {
        const { status, text } = await send(app, address, headers);
        expect([name, address, status]).toEqual([name, address, 401]);
        expect(text).not.toMatch(/select|sqlite|passes|token_hash|\.ts\b|at \w+ \(/i);
      }
    }
    expect(await app.ctx.db.selectFrom('passes').select('id').execute()).toEqual([]);
  });

  test('?key= is no credential', async () => {
    await using app = await createTestApp();
    for (const path of [`/key/list?key=${ADMIN_KEY}`, `/key/info?key=${ADMIN_KEY}`])
      expect((await app.request(path)).status).toBe(401);
  });

  test('the same credential twice is one', async () => {
    await using app = await createTestApp();
    const headers = { authorization: `bEaReR    ${ADMIN_KEY}`, 'x-api-key': ADMIN_KEY, 'api-key': ADMIN_KEY };
    expect((await app.request('/key/list', { headers })).status).toBe(200);
  });

  test('keys with an equal beginning are two passes, each with its own answer', async () => {
    await using app = await createTestApp();
    const start = 'sk-the-same-beginning-of-both-keys-0123456789-';
    for (const end of ['a', 'b']) await generate(app, { key: start + end, key_alias: end });
    for (let round = 0; round < 3; round++)
      for (const end of ['a', 'b']) {
        const { body } = await read(app.request('/key/info', { token: start + end }));
        expect(body['info']).toMatchObject({ key_alias: end });
      }
    expect((await app.request('/key/info', { token: start })).status).toBe(401);
  });
});

test('without LITELLM_ADMIN_KEY only an administrator’s login opens the addresses', async () => {
  await using app = await createTestApp({ LITELLM_ADMIN_KEY: '' });
  for (const token of [ADMIN_KEY, 'undefined', 'null'])
    expect((await app.request('/key/list', { token })).status).toBe(401);
  const { token } = await signInAs(app.ctx, 'admin');
  expect((await app.request('/key/list', { token })).status).toBe(200);
});

test('the refusal comes in three languages', async () => {
  await using app = await createTestApp();
  const messages = new Set<unknown>();
  for (const language of ['zh-CN', 'zh-TW', 'en'])
    messages.add((await read(app.request('/key/list', { headers: { 'accept-language': language } }))).error['message']);
  expect(messages.size).toBe(3);
});
