import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

import { channelOptionsSchema } from '@hallpass/shared/channel-options.ts';
import { LOCALES } from '@hallpass/shared/errors.ts';
import { type Preset, presetListSchema } from '@hallpass/shared/presets.ts';

import { createGatewayApp, type GatewayApp } from '../../testing/gateway-app.ts';
import { type GeminiUpstream, startGeminiUpstream } from '../../testing/scripted-gemini.ts';
import { type ResponsesUpstream, startResponsesUpstream } from '../../testing/scripted-responses.ts';
import { PRESETS } from './presets.ts';

const ASKED_FOR = [
  'openai azure anthropic google aws deepseek qwen moonshotai zhipuai doubao minimax hunyuan ernie siliconflow',
  'openrouter mistral groq x-ai together fireworks cohere perplexity github ollama vllm lmstudio llamacpp',
].flatMap((line) => line.split(' '));
/** The same vendor by another door. */
const OTHER_DOORS = ['google-gemini'];

let gateway: GatewayApp;
let gemini: GeminiUpstream;
let responses: ResponsesUpstream;
beforeAll(async () => {
  gateway = await createGatewayApp();
  gemini = startGeminiUpstream();
  responses = startResponsesUpstream();
});
afterAll(async () => {
  gemini[Symbol.dispose]();
  responses[Symbol.dispose]();
  await gateway[Symbol.asyncDispose]();
});

test('every vendor that was asked for has one row', () => {
  expect(PRESETS.map(({ id }) => id).toSorted()).toEqual([...ASKED_FOR, ...OTHER_DOORS].toSorted());
});

describe.each(PRESETS.map((preset): [string, Preset] => [preset.id, preset]))('%s', (_id, preset) => {
  test('is a sane row', () => {
    for (const locale of LOCALES) expect(preset.label[locale]).not.toBe('');
    for (const { url } of preset.base_urls) {
      expect(url).toMatch(preset.group === 'local' ? /^http:\/\/127\.0\.0\.1:\d+\// : /^https:\/\/[^/]+/);
      expect(url).not.toEndWith('/');
    }
    if (preset.base_urls.length > 1)
      expect(new Set(preset.base_urls.map(({ label }) => label.en)).size).toBeGreaterThan(1);
    expect(preset.key_url === null).toBe(preset.auth_type === 'none');
    for (const url of [preset.docs_url, preset.source.url, preset.key_url ?? 'https://none.example'])
      expect(new URL(url).protocol).toBe('https:');
    // What the form sends is what the API takes.
    expect(channelOptionsSchema.strict().parse(preset.options)).toEqual(preset.options);
  });

  test.each([false, true])('a channel made from it asks rightly (stream: %p)', async (stream) => {
    if (preset.protocol === 'gemini') return expectGemini(preset, stream);
    if (preset.protocol === 'openai-responses') return expectResponses(preset, stream);
    const model = `model-of-${preset.id}-${stream}`;
    const secret = `sk-secret-of-${preset.id}`;
    for (const { url } of preset.base_urls) {
      const { pathname } = new URL(url.replaceAll(/\{(\w+)\}/g, '$1'));
      const base = `${new URL(gateway.upstream.baseUrl).origin}${pathname}`.replace(/\/$/, '');
      await gateway.addModel(
        `${model}`,
        {},
        {
          preset: preset.id,
          base_url: base,
          auth_type: preset.auth_type,
          options: { ...preset.options, query: { 'api-version': '2024-10-21' } },
          ...(preset.auth_type === 'none' ? { api_key: undefined } : { api_key: secret }),
          name: `${preset.id} ${url}`,
        },
      );
      const key = await gateway.pass({ max_budget: 5 });
      const response = await gateway.chat(key, { model, stream, seed: 7, logprobs: true, user: 'u' });
      expect(response.status).toBe(200);
      await response.text();
      expectRight(preset, pathname, secret, stream);
      await removeAll();
    }
  });
});

function expectRight(preset: Preset, pathname: string, secret: string, stream: boolean): void {
  const { target, headers, body } = gateway.upstream.journal.at(-1)!;
  const path = `${pathname.replace(/\/$/, '')}/chat/completions?api-version=2024-10-21`;
  expect(target).toBe(preset.auth_type === 'query' ? `${path}&key=${secret}` : path);
  expect(headers.authorization).toBe(preset.auth_type === 'bearer' ? `Bearer ${secret}` : undefined);
  expect(headers['api-key']).toBe(preset.auth_type === 'api-key' ? secret : undefined);
  expect(headers['x-api-key']).toBeUndefined();
  const { drop_params = [], rename_params = {}, extra_body = {}, stream_usage } = preset.options;
  for (const name of [...drop_params, ...Object.keys(rename_params)]) expect(body).not.toHaveProperty([name]);
  for (const [name, value] of Object.entries(extra_body)) expect(body[name]).toEqual(value);
  // The seed travels, under this vendor's name.
  expect(body[rename_params.seed ?? 'seed']).toBe(7);
  expect(body[preset.options.max_tokens_field ?? 'max_tokens']).toBe(4_096);
  const usage = { include_usage: true, ...(stream_usage === 'continuous' ? { continuous_usage_stats: true } : {}) };
  expect(body.stream_options).toEqual(stream && stream_usage !== 'unasked' ? usage : undefined);
}

async function expectGemini({ id, protocol, auth_type, base_urls, options }: Preset, stream: boolean): Promise<void> {
  const base_url = `${new URL(gemini.baseUrl).origin}${new URL(base_urls[0]!.url).pathname}`;
  const secret = `secret-of-${id}`;
  await gateway.addModel(
    'gemini-3.8-flash',
    {},
    { preset: id, base_url, protocol, auth_type, options, api_key: secret },
  );
  const response = await gateway.chat(await gateway.pass({ max_budget: 5 }), { model: 'gemini-3.8-flash', stream });
  expect(response.status).toBe(200);
  await response.text();
  const { target, headers } = gemini.journal.at(-1)!;
  const method = stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
  expect(target).toBe(`/v1beta/models/gemini-3.8-flash:${method}`);
  expect([headers['x-goog-api-key'], headers.authorization]).toEqual([secret, undefined]);
  await removeAll();
}

async function expectResponses({ id, protocol, auth_type, base_urls }: Preset, stream: boolean): Promise<void> {
  const base_url = `${new URL(responses.baseUrl).origin}${new URL(base_urls[0]!.url).pathname}`;
  await gateway.addModel('r', {}, { preset: id, base_url, protocol, auth_type, api_key: `secret-of-${id}` });
  const response = await gateway.chat(await gateway.pass({ max_budget: 5 }), { model: 'r', stream });
  expect(response.status).toBe(200);
  await response.text();
  const { path, headers } = responses.journal.at(-1)!;
  expect([path, headers.authorization]).toEqual(['/v1/responses', `Bearer secret-of-${id}`]);
  await removeAll();
}

async function removeAll(): Promise<void> {
  const list = await gateway.app.request('/api/admin/channels', { token: gateway.admin });
  for (const { id } of (await list.json()) as { id: string }[])
    await gateway.app.request(`/api/admin/channels/${id}`, { method: 'DELETE', token: gateway.admin });
}

test.each([
  ['x-api-key', { header: 'x-api-key', target: '/v1/chat/completions' }],
  ['query', { header: undefined, target: '/v1/chat/completions?key=sk-%26secret' }],
])('a key of auth type %s travels there, and is never in a log', async (auth_type, expected) => {
  await gateway.addModel('by-type', {}, { auth_type, api_key: 'sk-&secret' });
  await (await gateway.chat(await gateway.pass(), { model: 'by-type' })).text();
  const { headers, target } = gateway.upstream.journal.at(-1)!;
  expect(target).toBe(expected.target);
  if (expected.header) expect(headers[expected.header]).toBe('sk-&secret');
  expect(JSON.stringify(gateway.app.logs)).not.toMatch(/sk-(&|%26)secret/);
  await removeAll();
});

test('GET /api/admin/presets answers an administrator alone', async () => {
  const response = await gateway.app.request('/api/admin/presets', { token: gateway.admin });
  expect(presetListSchema.parse(await response.json())).toHaveLength(PRESETS.length);
  expect((await gateway.app.request('/api/admin/presets')).status).toBe(401);
});

test.each(['model', 'max_tokens', 'max_completion_tokens', 'n', 'stream', 'messages'])(
  'no option of a channel touches %s, which bounds the money',
  (name) => {
    for (const options of [{ drop_params: [name] }, { extra_body: { [name]: 1 } }])
      expect(channelOptionsSchema.safeParse(options).success).toBe(false);
  },
);

test.each([
  ['max_tokens', 'max_new_tokens'],
  ['client_field', 'max_tokens'],
  ['client_field', 'max_completion_tokens'],
  ['n', 'samples'],
  ['client_field', 'n'],
  ['stream_options', 'options'],
  ['client_field', 'web_search_options'],
  ['client_field', 'tools'],
])('no channel renames %s to %s, which would lose the cap or hide a cost', (from, to) => {
  const refused = channelOptionsSchema.safeParse({ rename_params: { [from]: to } });
  expect(refused.error?.issues[0]).toMatchObject({ path: ['rename_params'] });
});

test.each(['web_search_options', 'service_tier', 'tools', 'plugins', 'web_search', 'n', 'max_tokens'])(
  'no channel sends %s of its own accord, and the refusal names it',
  async (name) => {
    const response = await gateway.app.request('/api/admin/channels', {
      token: gateway.admin,
      json: {
        name: 'own rules',
        base_url: 'http://127.0.0.1:9/v1',
        model_id: 'own',
        options: { extra_body: { top_k: 20, [name]: { any: 1 } } },
      },
    });
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: { param: string; message: string } };
    expect(error.param).toBe(`options.extra_body.${name}`);
    expect(error.message).toContain(name);
  },
);

