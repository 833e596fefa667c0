import { expect, test } from 'bun:test';

import { generate, get, post } from '../testing/litellm.ts';
import { createTestApp } from '../testing/test-app.ts';

const NOBODY = 'f'.repeat(64);

test('what is not there is 404 with LiteLLM’s word', async () => {
  await using app = await createTestApp();
  const replies = [
    await get(app, '/key/info?key=sk-unknown-key'),
    await get(app, `/key/info?key=${NOBODY}`),
    await get(app, '/key/info'),
    await post(app, '/key/update', { key: 'sk-unknown-key', rpm_limit: 1 }),
    await post(app, '/key/block', { key: NOBODY }),
    await post(app, '/key/unblock', { key: 'sk-unknown-key' }),
    await post(app, '/key/delete', { keys: ['sk-unknown-key'] }),
    await post(app, '/key/delete', { key_aliases: ['nobody'] }),
  ];
  for (const { status, error } of replies)
    expect([status, error['type'], error['code']]).toEqual([404, 'not_found_error', '404']);
});

test('a pass that asks about another cannot tell it from one that does not exist', async () => {
  await using app = await createTestApp();
  const [own, other] = [await generate(app), await generate(app, { key_alias: 'other' })];
  const answers = [];
  for (const asked of [other.key, other.token, 'sk-unknown-key', NOBODY]) {
    const { status, text, headers } = await get(app, `/key/info?key=${asked}`, own.key);
    headers.delete('x-request-id');
    answers.push(JSON.stringify([status, text, [...headers]]));
  }
  expect(new Set(answers).size).toBe(1);
  expect(answers[0]).toStartWith('[404');
});

test('a deletion that names one unknown key deletes none', async () => {
  await using app = await createTestApp();
  const passes = [await generate(app, { key_alias: 'anna' }), await generate(app, { key_alias: 'berta' })];
  expect((await post(app, '/key/delete', { keys: [...passes.map(({ key }) => key), 'sk-unknown-key'] })).status).toBe(
    404,
  );
  expect((await post(app, '/key/delete', { key_aliases: ['anna', 'nobody'] })).status).toBe(404);
  expect((await get(app, '/key/list')).body['total_count']).toBe(2);
  for (const { key } of passes) expect(await app.ctx.passes.find(key)).toBeDefined();
});

test('a key named by its public id, its alias or part of its hash is unknown', async () => {
  await using app = await createTestApp();
  const { key, token } = await generate(app, { key_alias: 'anna' });
  for (const name of [
    key.split('-')[2]!,
    'anna',
    token.slice(0, 63),
    token.toUpperCase(),
    `${token} `,
    '%',
    '_'.repeat(64),
  ])
    expect((await get(app, `/key/info?key=${encodeURIComponent(name)}`)).status).toBe(404);
});
