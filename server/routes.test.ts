import { expect, test } from 'bun:test';

import { GUARDS } from '@hallpass/shared/roles.ts';

import { ROUTES } from './routes.ts';
import { signInAs } from './testing/people.ts';
import { createTestApp } from './testing/test-app.ts';

const nameOf = ({ method, path }: { method: string; path: string }) => `${method.toUpperCase()} ${path}`;
const concrete = (path: string) => path.replace(/:(\w+)(\{[^}]*\})?/g, 'x');

test('every route declares who may enter, what it is for, and either a handler with a response or a raw answer', () => {
  for (const route of ROUTES) {
    const name = nameOf(route);
    expect([name, GUARDS.includes(route.guard)]).toEqual([name, true]);
    expect([name, route.summary.length > 5, route.tag.length > 1]).toEqual([name, true, true]);
    expect([name, [route.raw, route.handler, route.file].filter(Boolean).length]).toEqual([name, 1]);
    if (route.handler) expect([name, route.response !== undefined]).toEqual([name, true]);
  }
});

test('no address is declared twice', () => {
  const names = ROUTES.map(nameOf);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

test('these addresses, and no others, ask for no credential', () => {
  expect(ROUTES.filter(({ guard }) => guard === 'public').map(nameOf)).toEqual([
    'GET /healthz',
    'GET /readyz',
    'GET /api/auth/options',
    'POST /api/auth/register',
    'POST /api/auth/login',
    'POST /api/auth/admin/login',
    'POST /api/auth/setup',
    'POST /api/auth/oidc/start',
    'POST /api/auth/oidc/finish',
    'POST /api/auth/invite',
    'POST /api/v1/activate',
    'POST /api/auth/reset',
    'GET /api/currency',
    'GET /openapi.json',
    'GET /docs',
    'GET /docs/initializer.js',
    'GET /docs/swagger-ui-bundle.js',
    'GET /docs/swagger-ui.css',
  ]);
});

test('every guarded address refuses somebody without a credential, and one with a wrong one', async () => {
  await using app = await createTestApp();
  for (const route of ROUTES.filter(({ guard }) => guard !== 'public')) {
    // The chat page's addresses take guests.
    const guests = route.path.startsWith('/api/chat/');
    const init = { method: route.method.toUpperCase(), ...(route.method === 'get' ? {} : { json: {} }) };
    const wrong = await app.request(concrete(route.path), { ...init, token: 'sk-hp-0000-wrong' });
    expect([nameOf(route), wrong.status]).toEqual([nameOf(route), 401]);
    if (guests) continue;
    const none = await app.request(concrete(route.path), init);
    expect([nameOf(route), none.status]).toEqual([nameOf(route), 401]);
  }
});

test('what only teachers or administrators may do is refused to a pupil', async () => {
  await using app = await createTestApp();
  const { token } = await signInAs(app.ctx, 'student');
  for (const route of ROUTES.filter(({ guard }) => guard === 'teacher' || guard === 'admin' || guard === 'adminKey')) {
    const init = { method: route.method.toUpperCase(), ...(route.method === 'get' ? {} : { json: {} }) };
    const response = await app.request(concrete(route.path), { ...init, token });
    expect([nameOf(route), response.status]).toEqual([nameOf(route), 403]);
  }
});

test('no address takes a form, plain text or an untyped body as JSON, whoever sends it', async () => {
  await using app = await createTestApp();
  const { token } = await signInAs(app.ctx, 'admin');
  const types = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''];
  for (const route of ROUTES.filter(({ body }) => body !== undefined)) {
    for (const type of types) {
      const body = new Blob(['{}'], { type });
      const headers = { authorization: `Bearer ${token}` };
      const response = await app.request(concrete(route.path), { method: route.method.toUpperCase(), body, headers });
      expect([nameOf(route), type, response.status]).toEqual([nameOf(route), type, 415]);
    }
  }
});

test('reading changes nothing: a GET declares no body', () => {
  expect(ROUTES.filter(({ method, body }) => method === 'get' && body !== undefined).map(nameOf)).toEqual([]);
});
