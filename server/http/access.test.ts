// S05: every address × everybody who may come, with the status each gets; S50: reading and being refused change
// nothing. A new address has to be added here.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { sql } from 'kysely';

import type { Role } from '@hallpass/shared/roles.ts';

import { ROUTES } from '../routes.ts';
import { ADMIN_KEY } from '../testing/litellm.ts';
import { addPass } from '../testing/passes.ts';
import { signInAs } from '../testing/people.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { testEngine } from '../testing/test-database.ts';
import type { Route } from './route.ts';

let app: TestApp;
/** In the order of the columns below. Each time a fresh login, for one of the addresses signs out. */
let callers: [name: string, token: () => Promise<string | undefined>][];

beforeAll(async () => {
  app = await createTestApp();
  const { key } = await addPass(app.ctx);
  const blocked = await addPass(app.ctx, { status: 'blocked' });
  const expired = await addPass(app.ctx, { expiresAt: app.clock.now() - 1 });
  const as = (role: Role) => async () => (await signInAs(app.ctx, role)).token;
  const signedOut = await as('admin')();
  await app.ctx.logins.revoke(signedOut);
  const disabled = await signInAs(app.ctx, 'admin');
  await app.ctx.db.updateTable('users').set({ status: 'disabled' }).where('id', '=', disabled.userId).execute();
  callers = [
    ['nobody', async () => undefined],
    ['signed out', async () => signedOut],
    ['disabled admin', async () => disabled.token],
    ['user', as('user')],
    ['student', as('student')],
    ['teacher', as('teacher')],
    ['admin', as('admin')],
    ['pass', async () => key],
    ['blocked pass', async () => blocked.key],
    ['expired pass', async () => expired.key],
    ['admin key', async () => ADMIN_KEY],
  ];
});
afterAll(() => app[Symbol.asyncDispose]());

