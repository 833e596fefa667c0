import { afterEach, beforeEach, describe, expect, test } from 'bun:test';

import type { ChannelView } from '@hallpass/shared/channel-views.ts';
import type { ChannelUpdate } from '@hallpass/shared/channels.ts';

import { signInAs } from '../testing/people.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

const KEY = 'sk-canary-first-0123456789';
const NEW_KEY = 'sk-canary-second-9876543210';
let app: TestApp;
let token: string;

beforeEach(async () => {
  app = await createTestApp();
  ({ token } = await signInAs(app.ctx, 'admin'));
});
afterEach(() => app[Symbol.asyncDispose]());

const send = async <T = ChannelView>(method: string, path: string, json?: object): Promise<T> => {
  const response = await app.request(`/api/admin/channels${path}`, { method, json, token });
  expect(response.status).toBeLessThan(300);
  return (await response.json()) as T;
};
const create = (json: ChannelUpdate = {}) =>
  send('POST', '', { name: 'C', base_url: 'https://c.example/v1', api_key: KEY, model_id: 'first', ...json });
const put = (id: string, json: object) => send('PUT', `/${id}`, json);
const find = (name: string) => app.ctx.catalog.current().find(name);
const secrets = (name: string) => find(name)?.routes[0]?.channel.keys.map(({ secret }) => secret);

describe('GET /api/admin/channels answers 200', () => {
  test('with every channel, the oldest first, and no secret', async () => {
    const [a, b] = [
      await create({ name: 'A' }),
      await create({ name: 'B', api_keys: [{ key: NEW_KEY }], api_key: '' }),
    ];
    const response = await app.request('/api/admin/channels', { token });
    const text = await response.text();
    expect(JSON.parse(text)).toEqual([a, b]);
    expect(text).not.toContain(KEY);
    expect(text).not.toContain(NEW_KEY);
    expect(text).not.toContain('v1.');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });
});

