// kill -9 while pictures are painted, sound is read aloud, heard or texts are embedded: the next start settles each call
// once, at what was asked for, marked as estimated.
import { Database } from 'bun:sqlite';
import { expect, test } from 'bun:test';

import { startMediaUpstream } from '../testing/scripted-media.ts';
import { ADMIN_KEY, adminToken, createServerFolder, jsonInit } from '../testing/server-process.ts';

/** Dollars: a picture 4 cents; a character 15 a million; a second 100 a million; a search 0.2 cents; a token 1 a million. */
const PRICES = {
  painter: { prompt: 0, completion: 0, image: 0.04 },
  voice: { prompt: 15, completion: 0 },
  ear: { prompt: 0, completion: 0, audio: 100 },
  ranker: { prompt: 0, completion: 0, request: 0.002 },
  embedder: { prompt: 1_000, completion: 0 },
};
/** 20,000 bytes are three seconds of the usual speech. */
const SOUND_BYTES = 20_000;
const DOCUMENTS = Array.from({ length: 101 }, () => 'a');

function recording(): FormData {
  const form = new FormData();
  form.set('model', 'ear');
  form.set('file', new File([new Uint8Array(SOUND_BYTES)], 'a.mp3', { type: 'audio/mpeg' }));
  return form;
}

interface Row {
  endpoint: string;
  state: string;
  estimated: number;
  cost_nanos: number;
}

function rowsOf(path: string): Row[] {
  using db = new Database(path, { readonly: true });
  return db.query<Row, []>('select endpoint, state, estimated, cost_nanos from calls order by endpoint').all();
}

test('media and embeddings that were under way at kill -9 are settled once, at what was asked for', async () => {
  await using folder = await createServerFolder();
  using upstream = startMediaUpstream();
  upstream.script = { delayMs: 60_000 };
  const first = await folder.start();
  const token = await adminToken(first.url);
  for (const [model, prices] of Object.entries(PRICES)) {
    const channel = { name: model, base_url: upstream.baseUrl, api_key: 'k', model_id: model, prices };
    expect((await fetch(`${first.url}/api/admin/channels`, jsonInit(channel, token))).status).toBeLessThan(300);
  }
  const made = await fetch(`${first.url}/key/generate`, jsonInit({ max_budget: 10 }, ADMIN_KEY));
  const { key } = (await made.json()) as { key: string };
  const asked: [string, RequestInit][] = [
    ['/v1/images/generations', jsonInit({ model: 'painter', prompt: 'a cat', n: 3 }, key)],
    ['/v1/audio/speech', jsonInit({ model: 'voice', input: 'Hello!', voice: 'alloy' }, key)],
    ['/v1/audio/transcriptions', { method: 'POST', headers: { authorization: `Bearer ${key}` }, body: recording() }],
    ['/v1/rerank', jsonInit({ model: 'ranker', query: 'q', documents: DOCUMENTS }, key)],
    ['/v1/embeddings', jsonInit({ model: 'embedder', input: 'hello hello hello' }, key)],
  ];
  const lost = asked.map(([path, init]) => fetch(first.url + path, init).catch(() => 'lost'));
  for (const deadline = Date.now() + 10_000; upstream.journal.length < asked.length; await Bun.sleep(20))
    if (Date.now() > deadline) throw new Error(`only ${upstream.journal.length} of ${asked.length} were sent`);
  first.kill('SIGKILL');
  expect(await Promise.all(lost)).toEqual(asked.map(() => 'lost'));

  for (let round = 0; round < 2; round += 1) {
    const server = await folder.start();
    const settled = () => rowsOf(folder.database).every(({ state }) => state !== 'open');
    for (const deadline = Date.now() + 5_000; !settled(); await Bun.sleep(50))
      if (Date.now() > deadline) throw new Error('calls are still open 5 seconds after the server is ready');
    const rows = rowsOf(folder.database);
    expect(rows.map(({ state, estimated }) => [state, estimated])).toEqual(asked.map(() => ['orphaned', 1]));
    const costs = Object.fromEntries(rows.map((row) => [row.endpoint, row.cost_nanos]));
    expect(costs).toMatchObject({
      '/v1/images/generations': 3 * 40_000_000,
      '/v1/audio/speech': 6 * 15_000,
      '/v1/audio/transcriptions': 3 * 100_000,
      '/v1/rerank': 2 * 2_000_000,
    });
    expect(costs['/v1/embeddings']).toBeGreaterThan(3 * 1_000_000 - 1);
    server.kill('SIGKILL');
    await server.exited;
  }
}, 60_000);