// nobody | signed out | disabled admin | user | student | teacher | admin | pass | blocked | expired | admin key
// The body is empty where an address takes one, so whoever may enter often gets 400, and 404 for the id `x`.
// oxfmt-ignore
const STATUSES: Record<string, string> = {
  'POST /v1/messages': '401 401 403 400 400 400 400 400 400 400 400',
  'POST /messages': '401 401 403 400 400 400 400 400 400 400 400',
  'POST /v1/messages/count_tokens': '401 401 403 400 400 400 400 400 400 400 400',
  'POST /messages/count_tokens': '401 401 403 400 400 400 400 400 400 400 400',
  'POST /v1/embeddings': '401 401 403 400 400 400 400 400 400 400 400',
  'POST /embeddings': '401 401 403 400 400 400 400 400 400 400 400',
  'POST /v1/images/generations': '401 401 403 400 400 400 400 400 400 400 400',
  'POST /images/generations': '401 401 403 400 400 400 400 400 400 400 400',
  'POST /v1/images/edits': '401 401 403 400 400 400 400 400 400 400 400',
  'POST /images/edits': '401 401 403 400 400 400 400 400 400 400 400',
  'POST /v1/audio/speech': '401 401 403 400 400 400 400 400 400 400 400',
  'POST /audio/speech': '401 401 403 400 400 400 400 400 400 400 400',
  'POST /v1/audio/transcriptions': '401 401 403 400 400 400 400 400 400 400 400',
  'POST /audio/transcriptions': '401 401 403 400 400 400 400 400 400 400 400',
  'POST /v1/rerank': '401 401 403 400 400 400 400 400 400 400 400',
  'POST /rerank': '401 401 403 400 400 400 400 400 400 400 400',
  'POST /v1/responses': '401 401 403 400 400 400 400 400 400 400 400',
  'POST /responses': '401 401 403 400 400 400 400 400 400 400 400',
  'POST /v1/completions': '401 401 403 400 400 400 400 400 400 400 400',
  'POST /completions': '401 401 403 400 400 400 400 400 400 400 400',
  'POST /v1/chat/completions':      '401 401 403 200 200 200 200 200 403 401 200',
  'POST /chat/completions':         '401 401 403 200 200 200 200 200 403 401 200',
  'POST /api/chat/completions':     '200 401 403 200 200 200 200 200 403 401 200',
  'GET /v1/models':                 '401 401 403 200 200 200 200 200 403 401 200',
  'GET /v1/models/':                '401 401 403 200 200 200 200 200 403 401 200',
  'GET /models':                    '401 401 403 200 200 200 200 200 403 401 200',
  'GET /models/':                   '401 401 403 200 200 200 200 200 403 401 200',
  'GET /v1/models/:id{.+}':         '401 401 403 404 404 404 404 404 403 401 404',
  'GET /models/:id{.+}':            '401 401 403 404 404 404 404 404 403 401 404',
  'GET /api/chat/models':           '200 401 403 200 200 200 200 200 403 401 200',
  'GET /api/chat/limits':           '200 401 403 200 200 200 200 200 200 200 200',
  'GET /api/auth/options':          '200 200 200 200 200 200 200 200 200 200 200',
  'POST /api/auth/register':        '400 400 400 400 400 400 400 400 400 400 400',
  'POST /api/auth/login':           '400 400 400 400 400 400 400 400 400 400 400',
  'POST /api/auth/admin/login':     '400 400 400 400 400 400 400 400 400 400 400',
  'POST /api/auth/setup':           '400 400 400 400 400 400 400 400 400 400 400',
  'GET /api/auth/me':               '401 401 403 200 200 200 200 401 401 401 401',
  'POST /api/auth/logout':          '401 401 403 200 200 200 200 401 401 401 401',
  'POST /api/auth/password':        '401 401 403 400 400 400 400 401 401 401 401',
  'GET /api/auth/account':          '401 401 403 200 200 200 200 401 401 401 401',
  'POST /api/auth/logout-everywhere': '401 401 403 200 200 200 200 401 401 401 401',
  'GET /api/auth/export':           '401 401 403 200 200 200 200 401 401 401 401',
  'POST /api/auth/close':           '401 401 403 200 200 200 200 401 401 401 401',
  'POST /api/auth/oidc/start':      '400 400 400 400 400 400 400 400 400 400 400',
  'POST /api/auth/oidc/finish':     '400 400 400 400 400 400 400 400 400 400 400',
  'POST /api/auth/oidc/link':       '401 401 403 400 400 400 400 401 401 401 401',
  'POST /api/auth/invite':          '400 400 400 400 400 400 400 400 400 400 400',
  'GET /api/admin/invites':         '401 401 403 403 403 403 200 401 401 401 401',
  'POST /api/admin/invites':        '401 401 403 403 403 403 400 401 401 401 401',
  'DELETE /api/admin/invites/:id':  '401 401 403 403 403 403 404 401 401 401 401',
  'GET /api/admin/plans':           '401 401 403 403 403 403 200 401 401 401 401',
  'POST /api/admin/plans':          '401 401 403 403 403 403 400 401 401 401 401',
  'PUT /api/admin/plans/:id':       '401 401 403 403 403 403 400 401 401 401 401',
  'DELETE /api/admin/plans/:id':    '401 401 403 403 403 403 404 401 401 401 401',
  'GET /api/admin/alerts':          '401 401 403 403 403 403 200 401 401 401 401',
  'POST /api/admin/alerts/test':    '401 401 403 403 403 403 200 401 401 401 401',
  'GET /api/admin/health':          '401 401 403 403 403 403 200 401 401 401 401',
  'POST /api/admin/health/consistency': '401 401 403 403 403 403 200 401 401 401 401',
  'GET /api/admin/models':          '401 401 403 403 403 403 200 401 401 401 401',
  'PUT /api/admin/models/:id':      '401 401 403 403 403 403 400 401 401 401 401',
  'POST /api/admin/configuration/export': '401 401 403 403 403 403 400 401 401 401 401',
  'POST /api/admin/configuration/import': '401 401 403 403 403 403 400 401 401 401 401',
  'GET /api/admin/classrooms':      '401 401 403 403 403 403 200 401 401 401 401',
  'POST /api/admin/classrooms':     '401 401 403 403 403 403 400 401 401 401 401',
  'PUT /api/admin/classrooms/:id':  '401 401 403 403 403 403 400 401 401 401 401',
  'DELETE /api/admin/classrooms/:id': '401 401 403 403 403 403 404 401 401 401 401',
  'GET /api/admin/activation-codes': '401 401 403 403 403 403 200 401 401 401 401',
  'POST /api/admin/activation-codes': '401 401 403 403 403 403 400 401 401 401 401',
  'DELETE /api/admin/activation-codes/:id': '401 401 403 403 403 403 404 401 401 401 401',
  'GET /api/classrooms': '401 401 403 403 403 200 200 401 401 401 401',
  'POST /api/classrooms': '401 401 403 403 403 400 400 401 401 401 401',
  'PUT /api/classrooms/:classroom': '401 401 403 403 403 400 400 401 401 401 401',
  'GET /api/plans': '401 401 403 403 403 200 200 401 401 401 401',
  'GET /api/classrooms/:classroom/passes': '401 401 403 403 403 404 404 401 401 401 401',
  'POST /api/classrooms/:classroom/passes': '401 401 403 403 403 400 400 401 401 401 401',
  'POST /api/classrooms/:classroom/passes/block': '401 401 403 403 403 400 400 401 401 401 401',
  'POST /api/classrooms/:classroom/passes/unblock': '401 401 403 403 403 400 400 401 401 401 401',
  'POST /api/classrooms/:classroom/passes/extend': '401 401 403 403 403 400 400 401 401 401 401',
  'POST /api/classrooms/:classroom/passes/rotate': '401 401 403 403 403 400 400 401 401 401 401',
  'GET /api/classrooms/:classroom/codes': '401 401 403 403 403 404 404 401 401 401 401',
  'POST /api/classrooms/:classroom/codes': '401 401 403 403 403 400 400 401 401 401 401',
  'DELETE /api/classrooms/:classroom/codes/:code': '401 401 403 403 403 404 404 401 401 401 401',
  'GET /api/classrooms/:classroom/usage': '401 401 403 403 403 404 404 401 401 401 401',
  'GET /api/classrooms/:classroom/calls': '401 401 403 403 403 404 404 401 401 401 401',
  'GET /api/classrooms/:classroom/calls/export': '401 401 403 403 403 404 404 401 401 401 401',
  'POST /api/v1/activate':          '400 400 400 400 400 400 400 400 400 400 400',
  'GET /api/admin/users':           '401 401 403 403 403 403 200 401 401 401 401',
  'PUT /api/admin/users/:id':       '401 401 403 403 403 403 400 401 401 401 401',
  'POST /api/admin/users/:id/reset-link': '401 401 403 403 403 403 404 401 401 401 401',
  'GET /api/admin/users/:id/export': '401 401 403 403 403 403 404 401 401 401 401',
  'DELETE /api/admin/users/:id':    '401 401 403 403 403 403 404 401 401 401 401',
  'POST /api/auth/reset':           '400 400 400 400 400 400 400 400 400 400 400',
  'GET /api/admin/config':          '401 401 403 403 403 403 200 401 401 401 401',
  'PUT /api/admin/config':          '401 401 403 403 403 403 200 401 401 401 401',
  'GET /api/admin/channels':        '401 401 403 403 403 403 200 401 401 401 401',
  'GET /api/admin/prices':          '401 401 403 403 403 403 200 401 401 401 401',
  'PUT /api/admin/prices/models/:id': '401 401 403 403 403 403 400 401 401 401 401',
  'DELETE /api/admin/prices/models/:id': '401 401 403 403 403 403 404 401 401 401 401',
  'PUT /api/admin/prices/routes/:id': '401 401 403 403 403 403 400 401 401 401 401',
  'DELETE /api/admin/prices/routes/:id': '401 401 403 403 403 403 404 401 401 401 401',
  'POST /api/admin/prices/import':  '401 401 403 403 403 403 400 401 401 401 401',
  'POST /api/admin/prices/restore': '401 401 403 403 403 403 404 401 401 401 401',
  'GET /api/admin/presets':         '401 401 403 403 403 403 200 401 401 401 401',
  'GET /api/admin/blocked-ips': '401 401 403 403 403 403 200 401 401 401 401',
  'POST /api/admin/blocked-ips': '401 401 403 403 403 403 400 401 401 401 401',
  'DELETE /api/admin/blocked-ips/:id': '401 401 403 403 403 403 404 401 401 401 401',
  'GET /api/admin/blocked-ips/:id/attempts': '401 401 403 403 403 403 404 401 401 401 401',
  'GET /api/admin/logs': '401 401 403 403 403 403 200 401 401 401 401',
  'GET /api/admin/logs/export': '401 401 403 403 403 403 200 401 401 401 401',
  'GET /api/admin/logs/:id': '401 401 403 403 403 403 404 401 401 401 401',
  'GET /api/admin/stats': '401 401 403 403 403 403 200 401 401 401 401',
  'GET /api/admin/costs': '401 401 403 403 403 403 400 401 401 401 401',
  'GET /api/admin/costs/export': '401 401 403 403 403 403 400 401 401 401 401',
  'GET /api/admin/audit': '401 401 403 403 403 403 200 401 401 401 401',
  'GET /api/admin/audit/verify': '401 401 403 403 403 403 200 401 401 401 401',
  'POST /api/admin/channels':       '401 401 403 403 403 403 400 401 401 401 401',
  'POST /api/admin/upstream-models': '401 401 403 403 403 403 400 401 401 401 401',
  'POST /api/admin/channels/:id/test': '401 401 403 403 403 403 404 401 401 401 401',
  'PUT /api/admin/channels/:id':    '401 401 403 403 403 403 404 401 401 401 401',
  'DELETE /api/admin/channels/:id': '401 401 403 403 403 403 404 401 401 401 401',
  'POST /key/generate':             '401 401 403 403 403 403 200 403 403 403 200',
  'GET /key/info':                  '401 401 403 403 403 403 404 200 200 200 404',
  'POST /key/update':               '401 401 403 403 403 403 400 403 403 403 400',
  'POST /key/regenerate': '401 401 403 403 403 403 400 403 403 403 400',
  'POST /key/:key/regenerate': '401 401 403 403 403 403 404 403 403 403 404',
  'POST /key/delete':               '401 401 403 403 403 403 400 403 403 403 400',
  'GET /key/list':                  '401 401 403 403 403 403 200 403 403 403 200',
  'POST /key/block':                '401 401 403 403 403 403 400 403 403 403 400',
  'POST /key/unblock':              '401 401 403 403 403 403 400 403 403 403 400',
  'POST /api/v1/llm/chat':            '401 401 403 400 400 400 400 400 400 400 400',
  'GET /api/v1/llm/models':           '401 401 403 200 200 200 200 200 403 401 200',
  'GET /api/v1/llm/usage':            '401 401 403 200 200 200 200 200 403 401 200',
  'GET /api/v1/llm/policy':           '401 401 403 200 200 200 200 200 200 200 200',
  'GET /api/chat/policy':             '200 401 403 200 200 200 200 200 200 200 200',
  'GET /api/admin/users/:id/quota':  '401 401 403 403 403 403 404 401 401 401 401',
  'PUT /api/admin/users/:id/quota':  '401 401 403 403 403 403 404 401 401 401 401',
  'GET /api/admin/plans/:id/quota':  '401 401 403 403 403 403 404 401 401 401 401',
  'PUT /api/admin/plans/:id/quota':  '401 401 403 403 403 403 404 401 401 401 401',
  'GET /api/admin/plan-quotas':      '401 401 403 403 403 403 200 401 401 401 401',
  'GET /api/v1/llm/config':           '401 401 403 403 403 403 200 401 401 401 401',
  'PUT /api/v1/llm/config':           '401 401 403 403 403 403 400 401 401 401 401',
  'GET /api/v1/llm/calls':            '401 401 403 403 403 403 200 401 401 401 401',
  'GET /api/v1/llm/calls/:id':        '401 401 403 403 403 403 404 401 401 401 401',
  'POST /api/v1/llm/calls':           '401 401 403 403 403 403 400 401 401 401 401',
  'GET /api/v1/llm/templates':        '401 401 403 403 403 403 200 401 401 401 401',
  'GET /api/v1/llm/agents':           '401 401 403 200 200 200 200 401 401 401 401',
  'POST /api/v1/llm/agents':          '401 401 403 400 400 400 400 401 401 401 401',
  'GET /api/v1/llm/agents/:id':       '401 401 403 404 404 404 404 401 401 401 401',
  'PUT /api/v1/llm/agents/:id':       '401 401 403 404 404 404 404 401 401 401 401',
  'DELETE /api/v1/llm/agents/:id':    '401 401 403 404 404 404 404 401 401 401 401',
  'GET /api/v1/llm-models':          '401 401 403 403 403 403 200 401 401 401 401',
  'GET /api/v1/llm-models/:id':      '401 401 403 403 403 403 404 401 401 401 401',
  'POST /api/v1/llm-models':         '401 401 403 403 403 403 400 401 401 401 401',
  'PUT /api/v1/llm-models/:id':      '401 401 403 403 403 403 404 401 401 401 401',
  'DELETE /api/v1/llm-models/:id':   '401 401 403 403 403 403 404 401 401 401 401',
  'GET /healthz':                   '200 200 200 200 200 200 200 200 200 200 200',
  'GET /readyz':                    '200 200 200 200 200 200 200 200 200 200 200',
  'GET /api/currency':              '200 200 200 200 200 200 200 200 200 200 200',
  'GET /openapi.json':              '200 200 200 200 200 200 200 200 200 200 200',
  'GET /docs':                      '200 200 200 200 200 200 200 200 200 200 200',
  'GET /docs/initializer.js':       '200 200 200 200 200 200 200 200 200 200 200',
  'GET /docs/swagger-ui-bundle.js': '200 200 200 200 200 200 200 200 200 200 200',
  'GET /docs/swagger-ui.css':       '200 200 200 200 200 200 200 200 200 200 200',
};

