// Pictures, speech, transcripts and ranking through passes, budgets and the ledger, by OpenAI's own client where it has one.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import OpenAI, { toFile } from 'openai';

import { checkInvariants } from '../ledger/invariants.ts';
import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { type MediaUpstream, SOUND, startMediaUpstream, TRANSCRIPT } from '../testing/scripted-media.ts';
import type { PreCallHook } from './hooks.ts';
import { DOCUMENTS_MAX, IMAGES_MAX, SPEECH_CHARS_MAX } from './protocols/media/formats.ts';
import { FORM_ENTRIES_MAX } from './read-form.ts';

let gateway: GatewayApp;
let upstream: MediaUpstream;
let key: string;
let openai: OpenAI;

/** A picture 4 cents; a character 15 dollars a million; a second 100 dollars a million; a search 0.2 cents. */
const PRICES = {
  painter: { prompt: 0, completion: 0, image: 0.04 },
  voice: { prompt: 15, completion: 0 },
  ear: { prompt: 0, completion: 0, audio: 100 },
  ranker: { prompt: 0, completion: 0, request: 0.002 },
};

beforeAll(async () => {
  gateway = await createGatewayApp();
  upstream = startMediaUpstream();
  for (const [name, prices] of Object.entries(PRICES))
    await gateway.addModel(name, {}, { base_url: upstream.baseUrl, prices });
  key = await gateway.pass({ max_budget: 5 });
  openai = new OpenAI({ apiKey: key, baseURL: `${await gateway.app.listen()}/v1`, maxRetries: 0 });
});
beforeEach(() => (upstream.script = {}));
afterAll(async () => {
  expect(await checkInvariants(gateway.app.ctx.db as never)).toEqual([]);
  upstream[Symbol.dispose]();
  await gateway[Symbol.asyncDispose]();
});

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47]);
const picture = (name = 'a.png') => toFile(PNG, name, { type: 'image/png' });
const lastRow = async () => {
  const { endpoint, status, costNanos, promptTokens, estimated } = (await gateway.calls()).at(-1)!;
  return { endpoint, dollars: costNanos / 1e9, status, promptTokens, estimated };
};
const post = (path: string, json: object, token = key) => gateway.app.request(path, { json, token });
const rank = (fields: object = {}, token = key) =>
  post('/v1/rerank', { model: 'ranker', query: 'q', documents: ['a', 'b'], ...fields }, token);
const paint = (fields: object = {}, token = key) =>
  post('/v1/images/generations', { model: 'painter', prompt: 'a cat', ...fields }, token);
const codeOf = async (response: Response) => {
  const { error } = (await response.json()) as { error: { code: string; param: string | null } };
  return [response.status, error.code, error.param];
};

