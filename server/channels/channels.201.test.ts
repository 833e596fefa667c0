import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

import type { ChannelView } from '@hallpass/shared/channel-views.ts';

import { signInAs } from '../testing/people.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

const KEY = 'sk-canary-created-0123456789';
let app: TestApp;
let token: string;

beforeAll(async () => {
  app = await createTestApp();
  ({ token } = await signInAs(app.ctx, 'admin'));
});
afterAll(() => app[Symbol.asyncDispose]());

const create = async (json: object): Promise<{ status: number; body: ChannelView }> => {
  const response = await app.request('/api/admin/channels', { json, token });
  return { status: response.status, body: (await response.json()) as ChannelView };
};

describe('POST /api/admin/channels answers 201', () => {
  test('to requirement 001’s fields, with its defaults, and the very next call sees the model', async () => {
    const { status, body } = await create({
      name: 'OpenAI',
      base_url: 'https://api.openai.com/v1/',
      api_key: KEY,
      model_id: 'gpt-4o',
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      name: 'OpenAI',
      base_url: 'https://api.openai.com/v1',
      model_id: 'gpt-4o',
      rpm_limit: 60,
      is_enabled: true,
      has_key: true,
      key_hint: 'sk-…6789',
      protocol: 'openai-chat',
      auth_type: 'bearer',
    });
    expect(body.id).toMatch(/^ch_[0-9a-f-]{36}$/);
    expect(new Date(body.created_at).toISOString()).toBe(body.created_at);
    expect(body.updated_at).toBe(body.created_at);
    const model = app.ctx.catalog.current().find('gpt-4o')!;
    expect(model).toMatchObject({ publicName: 'gpt-4o', displayName: 'gpt-4o', type: 'chat' });
    expect(model.routes).toHaveLength(1);
    expect(model.routes[0]).toMatchObject({ upstreamModel: 'gpt-4o', priceGuessed: false });
    expect(model.routes[0]!.channel).toMatchObject({
      baseUrl: 'https://api.openai.com/v1',
      rpmLimit: 60,
      keys: [{ secret: KEY, status: 'enabled' }],
    });
    expect(model.routes[0]!.prices).toMatchObject({
      promptNanos: 2_500_000_000,
      completionNanos: 10_000_000_000,
      source: 'genai-prices/openai',
    });
  });

  test('to our optional fields: several models and keys, prices in dollars per million tokens', async () => {
    const { status, body } = await create({
      name: 'Many',
      base_url: 'http://127.0.0.1:11434/v1',
      rpm_limit: null,
      key_usage_mode: 'round_robin',
      auth_type: 'api-key',
      api_keys: [{ key: `${KEY}-a` }, { key: `${KEY}-b`, status: 'disabled' }, { key: `${KEY}-c` }],
      options: { first_byte_timeout_ms: 5_000 },
      models: [
        {
          name: 'small',
          upstream_model: 'qwen3:4b',
          display_name: 'Small',
          prices: { prompt: 0.27, completion: 1.1, request: 0.001 },
          context_window: 32_768,
          max_output_tokens: 4_096,
        },
        { name: 'org/large', capabilities: ['vision'], priority: 2, weight: 5 },
      ],
    });
    expect(status).toBe(201);
    expect(body.model_id).toBe('small');
    expect(body.rpm_limit).toBeNull();
    expect(body.models.map(({ name, upstream_model }) => [name, upstream_model])).toEqual([
      ['small', 'qwen3:4b'],
      ['org/large', 'org/large'],
    ]);
    expect(body.models[0]!.prices).toMatchObject({ prompt: 0.27, completion: 1.1, cached: null, request: 0.001 });
    expect(body.models[1]).toMatchObject({
      prices: null,
      price_source: 'private-address',
      effective_prices: { prompt: 0 },
    });
    const small = app.ctx.catalog.current().find('small')!;
    expect(small).toMatchObject({ displayName: 'Small', contextWindow: 32_768, maxOutputTokens: 4_096 });
    expect(small.routes[0]!.prices).toMatchObject({
      promptNanos: 270_000_000,
      completionNanos: 1_100_000_000,
      requestNanos: 1_000_000,
      source: 'own',
    });
    expect(small.routes[0]!.channel.keys.map(({ secret }) => secret)).toEqual([`${KEY}-a`, `${KEY}-c`]);
    expect(small.routes[0]!.channel.options).toMatchObject({ firstByteTimeoutMs: 5_000, maxTokensField: 'max_tokens' });
  });

  test('and gives a model that exists a second route', async () => {
    await create({
      name: 'Spare',
      base_url: 'https://spare.example/v1',
      api_key: KEY,
      model_id: 'gpt-4o',
      priority: 5,
    });
    const model = app.ctx.catalog.current().find('gpt-4o')!;
    expect(model.routes.map(({ channel, priority }) => [channel.name, priority])).toEqual([
      ['OpenAI', 0],
      ['Spare', 5],
    ]);
    expect(model.routes[1]!.priceGuessed).toBe(true);
  });

  test('without a key for an upstream that needs none', async () => {
    const { body } = await create({
      name: 'Ollama',
      base_url: 'http://localhost:11434/v1',
      api_key: '',
      model_id: 'llama',
    });
    expect(body).toMatchObject({ has_key: false, key_hint: null, auth_type: 'none', api_keys: [] });
  });

  test('and ignores fields that are not a caller’s to set', async () => {
    const { body } = await create({
      ...{
        id: 'ch_mine',
        created_at: '2001-01-01T00:00:00Z',
        updated_at: 1,
        status: 'odd',
        owner: 'me',
        spent: 5,
        role: 'admin',
      },
      ...JSON.parse('{"__proto__":{"is_enabled":false},"constructor":{"prototype":{"is_enabled":false}}}'),
      ...{ name: 'Plain', base_url: 'https://plain.example/v1', model_id: 'plain' },
    });
    expect(body.id).not.toBe('ch_mine');
    expect(body.created_at).not.toStartWith('2001');
    expect(body.is_enabled).toBe(true);
    expect(({} as { is_enabled?: boolean }).is_enabled).toBeUndefined();
  });

  test('fifty at once for one name make one model with fifty routes', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        create({ name: `C${i}`, base_url: 'https://c.example/v1', model_id: 'crowded' }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(app.ctx.catalog.current().find('crowded')!.routes).toHaveLength(50);
  });

  test('to as many models and keys as a channel can hold', async () => {
    const models = Array.from({ length: 2_000 }, (_, i) => ({ name: `many-${i}`, upstream_model: `vendor/many-${i}` }));
    const api_keys = Array.from({ length: 50 }, (_, i) => ({ key: `${KEY}-${i}` }));
    const { status, body } = await create({ name: 'Full', base_url: 'https://full.example/v1', models, api_keys });
    expect(status).toBe(201);
    expect(body.models).toHaveLength(2_000);
    expect(body.model_id).toBe('many-0');
    expect(app.ctx.catalog.current().find('many-1999')!.routes[0]!.channel.keys).toHaveLength(50);
  });
});
