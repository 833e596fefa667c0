import { expect, test } from 'bun:test';

import type { PriceRow } from '@hallpass/shared/prices.ts';

import { createGatewayApp } from '../testing/gateway-app.ts';

const path = '/api/admin/prices';

test('one’s own price of a model, then of its route, is charged by the very next call; settled rows keep theirs', async () => {
  await using site = await createGatewayApp();
  await site.addModel('test-model', {}, { prices: null });
  const token = site.admin;
  const list = async () => (await (await site.app.request(path, { token })).json()) as PriceRow[];
  const change = async (method: string, to: string, json?: unknown) => {
    const response = await site.app.request(`${path}/${to}`, { method, token, ...(json ? { json } : {}) });
    expect(response.status).toBe(200);
    return ((await response.json()) as PriceRow[])[0]!;
  };
  const call = async () => {
    expect((await site.chat(key, { model: 'test-model' })).status).toBe(200);
    return (await site.attempts()).at(-1)!;
  };
  const key = await site.pass();
  const [row] = await list();
  // At a loopback address, without a published price: free.
  expect(row).toMatchObject({ source: 'private-address', valid_from: null, guessed: false, unpriced: false });

  const ofModel = await change('PUT', `models/${row!.model_id}`, { prompt: 3, completion: 4 });
  expect(ofModel).toMatchObject({ source: 'own', prices: { prompt: 3, completion: 4 }, tiers: [{ above_tokens: 0 }] });
  expect(ofModel.valid_from).toBe(new Date(site.app.clock.now()).toISOString());
  const first = await call();
  expect(first.priceVersion).toBe(ofModel.version);
  expect(JSON.parse(first.unitPrices!)).toMatchObject({ promptNanos: 3_000_000_000, completionNanos: 4_000_000_000 });

  const ofRoute = await change('PUT', `routes/${row!.route_id}`, { prompt: 5, completion: 6 });
  expect(ofRoute.prices).toMatchObject({ prompt: 5, completion: 6 });
  expect((await call()).priceVersion).toBe(ofRoute.version);
  expect((await site.attempts())[0]).toEqual(first);

  expect(await change('DELETE', `routes/${row!.route_id}`)).toMatchObject({ version: ofModel.version });
  expect(await change('DELETE', `models/${row!.model_id}`)).toMatchObject({ source: 'private-address' });
  const audited = await site.app.ctx.db
    .selectFrom('audit')
    .select('action')
    .where('action', 'like', 'price.%')
    .execute();
  expect(audited.map(({ action }) => action)).toEqual(['price.set', 'price.set', 'price.remove', 'price.remove']);
});

test('what does not exist is not found, and a wrong price changes nothing', async () => {
  await using site = await createGatewayApp();
  const put = (to: string, json: unknown) =>
    site.app.request(`${path}/${to}`, { method: 'PUT', json, token: site.admin });
  expect((await put('models/nobody', { prompt: 1, completion: 1 })).status).toBe(404);
  expect((await put('routes/nobody', { prompt: 1, completion: 1 })).status).toBe(404);
  expect((await put('models/nobody', { prompt: -1, completion: 1 })).status).toBe(400);
  expect(await site.app.ctx.db.selectFrom('prices').select('id').execute()).toEqual([]);
});