describe('what goes through, at its price', () => {
  test('pictures: each at its price', async () => {
    const answer = await openai.images.generate({ model: 'painter', prompt: 'a cat', n: 3, size: '1024x1024' });
    expect(answer.data).toHaveLength(3);
    expect(upstream.journal.at(-1)).toMatchObject({
      path: '/v1/images/generations',
      fields: { model: 'painter', prompt: 'a cat', n: 3, size: '1024x1024' },
    });
    expect(await lastRow()).toMatchObject({
      endpoint: '/v1/images/generations',
      dollars: 0.12,
      status: 'success',
      estimated: 0,
    });
  });

  test('fewer pictures than asked for are charged as they came', async () => {
    upstream.script = { body: JSON.stringify({ created: 7, data: [{ b64_json: 'x' }] }) };
    expect((await paint({ n: 4 })).status).toBe(200);
    expect((await lastRow()).dollars).toBe(0.04);
  });

  test('edits: the form arrives with its files, byte for byte', async () => {
    const image = [await picture('a.png'), await picture('b.png')];
    const answer = await openai.images.edit({ model: 'painter', image, prompt: 'a hat', n: 2 });
    expect(answer.data).toHaveLength(2);
    const { path, fields } = upstream.journal.at(-1)!;
    expect(path).toBe('/v1/images/edits');
    expect(fields).toMatchObject({ model: 'painter', prompt: 'a hat', n: '2' });
    expect(fields['image[]']).toEqual(['a.png:image/png:89504e47', 'b.png:image/png:89504e47']);
    expect((await lastRow()).dollars).toBe(0.08);
  });

  test('a hook sees a form, may change it, and its files arrive all the same', async () => {
    const hooks = gateway.app.ctx.gateway.hooks.preCallHooks as PreCallHook[];
    hooks.push(({ body }) => void (body.prompt = 'a scarf'));
    const image = [await picture('a.png'), await picture('b.png')];
    await openai.images.edit({ model: 'painter', image, prompt: 'a hat' }).finally(() => hooks.pop());
    const { fields } = upstream.journal.at(-1)!;
    expect(fields.prompt).toBe('a scarf');
    expect(fields['image[]']).toEqual(['a.png:image/png:89504e47', 'b.png:image/png:89504e47']);
  });

  test('speech: the sound comes back byte for byte, charged by the character', async () => {
    const answer = await openai.audio.speech.create({ model: 'voice', voice: 'alloy', input: 'Grüezi 你好' });
    expect(answer.headers.get('content-type')).toBe('audio/mpeg');
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(SOUND);
    expect(await lastRow()).toMatchObject({ dollars: 0.000_135, promptTokens: 9, estimated: 0 });
  });

  test('transcripts: charged by the second as the upstream tells it', async () => {
    const file = await toFile(new Uint8Array(16_000), 'a.mp3', { type: 'audio/mpeg' });
    const answer = await openai.audio.transcriptions.create({ model: 'ear', file, language: 'en' });
    expect(answer.text).toBe(TRANSCRIPT.text);
    expect(upstream.journal.at(-1)!.fields).toMatchObject({
      model: 'ear',
      language: 'en',
      file: `a.mp3:audio/mpeg:${'00'.repeat(16_000)}`,
    });
    expect(await lastRow()).toMatchObject({ dollars: 0.0008, promptTokens: 8, estimated: 0 });
  });

  test('a transcript as plain text, without its length, is charged an estimate by its size', async () => {
    upstream.script = { body: 'plain words', contentType: 'text/plain; charset=utf-8' };
    const file = await toFile(new Uint8Array(16_000), 'a.mp3', { type: 'audio/mpeg' });
    const answer = await openai.audio.transcriptions.create({ model: 'ear', file, response_format: 'text' });
    expect(answer as never as string).toBe('plain words');
    expect(await lastRow()).toMatchObject({ dollars: 0.0002, promptTokens: 2, estimated: 1 });
  });

  test('ranking: a search for each hundred documents', async () => {
    const answer = await rank({ documents: Array.from({ length: 101 }, () => 'text'), top_n: 3 });
    const { model, results } = (await answer.json()) as { model: string; results: unknown[] };
    expect([model, results.length]).toEqual(['ranker', 101]);
    expect(upstream.journal.at(-1)!.fields.top_n).toBe(3);
    expect((await lastRow()).dollars).toBe(0.004);
  });

  test('all of it also without /v1, and under another name upstream', async () => {
    const models = [{ name: 'ours', upstream_model: 'ranker', prices: PRICES.ranker }];
    await gateway.addModel('ours', {}, { base_url: upstream.baseUrl, model_id: undefined, models });
    const answer = await post('/rerank', { model: 'ours', query: 'q', documents: ['a'] });
    expect(await answer.json()).toMatchObject({ model: 'ours' });
    expect(upstream.journal.at(-1)!.fields.model).toBe('ranker');
  });
});