describe('PUT /api/admin/channels/{id} answers 200', () => {
  test('and changes only what it names', async () => {
    const before = await create({ rpm_limit: 7, options: { stall_timeout_ms: 9_000 } });
    app.clock.advance(5_000);
    const after = await put(before.id, { name: 'Renamed', is_enabled: false });
    expect(after).toEqual({ ...before, name: 'Renamed', is_enabled: false, updated_at: '2026-11-21T02:00:05.000Z' });
    expect(find('first')).toBeUndefined();
    await put(before.id, { is_enabled: true, rpm_limit: null, base_url: 'https://d.example/v2/' });
    expect(find('first')!.routes[0]!.channel).toMatchObject({
      baseUrl: 'https://d.example/v2',
      rpmLimit: null,
      keys: [{ secret: KEY }],
    });
  });

  test('without api_key, with an empty one or with the masked one the key stays', async () => {
    const { id, key_hint } = await create();
    for (const body of [{}, { api_key: '' }, { api_key: key_hint }]) {
      expect((await put(id, body)).api_keys).toHaveLength(1);
      expect(secrets('first')).toEqual([KEY]);
    }
  });

  test('with api_key, that is the only key afterwards', async () => {
    const { id } = await create({ api_key: '', api_keys: [{ key: KEY }, { key: `${KEY}-b` }] });
    expect(await put(id, { api_key: NEW_KEY })).toMatchObject({
      key_hint: 'sk-…3210',
      api_keys: [{ status: 'enabled' }],
    });
    expect(secrets('first')).toEqual([NEW_KEY]);
  });

  test('with api_keys, the list is replaced; an entry without key keeps its secret, one with both changes it', async () => {
    const { id, api_keys } = await create({
      api_key: '',
      api_keys: [{ key: KEY }, { key: `${KEY}-b` }, { key: `${KEY}-c` }],
    });
    const [a, b] = [api_keys[0]!.id, api_keys[1]!.id];
    const after = await put(id, {
      api_keys: [{ key: NEW_KEY }, { id: b, status: 'disabled' }, { id: a, key: `${NEW_KEY}-a` }],
    });
    expect(after.api_keys.map(({ id: keyId, status }) => [keyId, status])).toEqual([
      [expect.any(String), 'enabled'],
      [b, 'disabled'],
      [a, 'enabled'],
    ]);
    expect(secrets('first')).toEqual([NEW_KEY, `${NEW_KEY}-a`]);
    await put(id, { api_keys: [{ id: b, status: 'enabled' }] });
    expect(secrets('first')).toEqual([`${KEY}-b`]);
    expect(await put(id, { api_keys: [] })).toMatchObject({ has_key: false, key_hint: null });
  });

  test('and a key that its upstream refused or cooled is tried again, one the admin switched off is not', async () => {
    const { id, api_keys } = await create({
      api_key: '',
      api_keys: [{ key: KEY }, { key: `${KEY}-b`, status: 'disabled' }],
    });
    const refused = { status: 'disabled', lastError: 'HTTP 401', lastErrorAt: 1, cooldownUntil: 2 };
    await app.ctx.db.updateTable('channelKeys').set(refused).where('id', '=', api_keys[0]!.id).execute();
    expect((await send<ChannelView[]>('GET', ''))[0]!.api_keys[0]).toMatchObject({
      status: 'disabled',
      last_error: 'HTTP 401',
      cooldown_until: '1970-01-01T00:00:00.002Z',
    });
    const after = await put(id, {});
    expect(
      after.api_keys.map(({ status, last_error, cooldown_until }) => [status, last_error, cooldown_until]),
    ).toEqual([
      ['enabled', null, null],
      ['disabled', null, null],
    ]);
    expect(secrets('first')).toEqual([KEY]);
  });

  test('what was read can be sent back unchanged', async () => {
    const before = await create({
      model_id: undefined,
      models: [
        { name: 'a', prices: { prompt: 0.1, completion: 0.2, image: 0.04 }, description: 'x' },
        { name: 'b', upstream_model: 'c' },
      ],
    });
    const after = await put(before.id, before);
    expect(after).toEqual(before);
    expect(await app.ctx.db.selectFrom('prices').selectAll().execute()).toHaveLength(1);
  });

  test('with model_id, the first model becomes another and the old one goes', async () => {
    const { id } = await create();
    expect(await put(id, { model_id: 'second', display_name: 'Second' })).toMatchObject({
      model_id: 'second',
      models: [{ display_name: 'Second', upstream_model: 'second' }],
    });
    expect(find('first')).toBeUndefined();
    expect(await app.ctx.db.selectFrom('models').select('publicName').execute()).toEqual([{ publicName: 'second' }]);
  });

  test('with the model_id it has, all its models stay', async () => {
    const { id, models } = await create({
      model_id: undefined,
      models: [{ name: 'a', upstream_model: 'x' }, { name: 'b' }, { name: 'c' }],
    });
    const after = await put(id, { name: 'Renamed', model_id: 'a', rpm_limit: 60, is_enabled: true });
    expect(after.models).toEqual(models);
  });

  test('with models, the list is replaced and what stays keeps its id and price', async () => {
    const { id, models } = await create({
      model_id: undefined,
      models: [{ name: 'a', prices: { prompt: 1, completion: 2 } }, { name: 'b' }, { name: 'c' }],
    });
    const after = await put(id, {
      models: [{ name: 'd' }, { name: 'a', upstream_model: 'a-2026' }, { name: 'c', status: 'disabled' }],
    });
    const byName = new Map(after.models.map((model) => [model.name, model]));
    expect([...byName.keys()].sort()).toEqual(['a', 'c', 'd']);
    expect(byName.get('a')).toMatchObject({ id: models[0]!.id, upstream_model: 'a-2026', prices: { prompt: 1 } });
    expect(byName.get('c')).toMatchObject({ id: models[2]!.id, status: 'disabled' });
    expect([find('b'), find('c')]).toEqual([undefined, undefined]);
  });

  test('with prices, calls are charged by them at once; null brings the published ones back', async () => {
    const { id } = await create({ base_url: 'https://api.openai.com/v1', model_id: 'gpt-4o' });
    const price = () => find('gpt-4o')!.routes[0]!.prices;
    await put(id, { prices: { prompt: 0.27, completion: 0 } });
    expect(price()).toMatchObject({ promptNanos: 270_000_000, completionNanos: 0, cachedNanos: null, source: 'own' });
    app.clock.advance(1);
    await put(id, { prices: { prompt: 0.000000001, completion: 0 } });
    expect(price()).toMatchObject({ promptNanos: 1 });
    const after = await put(id, { prices: null });
    expect(price()).toMatchObject({ promptNanos: 2_500_000_000, source: 'genai-prices/openai' });
    expect(after.models[0]).toMatchObject({ prices: null, price_source: 'genai-prices/openai', price_guessed: false });
  });

  test('a key for a channel that needed none is sent from then on', async () => {
    const { id } = await create({ api_key: '' });
    expect(await put(id, { api_key: KEY })).toMatchObject({ auth_type: 'bearer' });
    expect(await put(id, { auth_type: 'query', api_key: NEW_KEY })).toMatchObject({ auth_type: 'query' });
  });

  test('twenty changes at once leave one list of keys', async () => {
    const { id } = await create();
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => put(id, { api_keys: [{ key: `${KEY}-${i}` }, { key: `${KEY}-${i}b` }] })),
    );
    const list = secrets('first')!;
    expect(list).toHaveLength(2);
    expect(list[1]).toBe(`${list[0]}b`);
    expect(await app.ctx.db.selectFrom('channelKeys').selectAll().execute()).toHaveLength(2);
  });
});

