// S42: search, sort, filter and page with values nobody means well by: never 5xx, never more rows than a page holds.
import { afterAll, beforeAll, expect, test } from 'bun:test';

import { ROUTES } from '../routes.ts';
import { ADMIN_KEY, createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';

let gateway: GatewayApp;
beforeAll(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m');
  const key = await gateway.pass({ key_alias: '100%_sure' });
  for (let i = 0; i < 3; i += 1) await (await gateway.chat(key)).text();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const VALUES = [
  '%_',
  '%25',
  "' or 1=1 --",
  '"; drop table calls; --',
  '\\',
  '(a+)+$',
  'x'.repeat(10_000),
  '-1',
  '1e9',
  '1000000000',
  '99999999999999999999',
  '0.5',
  'NaN',
  'null',
  '[]',
  '\u0000',
  '\ud83d\ude00',
  '',
];
/** Every parameter any list has, and one that none has. */
const NAMES = [
  ...new Set(
    ROUTES.flatMap(({ query }) => Object.keys((query as { shape?: Record<string, unknown> } | undefined)?.shape ?? {})),
  ),
  'unknown',
];
const LISTS = ROUTES.filter(({ method, path, handler }) => method === 'get' && handler && !path.includes(':'));

test.each(LISTS.map(({ path }) => path))('%s', async (path) => {
  for (const name of NAMES)
    for (const value of VALUES) {
      const query = new URLSearchParams({ [name]: value }).toString();
      const token = path.startsWith('/key/') ? ADMIN_KEY : gateway.admin;
      const response = await gateway.app.request(`${path}?${query}`, { token });
      expect([path, name, value.slice(0, 20), response.status < 500]).toEqual([path, name, value.slice(0, 20), true]);
      await response.body?.cancel();
    }
  expect((await gateway.calls()).length).toBe(3);
});

test('a percent sign and an underscore stand for themselves', async () => {
  await gateway.app.ctx.db.updateTable('users').set({ displayName: 'plain' }).execute();
  const found = async (search: string) => {
    const path = `/api/admin/users?search=${encodeURIComponent(search)}`;
    const { data } = (await (await gateway.app.request(path, { token: gateway.admin })).json()) as { data: unknown[] };
    return data.length;
  };
  expect([await found('%'), await found('_'), await found('gateway')]).toEqual([0, 0, 1]);
});
