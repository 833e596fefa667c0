import { expect, test } from 'bun:test';

import { ADMIN_KEY, generate, get, post } from '../testing/litellm.ts';
import { createTestApp } from '../testing/test-app.ts';

test('a key or an alias that is taken is refused, and the first pass stays as it was', async () => {
  await using app = await createTestApp();
  const own = 'sk-my-imported-key-1';
  await generate(app, { key: own, key_alias: 'anna', max_budget: 1 });
  const sameKey = await post(app, '/key/generate', { key: own, max_budget: 100 });
  expect([sameKey.status, sameKey.error['code'], sameKey.error['param']]).toEqual([409, '409', 'key']);
  const sameAlias = await post(app, '/key/generate', { key_alias: 'anna', max_budget: 100 });
  expect([sameAlias.status, sameAlias.error['code'], sameAlias.error['param']]).toEqual([409, '409', 'key_alias']);
  for (const { text } of [sameKey, sameAlias]) expect(text).not.toContain(own);
  expect((await get(app, '/key/list?return_full_object=true')).body).toMatchObject({
    total_count: 1,
    keys: [{ key_alias: 'anna', max_budget: 1 }],
  });
});

test.each([
  ['zh-CN', '已经有名为“安娜”的通行证，请换一个名称。'],
  ['zh-TW', '已經有名為「安娜」的通行證，請換一個名稱。'],
  ['en', 'There is a pass named “安娜” already. Please choose another name.'],
])('in %s the refusal names the name in plain words', async (locale, message) => {
  await using app = await createTestApp();
  await generate(app, { key_alias: '安娜' });
  const json = { key_alias: '安娜' };
  const headers = { 'accept-language': locale };
  const refused = await app.request('/key/generate', { json, token: ADMIN_KEY, headers });
  expect(((await refused.json()) as { error: { message: string } }).error.message).toBe(message);
});

test('an update cannot take another’s alias; its own it may keep', async () => {
  await using app = await createTestApp();
  await generate(app, { key_alias: 'anna' });
  const { key } = await generate(app, { key_alias: 'berta' });
  expect((await post(app, '/key/update', { key, key_alias: 'anna', rpm_limit: 1 })).status).toBe(409);
  expect((await get(app, `/key/info?key=${key}`)).body['info']).toMatchObject({ key_alias: 'berta', rpm_limit: null });
  expect((await post(app, '/key/update', { key, key_alias: 'berta', rpm_limit: 1 })).status).toBe(200);
});

test('of thirty at once with the same key or alias one is made', async () => {
  await using app = await createTestApp();
  for (const body of [{ key: 'sk-my-imported-key-1' }, { key_alias: 'anna' }]) {
    const replies = await Promise.all(Array.from({ length: 30 }, () => post(app, '/key/generate', body)));
    const statuses = replies.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([200, ...Array<number>(29).fill(409)]);
  }
});

test('passes without an alias do not collide', async () => {
  await using app = await createTestApp();
  for (const body of [{}, {}, { key_alias: '' }, { key_alias: null }]) await generate(app, body);
  expect((await get(app, '/key/list')).body['total_count']).toBe(4);
});