describe('money', () => {
  test('a picture that the budget does not cover is refused before a byte leaves', async () => {
    const poor = await gateway.pass({ max_budget: 0.1 });
    const asked = upstream.journal.length;
    expect((await codeOf(await paint({ n: 3 }, poor))).slice(0, 2)).toEqual([429, 'insufficient_quota']);
    expect(upstream.journal.length).toBe(asked);
    expect((await paint({ n: 2 }, poor)).status).toBe(200);
  });

  test('thirty at once never spend more than the budget', async () => {
    const poor = await gateway.pass({ max_budget: 0.2 });
    const answers = await Promise.all(Array.from({ length: 30 }, () => paint({}, poor)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
    const { info } = (await (await gateway.app.request('/key/info', { token: poor })).json()) as {
      info: { spend: number };
    };
    expect(info.spend).toBeCloseTo(0.2, 9);
  });

  test('a published price per token is none for a picture', async () => {
    const channel = { base_url: 'https://api.openai.com/v1', prices: null };
    await gateway.addModel('gpt-4o', {}, channel);
    const asked = gateway.app.request('/api/admin/prices', { token: gateway.admin });
    expect(await (await asked).text()).toContain('gpt-4o');
    expect((await codeOf(await paint({ model: 'gpt-4o' }))).slice(0, 2)).toEqual([403, 'model_unpriced']);
  });

  test('what fails upstream costs nothing and is settled once', async () => {
    upstream.script = { status: 400 };
    expect((await paint()).status).toBe(400);
    expect(await lastRow()).toMatchObject({ status: 'error', dollars: 0 });
  });

  test('another route is tried while nothing was relayed', async () => {
    const broken = startMediaUpstream();
    broken.script = { status: 503 };
    const fields = (base_url: string, priority: number) => ({
      base_url,
      name: `to ${base_url}`,
      priority,
      prices: PRICES.painter,
    });
    await gateway.addModel('two-ways', {}, fields(broken.baseUrl, 0));
    await gateway.addModel('two-ways', {}, fields(upstream.baseUrl, 1));
    expect((await paint({ model: 'two-ways' })).status).toBe(200);
    expect([broken.journal.length, (await lastRow()).dollars]).toEqual([1, 0.04]);
    broken[Symbol.dispose]();
  });

  test('an answer that is none is a broken upstream', async () => {
    for (const body of ['{"data":"x"}', 'not json', '[]']) {
      upstream.script = { body };
      expect((await paint()).status).toBe(502);
    }
  });
});

describe('what is refused', () => {
  const asks: [string, string, object, string][] = [
    ['no prompt', '/v1/images/generations', { model: 'painter' }, 'prompt'],
    ['too many pictures', '/v1/images/generations', { model: 'painter', prompt: 'x', n: IMAGES_MAX + 1 }, 'n'],
    ['no picture', '/v1/images/generations', { model: 'painter', prompt: 'x', n: 0 }, 'n'],
    ['a stream of pictures', '/v1/images/generations', { model: 'painter', prompt: 'x', stream: true }, 'stream'],
    ['no text', '/v1/audio/speech', { model: 'voice' }, 'input'],
    ['too long a text', '/v1/audio/speech', { model: 'voice', input: 'a'.repeat(SPEECH_CHARS_MAX + 1) }, 'input'],
    ['speech as events', '/v1/audio/speech', { model: 'voice', input: 'a', stream_format: 'sse' }, 'stream_format'],
    ['no query', '/v1/rerank', { model: 'ranker', documents: ['a'] }, 'query'],
    ['no documents', '/v1/rerank', { model: 'ranker', query: 'q', documents: [] }, 'documents'],
    [
      'too many documents',
      '/v1/rerank',
      { model: 'ranker', query: 'q', documents: Array.from({ length: DOCUMENTS_MAX + 1 }, () => 'a') },
      'documents',
    ],
  ];
  test.each(asks)('%s at %s', async (_what, path, fields, param) => {
    const [status, , named] = await codeOf(await post(path, fields));
    expect([status, named]).toEqual([400, param]);
  });

  test('the bounds themselves are accepted', async () => {
    expect((await paint({ n: IMAGES_MAX })).status).toBe(200);
    expect((await post('/v1/audio/speech', { model: 'voice', input: 'a'.repeat(SPEECH_CHARS_MAX) })).status).toBe(200);
    expect((await rank({ documents: Array.from({ length: DOCUMENTS_MAX }, () => 'a') })).status).toBe(200);
  });

  const send = async (form: FormData | string, path = '/v1/audio/transcriptions') => {
    const url = await gateway.app.listen();
    return fetch(`${url}${path}`, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body: form });
  };
  const formOf = (entries: [string, string | Blob][]) => {
    const form = new FormData();
    for (const [name, value] of entries) form.append(name, value);
    return form;
  };

  test('a form that is none, has no file or too many entries', async () => {
    expect((await send('model=ear')).status).toBe(400);
    expect(await codeOf(await send(formOf([['model', 'ear']])))).toEqual([400, 'invalid_parameter', 'file']);
    const many = Array.from({ length: FORM_ENTRIES_MAX + 1 }, (): [string, string] => ['x', 'y']);
    expect((await codeOf(await send(formOf(many)))).slice(0, 2)).toEqual([400, 'invalid_body']);
    const edit = await send(
      formOf([
        ['model', 'painter'],
        ['prompt', 'x'],
      ]),
      '/v1/images/edits',
    );
    expect(await codeOf(edit)).toEqual([400, 'invalid_parameter', 'image']);
  });

  test('outside class hours, over the rate, for a blocked pass and for a model that is not allowed', async () => {
    const closed = { access_schedule: { timezone: 'UTC', windows: [] } };
    const keys = [
      await gateway.pass({ permissions: closed }),
      await gateway.pass({ rpm_limit: 0 }),
      await gateway.pass({ blocked: true }),
      await gateway.pass({ models: ['other'] }),
    ];
    const statuses: number[] = [];
    for (const one of keys) statuses.push((await paint({}, one)).status);
    expect(statuses).toEqual([403, 429, 403, 403]);
  });

  test('a model whose channel speaks another format, by name', async () => {
    await gateway.addModel('claude', {}, { protocol: 'anthropic-messages', prices: PRICES.painter });
    const response = await paint({ model: 'claude' });
    expect([response.status, (await response.text()).includes('openai-images')]).toEqual([400, true]);
  });
});
