// Our own sheets through a call: what is stamped, charged, shown, and what a new rate changes.
import { expect, test } from 'bun:test';

import type { PriceRow } from '@hallpass/shared/prices.ts';

import { createGatewayApp } from '../../testing/gateway-app.ts';

const MODEL = 'hunyuan-t1-latest';

test('a model priced in yuan is charged at the rate in force; a new rate is the next call’s', async () => {
  await using site = await createGatewayApp();
  const { admin: token, app } = site;
  const usage = { prompt_tokens: 1_000, completion_tokens: 500, total_tokens: 1_500 };
  await site.addModel(MODEL, { usage }, { preset: 'hunyuan', prices: null });
  const key = await site.pass({ max_budget: 1 });
  const call = async () => {
    expect((await site.chat(key, { model: MODEL })).status).toBe(200);
    return (await site.attempts()).at(-1)!;
  };
  const setRate = async (cny_rate: number) =>
    expect((await app.request('/api/admin/config', { method: 'PUT', json: { cny_rate }, token })).status).toBe(200);

  await setRate(8);
  const first = await call();
  // 1,000 × 1 yuan + 500 × 4 yuan a million = 0.003 yuan; 8 yuan a dollar.
  expect(first.costNanos).toBe(375_000);
  expect(first.priceVersion).toBe('supplement-2026-11-29@8');
  expect(JSON.parse(first.unitPrices!)).toMatchObject({ promptNanos: 125_000_000, source: 'supplement/hunyuan/CNY' });

  await setRate(6);
  const second = await call();
  expect([second.costNanos, second.priceVersion]).toEqual([500_001, 'supplement-2026-11-29@6']);
  expect((await site.attempts())[0]).toEqual(first);

  const [row] = (await (await app.request('/api/admin/prices', { token })).json()) as PriceRow[];
  expect(row).toMatchObject({
    guessed: false,
    sheet: { vendor: 'https://cloud.tencent.com/document/product/1729/97731', read_on: '2026-11-29', currency: 'CNY' },
  });
  expect(row!.sheet!.url).toMatch(/^https:\/\/github\.com\/lobehub\/lobe-chat\/blob\/[0-9a-f]{40}\//);
});

test('another process prices by the new rate once it sees the version row', async () => {
  await using site = await createGatewayApp();
  await site.addModel(MODEL, {}, { preset: 'hunyuan', prices: null });
  const price = () => site.app.ctx.catalog.current().find(MODEL)!.routes[0]!.prices!.promptNanos;
  const row = { key: 'cny_rate', value: '4', updatedAt: 1, updatedBy: null };
  await site.app.ctx.db.insertInto('settings').values(row).execute();
  await site.app.ctx.catalog.reload();
  expect(price()).toBe(250_000_000);
  await site.app.ctx.db.updateTable('settings').set({ value: '"many"' }).where('key', '=', 'cny_rate').execute();
  await site.app.ctx.catalog.reload();
  expect(price()).toBe(143_884_893);
});

test('a model no sheet names stays unpriced: refused to a pass with a budget, and shown as such', async () => {
  await using site = await createGatewayApp();
  const { admin: token } = site;
  const fields = { preset: 'ernie', prices: null, base_url: 'https://qianfan.baidubce.com/v2' };
  await site.addModel('ernie-of-tomorrow', {}, fields);
  const answer = await site.chat(await site.pass({ max_budget: 1 }), { model: 'ernie-of-tomorrow' });
  expect([answer.status, (await answer.json()).error.code]).toEqual([403, 'model_unpriced']);
  const [row] = (await (await site.app.request('/api/admin/prices', { token })).json()) as PriceRow[];
  expect(row).toMatchObject({ unpriced: true, prices: null, sheet: null });
});
