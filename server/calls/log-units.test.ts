// What the call log says was used where it is not tokens: characters, seconds, pictures, searches.
import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { signInAs } from '../testing/people.ts';
import { type MediaUpstream, startMediaUpstream } from '../testing/scripted-media.ts';
import { entryOf } from './log-view.ts';

let gateway: GatewayApp;
let upstream: MediaUpstream;
let admin: string;
let key: string;

beforeAll(async () => {
  gateway = await createGatewayApp();
  upstream = startMediaUpstream();
  const add = (name: string, prices: object) => gateway.addModel(name, {}, { base_url: upstream.baseUrl, prices });
  await add('painter', { prompt: 0, completion: 0, image: 0.04 });
  await add('gift', { prompt: 0, completion: 0, image: 0 });
  await add('ranker', { prompt: 0, completion: 0, request: 0.002 });
  await add('voice', { prompt: 15, completion: 0 });
  await add('ear', { prompt: 0, completion: 0, audio: 100 });
  await gateway.addModel('talker');
  key = await gateway.pass({ max_budget: 5 });
  ({ token: admin } = await signInAs(gateway.app.ctx, 'admin'));
});
beforeEach(() => (upstream.script = {}));
afterAll(async () => {
  upstream[Symbol.dispose]();
  await gateway[Symbol.asyncDispose]();
});

const post = (path: string, json: object) => gateway.app.request(path, { json, token: key });
const paint = (fields: object) => post('/v1/images/generations', { model: 'painter', prompt: 'a cat', ...fields });
const rank = (count: number) =>
  post('/rerank', { model: 'ranker', query: 'q', documents: Array.from({ length: count }, (_, n) => `d${n}`) });

/** Of the latest call: unit, what stands where tokens stand, pictures or searches, dollars; and that the file says the same. */
async function lastUsed() {
  const page = await gateway.app.request('/api/admin/logs?limit=1', { token: admin });
  const [{ id, prompt_unit, prompt_tokens, units, cost }] = ((await page.json()) as { data: Record<string, unknown>[] })
    .data as [Record<string, unknown>];
  const csv = await (await gateway.app.request('/api/admin/logs/export', { token: admin })).text();
  const [head, line] = csv.split('\r\n').map((row) => row.split(','));
  expect([head!.slice(-3), line!.slice(-3)]).toEqual([
    ['id', 'prompt_unit', 'units'],
    [id as string, prompt_unit as string, String(units ?? '')],
  ]);
  return [prompt_unit, prompt_tokens, units, cost];
}

test('pictures that were asked for', async () => {
  expect((await paint({ n: 3 })).status).toBe(200);
  expect(await lastUsed()).toEqual(['images', 0, 3, 0.12]);
  expect((await paint({})).status).toBe(200);
  expect(await lastUsed()).toEqual(['images', 0, 1, 0.04]);
  expect((await paint({ model: 'gift', n: 2 })).status).toBe(200);
  expect(await lastUsed()).toEqual(['images', 0, 2, 0]);
});

test('pictures that did not come are none', async () => {
  upstream.script = { status: 500 };
  expect((await paint({ n: 3 })).status).toBe(502);
  expect(await lastUsed()).toEqual(['images', 0, 0, 0]);
});

test('how many is not known where no price was, for then nothing is kept of it', async () => {
  expect((await paint({ n: 3 })).status).toBe(200);
  const row = await gateway.app.ctx.db.selectFrom('calls').selectAll().orderBy('id', 'desc').executeTakeFirstOrThrow();
  expect(entryOf(row)).toMatchObject({ prompt_unit: 'images', units: 3 });
  expect(entryOf({ ...row, holdPrices: null })).toMatchObject({ prompt_unit: 'images', units: null });
});

test('searches of documents, by the hundred', async () => {
  expect((await rank(100)).status).toBe(200);
  expect(await lastUsed()).toEqual(['searches', 0, 1, 0.002]);
  expect((await rank(101)).status).toBe(200);
  expect(await lastUsed()).toEqual(['searches', 0, 2, 0.004]);
});

test('characters of speech, seconds of a recording, tokens of a talk stand where tokens stand', async () => {
  expect((await post('/v1/audio/speech', { model: 'voice', voice: 'alloy', input: 'Grüezi 你好' })).status).toBe(200);
  expect((await lastUsed()).slice(0, 3)).toEqual(['characters', 9, null]);
  const form = new FormData();
  form.set('model', 'ear');
  form.set('file', new File([new Uint8Array(16_000)], 'a.mp3', { type: 'audio/mpeg' }));
  const heard = await gateway.app.request('/v1/audio/transcriptions', { method: 'POST', body: form, token: key });
  expect(heard.status).toBe(200);
  expect((await lastUsed()).slice(0, 3)).toEqual(['seconds', 8, null]);
  await (await gateway.chat(key, { model: 'talker' })).text();
  expect((await lastUsed())[0]).toBe('tokens');
  expect((await lastUsed())[2]).toBeNull();
});