describe('DELETE /api/admin/channels/{id} answers 200', () => {
  test('and removes its keys, routes and the models nobody else serves', async () => {
    const { id } = await create({
      model_id: undefined,
      models: [{ name: 'only', prices: { prompt: 1, completion: 1 } }, { name: 'shared' }],
    });
    await create({ name: 'Other', model_id: 'shared' });
    expect(await send<object>('DELETE', `/${id}`)).toEqual({ id, deleted: true });
    expect(find('only')).toBeUndefined();
    expect(find('shared')!.routes.map(({ channel }) => channel.name)).toEqual(['Other']);
    for (const table of ['channelKeys', 'routes'] as const)
      expect(await app.ctx.db.selectFrom(table).selectAll().where('channelId', '=', id).execute()).toEqual([]);
    expect(await app.ctx.db.selectFrom('prices').selectAll().execute()).toEqual([]);
    expect((await app.request(`/api/admin/channels/${id}`, { method: 'DELETE', token })).status).toBe(404);
  });

  test('and the last one brings the demo model back', async () => {
    const { id } = await create();
    expect(find('hallpass-demo')).toBeUndefined();
    await send('DELETE', `/${id}`);
    expect(find('hallpass-demo')).toBeDefined();
  });

  test('while others give the same model a route: no route is left without its model', async () => {
    const many = await Promise.all(Array.from({ length: 10 }, () => create({ model_id: 'busy' })));
    await Promise.all([
      ...many.map(({ id }) => send('DELETE', `/${id}`)),
      ...many.map(() => create({ model_id: 'busy' })),
    ]);
    expect(find('busy')!.routes).toHaveLength(10);
  });
});

test('every change is in the audit log, with its author and without a secret', async () => {
  const { id } = await create();
  await put(id, { api_key: NEW_KEY, name: 'N' });
  await send('DELETE', `/${id}`);
  const rows = await app.ctx.db
    .selectFrom('audit')
    .selectAll()
    .where('targetKind', '=', 'channel')
    .orderBy('seq')
    .execute();
  expect(rows.map(({ action, targetId, ip }) => [action, targetId, ip])).toEqual(
    ['channel.create', 'channel.update', 'channel.delete'].map((action) => [action, id, '203.0.113.1']),
  );
  expect(rows[0]!.actorId).toStartWith('user_');
  expect(JSON.parse(rows[1]!.detail)).toEqual({ name: 'N', keys: 'changed' });
  expect(JSON.stringify(rows)).not.toContain('canary');
});

test('the catalog follows a change that another process made', async () => {
  const { id } = await create();
  await app.ctx.db.updateTable('channels').set({ name: 'Elsewhere' }).where('id', '=', id).execute();
  expect(find('first')!.routes[0]!.channel.name).toBe('C');
  app.ctx.events.emit({ type: 'changes.seen', version: 99 });
  for (let i = 0; i < 200 && find('first')!.routes[0]!.channel.name === 'C'; i++) await Bun.sleep(10);
  expect(find('first')!.routes[0]!.channel.name).toBe('Elsewhere');
});

test('a key that does not open is left out and said in the log; the others work', async () => {
  const { api_keys } = await create({ api_key: '', api_keys: [{ key: KEY }, { key: NEW_KEY }] });
  const rows = await app.ctx.db.selectFrom('channelKeys').selectAll().orderBy('position').execute();
  await app.ctx.db
    .updateTable('channelKeys')
    .set({ ciphertext: rows[1]!.ciphertext })
    .where('id', '=', rows[0]!.id)
    .execute();
  await app.ctx.catalog.reload();
  expect(secrets('first')).toEqual([NEW_KEY]);
  expect(app.logs.at(-1)).toMatchObject({ level: 'error', keyId: api_keys[0]!.id });
});