const nameOf = ({ method, path }: Route) => `${method.toUpperCase()} ${path}`;
const QUESTION = { model: 'hallpass-demo', messages: [{ role: 'user', content: 'hi' }] };

function send({ method, path }: Route, token: string | undefined): Promise<Response> {
  const json = path.endsWith('/chat/completions') ? QUESTION : {};
  return app.request(path.replace(/:(\w+)(\{[^}]*\})?/g, 'x'), {
    method: method.toUpperCase(),
    ...(method === 'get' ? {} : { json }),
    ...(token === undefined ? {} : { token }),
  });
}

/** Every row of every table. */
async function everyRow(): Promise<Record<string, unknown>> {
  const db = app.ctx.database.raw;
  const rows: Record<string, unknown> = {};
  for (const { name } of await db.introspection.getTables())
    rows[name] = (await sql`select * from ${sql.table(name)}`.execute(db)).rows;
  return rows;
}

test('every address is in the table, and nothing else', () => {
  expect(Object.keys(STATUSES).toSorted()).toEqual(ROUTES.map(nameOf).toSorted());
});

test.each(ROUTES.map((route) => [nameOf(route), route] as const))('S05: %s', async (name, route) => {
  // PostgreSQL has no ledger yet.
  if (testEngine === 'postgres' && name.endsWith('/chat/completions')) return;
  const wanted = STATUSES[name]!.split(' ').map(Number);
  expect(wanted).toHaveLength(callers.length);
  const visits = await Promise.all(
    callers.map(async ([caller, token], i) => ({ caller, token: await token(), wanted: wanted[i]! })),
  );
  const visit = async ({ caller, token, wanted: status }: (typeof visits)[number]) =>
    expect([caller, (await send(route, token)).status]).toEqual([caller, status]);
  // S50: whatever is refused, and whatever only reads, leaves no trace.
  const isHarmless = ({ wanted: status }: (typeof visits)[number]) => status >= 400 || route.method === 'get';
  const before = await everyRow();
  for (const one of visits.filter(isHarmless)) await visit(one);
  expect(await everyRow()).toEqual(before);
  for (const one of visits.filter((candidate) => !isHarmless(candidate))) await visit(one);
});

test('S05: an address that only one method has is not there for another, whoever asks', async () => {
  const { token } = await signInAs(app.ctx, 'admin');
  for (const path of new Set(ROUTES.map((route) => route.path))) {
    const methods = ROUTES.filter((route) => route.path === path).map(({ method }) => method.toUpperCase());
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((one) => !methods.includes(one))) {
      const target = path.replace(/:(\w+)(\{[^}]*\})?/g, 'x');
      const response = await app.request(target, { method, token, ...(method === 'GET' ? {} : { json: {} }) });
      expect([method, path, response.status]).toEqual([method, path, 405]);
    }
  }
});
