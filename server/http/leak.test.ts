// Nothing of the inside is told by an error: no stack, SQL, path, address or key.
import { expect, test } from 'bun:test';

import { DatabaseError } from '../db/database-error.ts';
import { LedgerUnavailable } from '../ledger/ledger.ts';
import { AppError } from '../lib/app-error.ts';
import { signInAs } from '../testing/people.ts';
import { createTestApp } from '../testing/test-app.ts';

const INSIDE =
  'select "token_hash" from "passes" at /srv/hallpass/server/store.ts:12 http://10.0.0.9:11434 sk-live-CANARY';

const FAILURES: [string, unknown, number, string][] = [
  ['an ordinary error', new Error(INSIDE), 500, 'internal_error'],
  ['an error with a cause', new TypeError('x', { cause: new Error(INSIDE) }), 500, 'internal_error'],
  ['a failing statement', new DatabaseError('other', INSIDE, 'passes.token_hash'), 500, 'internal_error'],
  ['a unique violation nobody caught', new DatabaseError('unique', INSIDE, 'users.email'), 500, 'internal_error'],
  ['a lost database', new DatabaseError('unavailable', INSIDE), 503, 'database_unavailable'],
  ['a busy database', new DatabaseError('busy', INSIDE), 503, 'database_unavailable'],
  ['a ledger that cannot write', new LedgerUnavailable(INSIDE), 503, 'ledger_unavailable'],
  ['a refusal with a cause', new AppError('upstream_error', { cause: new Error(INSIDE) }), 502, 'upstream_error'],
  [
    'an error whose name says much',
    Object.assign(new Error('x'), { name: INSIDE, code: INSIDE }),
    500,
    'internal_error',
  ],
];

test.each(FAILURES)('%s tells nothing, in any family and language', async (_name, failure, status, code) => {
  await using app = await createTestApp();
  const { token } = await signInAs(app.ctx, 'admin');
  app.ctx.logins.verify = () => Promise.reject(failure);
  for (const path of ['/api/auth/me', '/v1/models', '/key/list', '/api/chat/models']) {
    for (const language of ['zh-CN', 'zh-TW', 'en']) {
      const response = await app.request(path, { token, headers: { 'accept-language': language } });
      const text = await response.text();
      expect([path, response.status]).toEqual([path, status]);
      expect(text).not.toMatch(/CANARY|select|token_hash|\/srv|10\.0\.0\.9|store\.ts|at .*:\d+/);
      if (!path.startsWith('/key/')) expect(text).toContain(code);
      for (const [name, value] of response.headers) expect([name, value.includes('CANARY')]).toEqual([name, false]);
    }
  }
});

test('a body that cannot be read is not repeated, and says no more than that', async () => {
  await using app = await createTestApp();
  const bodies = [
    '{',
    '{"email":',
    'CANARY',
    '[CANARY]',
    '{"a":1}x',
    '\ufeff{}',
    '{"a":"\ud800"}',
    '\0',
    '{"a":1,}',
    "{'a':1}",
    'NaN',
    '{"email":1e999}',
  ];
  const headers = { 'content-type': 'application/json' };
  for (const body of bodies) {
    const response = await app.request('/api/auth/login', { method: 'POST', body, headers });
    expect([body, response.status]).toEqual([body, 400]);
    expect(await response.text()).not.toMatch(/CANARY|position|JSON\.parse|Unexpected|stack/);
  }
  const utf16 = Buffer.from('{"email":"a","password":"b"}', 'utf16le');
  expect((await app.request('/api/auth/login', { method: 'POST', body: utf16, headers })).status).toBe(400);
});

test('S39: deeply nested JSON is refused, not died of', async () => {
  await using app = await createTestApp();
  const headers = { 'content-type': 'application/json' };
  for (const body of ['['.repeat(8_000), `${'{"a":'.repeat(2_500)}1${'}'.repeat(2_500)}`]) {
    const response = await app.request('/api/auth/login', { method: 'POST', body, headers });
    expect(response.status).toBe(400);
  }
});