test('what costs apart from the tokens may be switched off', () => {
  expect(channelOptionsSchema.safeParse({ extra_body: { enable_search: false } }).success).toBe(true);
  expect(channelOptionsSchema.safeParse({ extra_body: { enable_search: true } }).success).toBe(false);
  expect(channelOptionsSchema.safeParse({ extra_body: { n: false } }).success).toBe(false);
});

test('the two names of the output cap change places', () => {
  for (const options of [{ max_completion_tokens: 'max_tokens' }, { max_tokens: 'max_completion_tokens' }])
    expect(channelOptionsSchema.safeParse({ rename_params: options }).success).toBe(true);
});

test('a vendor that closed a door is not offered by it', () => {
  const urls = PRESETS.flatMap(({ base_urls }) => base_urls.map(({ url }) => url)).join('\n');
  for (const closed of ['api.hunyuan.cloud.tencent.com', 'api.together.xyz']) expect(urls).not.toContain(closed);
  const ended = PRESETS.find(({ id }) => id === 'github')!;
  expect([ended.example_model, ended.note?.en]).toEqual([null, expect.stringContaining('2026-07-30')]);
});

test('a row that was not read whole in a document claims no date', () => {
  const undated = PRESETS.filter(({ source }) => source.read_on === null).map(({ id }) => id);
  expect(undated).toEqual(expect.arrayContaining(['openai', 'aws', 'cohere', 'vllm']));
  for (const id of ['deepseek', 'fireworks', 'ollama']) expect(undated).not.toContain(id);
  expect(PRESETS.length).toBeGreaterThan(undated.length);
});
