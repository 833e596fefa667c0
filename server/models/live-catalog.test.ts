import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import type { KyselyPlugin } from 'kysely';

import { createChannel } from '../channels/save.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { createCatalog } from './live-catalog.ts';

let app: TestApp;

beforeEach(async () => {
  app = await createTestApp();
});
afterEach(() => app[Symbol.asyncDispose]());

const add = (name: string, more: object = {}) =>
  createChannel(app.ctx, { name, base_url: 'https://c.example/v1', model_id: name, ...more });

const until = async (isTrue: () => boolean): Promise<void> => {
  for (let i = 0; i < 300 && !isTrue(); i++) await Bun.sleep(10);
  expect(isTrue()).toBe(true);
};

/** Counts the readings of the table of channels. */
function counting(): { plugin: KyselyPlugin; count: () => number; fail: (fails: boolean) => void } {
  let count = 0;
  let fails = false;
  const plugin: KyselyPlugin = {
    transformQuery({ node }) {
      if (!JSON.stringify(node).includes('"channels"')) return node;
      count += 1;
      if (fails) throw new Error('the disk is gone');
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  return { plugin, count: () => count, fail: (value) => (fails = value) };
}

describe('the catalog', () => {
  test('reads once for all who ask at the same time, and again for who asks during a reading', async () => {
    const { plugin, count } = counting();
    const catalog = await createCatalog({ ...app.ctx, db: app.ctx.db.withPlugin(plugin) });
    expect(count()).toBe(1);
    await Promise.all(Array.from({ length: 50 }, () => catalog.reload()));
    expect(count()).toBe(2);
    const first = catalog.reload();
    await Promise.resolve();
    await Promise.all([first, catalog.reload(), catalog.reload()]);
    expect(count()).toBeLessThanOrEqual(4);
  });

  test('keeps what it has when the database cannot be read, says so, and recovers', async () => {
    const { plugin, fail } = counting();
    await add('kept');
    const catalog = await createCatalog({ ...app.ctx, db: app.ctx.db.withPlugin(plugin) });
    fail(true);
    await expect(catalog.reload()).rejects.toThrow('the disk is gone');
    app.ctx.events.emit({ type: 'catalog.changed' });
    await until(() => app.logs.some(({ message }) => String(message).includes('could not be read again')));
    expect(catalog.current().find('kept')).toBeDefined();
    fail(false);
    await add('new');
    await catalog.reload();
    expect(catalog.current().find('new')).toBeDefined();
  });

  test('is never changed: a call keeps the one it began with', async () => {
    await add('a');
    const before = app.ctx.catalog.current();
    await add('b');
    expect(before.find('b')).toBeUndefined();
    expect(app.ctx.catalog.current().find('b')).toBeDefined();
    const model = before.find('a')!;
    for (const part of [
      before,
      before.list(),
      model,
      model.routes[0]!,
      model.routes[0]!.channel,
      model.routes[0]!.channel.keys,
    ])
      expect(Object.isFrozen(part)).toBe(true);
  });

  test('finds a model by its aliases; its own name wins over another’s alias', async () => {
    await add('real');
    await add('other');
    const { id } = await app.ctx.db
      .selectFrom('models')
      .select('id')
      .where('publicName', '=', 'real')
      .executeTakeFirstOrThrow();
    const aliases = ['nick', 'other'].map((alias) => ({ alias, modelId: id, createdAt: 1 }));
    await app.ctx.db.insertInto('modelAliases').values(aliases).execute();
    await app.ctx.catalog.reload();
    const { find, list } = app.ctx.catalog.current();
    expect([find('nick')!.publicName, find('other')!.publicName]).toEqual(['real', 'other']);
    expect(list().map(({ publicName }) => publicName)).toEqual(['other', 'real']);
    expect(find('__proto__')).toBeUndefined();
  });

  test('orders routes by priority and leaves out what is disabled', async () => {
    await add('m', { name: 'third', priority: 9 });
    await add('m', { name: 'first', priority: 0 });
    await add('m', { name: 'second', priority: 5 });
    await add('m', { name: 'off', priority: 1, is_enabled: false });
    expect(
      app.ctx.catalog
        .current()
        .find('m')!
        .routes.map(({ channel }) => channel.name),
    ).toEqual(['first', 'second', 'third']);
    await app.ctx.db.updateTable('models').set({ status: 'disabled' }).execute();
    await app.ctx.catalog.reload();
    expect(app.ctx.catalog.current().list()).toEqual([]);
    expect(app.ctx.catalog.current().find('hallpass-demo')).toBeUndefined();
  });

  test('takes the route’s price before the model’s', async () => {
    const { models } = await add('priced');
    const { id } = await app.ctx.db.selectFrom('models').select('id').executeTakeFirstOrThrow();
    const none = {
      cachedNanos: null,
      cacheWriteNanos: null,
      reasoningNanos: null,
      imageNanos: null,
      audioNanos: null,
      requestNanos: null,
    };
    const row = (rowId: string, promptNanos: number, of: { modelId: string | null; routeId: string | null }) => ({
      ...none,
      ...of,
      id: rowId,
      promptNanos,
      completionNanos: 1,
      source: 'own',
      validFrom: 1,
      createdAt: 1,
    });
    const price = () => app.ctx.catalog.current().find('priced')!.routes[0]!.prices;
    expect(price()).toBeNull();
    await app.ctx.db
      .insertInto('prices')
      .values(row('p1', 11, { modelId: id, routeId: null }))
      .execute();
    await app.ctx.catalog.reload();
    expect(price()).toMatchObject({ promptNanos: 11, version: 'p1' });
    await app.ctx.db
      .insertInto('prices')
      .values(row('p2', 22, { modelId: null, routeId: models[0]!.id }))
      .execute();
    await app.ctx.catalog.reload();
    expect(price()).toMatchObject({ promptNanos: 22, version: 'p2' });
  });

  test('takes up a price by itself when its time comes', async () => {
    const { models } = await add('later', { prices: { prompt: 1, completion: 1 } });
    const [now] = await app.ctx.db.selectFrom('prices').selectAll().execute();
    const begins = app.clock.now() + 150;
    const next = { ...now!, id: 'price_next', routeId: models[0]!.id, promptNanos: 7, validFrom: begins };
    await app.ctx.db.insertInto('prices').values(next).execute();
    await app.ctx.catalog.reload();
    const price = () => app.ctx.catalog.current().find('later')!.routes[0]!.prices!.promptNanos;
    expect(price()).toBe(1_000_000_000);
    app.clock.advance(150);
    await until(() => price() === 7);
  });

  test('names a key that does not open once, however often it reads', async () => {
    await add('m', { api_key: 'sk-canary-0123456789abcdef' });
    await app.ctx.db.updateTable('channelKeys').set({ ciphertext: 'v1.damaged' }).execute();
    for (let i = 0; i < 3; i++) await app.ctx.catalog.reload();
    expect(app.logs.filter(({ level }) => level === 'error')).toHaveLength(1);
  });
});
