import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

import type { ChatModel, Model } from '@hallpass/shared/models.ts';

import { createChannel } from '../channels/save.ts';
import { addPass } from '../testing/passes.ts';
import { signInAs } from '../testing/people.ts';
import { createTestApp, type TestApp, type TestRequest } from '../testing/test-app.ts';

const ADMIN_KEY = 'sk-test-admin-key-0123456789';
let app: TestApp;

beforeEach(async () => {
  app = await createTestApp();
});
afterEach(() => app[Symbol.asyncDispose]());

const addChannel = () =>
  createChannel(app.ctx, {
    name: 'c',
    base_url: 'https://c.example/v1',
    models: [
      { name: 'alpha', display_name: 'Alpha', provider: 'acme', capabilities: ['vision'], context_window: 1_000 },
      { name: 'org/beta:free' },
      { name: 'text-embedding-x' },
    ],
  });

const ids = async (path: string, request: TestRequest = {}): Promise<string[]> => {
  const response = await app.request(path, request);
  expect(response.status).toBe(200);
  const body = (await response.json()) as { data?: Model[] } | ChatModel[];
  return (Array.isArray(body) ? body : body.data!).map(({ id }) => id);
};
const refusal = async (path: string, request: TestRequest = {}) => {
  const response = await app.request(path, { headers: { 'accept-language': 'en' }, ...request });
  return {
    status: response.status,
    ...((await response.json()) as { error: { code: string; type: string; message: string } }).error,
  };
};

describe('GET /v1/models answers 200', () => {
  test('in OpenAI’s shape', async () => {
    await addChannel();
    const response = await app.request('/v1/models', { token: ADMIN_KEY });
    expect(await response.json()).toEqual({
      object: 'list',
      data: [
        { id: 'alpha', object: 'model', created: Math.floor(app.clock.now() / 1000), owned_by: 'acme', name: 'Alpha' },
        {
          id: 'org/beta:free',
          object: 'model',
          created: expect.any(Number),
          owned_by: 'hallpass',
          name: 'org/beta:free',
        },
        {
          id: 'text-embedding-x',
          object: 'model',
          created: expect.any(Number),
          owned_by: 'hallpass',
          name: 'text-embedding-x',
        },
      ],
    });
  });

  test('in Anthropic’s shape to its SDK, one page of all, and one model alone', async () => {
    await addChannel();
    const { key } = await addPass(app.ctx, { models: ['alpha', 'org/beta:free'] });
    const client = new Anthropic({ apiKey: key, baseURL: await app.listen(), maxRetries: 0 });
    const page = await client.models.list();
    const alpha = {
      ...{ type: 'model', id: 'alpha', display_name: 'Alpha', max_input_tokens: 1_000, lifecycle: 'active' },
      created_at: new Date(app.clock.now()).toISOString(),
    };
    expect(page.data[0]).toMatchObject(alpha);
    expect([page.has_more, page.first_id, page.last_id]).toEqual([false, 'alpha', 'org/beta:free']);
    const all: string[] = [];
    for await (const { id } of page) all.push(id);
    expect(all).toEqual(['alpha', 'org/beta:free']);
    expect(await client.models.retrieve('org/beta:free')).toMatchObject({
      type: 'model',
      display_name: 'org/beta:free',
    });
    const nothing = client.models.retrieve('text-embedding-x');
    expect(await nothing.catch((error: unknown) => (error as { status: number }).status)).toBe(404);
  });

  test('at every address, with every carrier, to GET and HEAD', async () => {
    await addChannel();
    const { key } = await addPass(app.ctx, {});
    for (const path of ['/v1/models', '/models', '/v1/models/', '/models/'])
      expect(await ids(path, { token: key })).toHaveLength(3);
    for (const name of ['x-api-key', 'api-key'])
      expect(await ids('/v1/models', { headers: { [name]: key } })).toHaveLength(3);
    const head = await app.request('/v1/models', { method: 'HEAD', token: key });
    expect([head.status, await head.text(), head.headers.get('etag')]).toEqual([200, '', expect.any(String)]);
  });

  test('with what a pass may use, under its own names too', async () => {
    await addChannel();
    const narrow = await addPass(app.ctx, {
      models: ['alpha'],
      modelAliases: { mine: 'alpha', secret: 'org/beta:free' },
    });
    expect(await ids('/v1/models', { token: narrow.key })).toEqual(['alpha', 'mine']);
    const wild = await addPass(app.ctx, { models: ['org/*'] });
    expect(await ids('/v1/models', { token: wild.key })).toEqual(['org/beta:free']);
  });

  test('without disabled channels and models', async () => {
    const channel = await addChannel();
    await app.ctx.db.updateTable('channels').set({ status: 'disabled' }).where('id', '=', channel.id).execute();
    await app.ctx.catalog.reload();
    expect(await ids('/v1/models', { token: ADMIN_KEY })).toEqual([]);
  });

  test('with 304 to a client that has the list already', async () => {
    await addChannel();
    const first = await app.request('/v1/models', { token: ADMIN_KEY });
    expect(first.headers.get('cache-control')).toBe('private, max-age=5');
    expect(first.headers.get('vary')).toContain('authorization');
    const etag = first.headers.get('etag')!;
    const again = (given: string) =>
      app.request('/v1/models', { token: ADMIN_KEY, headers: { 'if-none-match': given } });
    for (const given of [etag, `W/${etag}`, `"x", ${etag}`]) expect((await again(given)).status).toBe(304);
    expect((await again('"x"')).status).toBe(200);
  });
});

describe('GET /v1/models/{id} answers', () => {
  test.each(['alpha', 'org/beta:free', 'org%2Fbeta%3Afree'])('200 to %s', async (id) => {
    await addChannel();
    for (const root of ['/v1/models', '/models']) {
      const response = await app.request(`${root}/${id}`, { token: ADMIN_KEY });
      expect(response.status).toBe(200);
      expect(((await response.json()) as Model).id).toBe(decodeURIComponent(id));
    }
  });

  test('404 to an unknown model and, alike, to one the pass may not know of', async () => {
    await addChannel();
    const { key } = await addPass(app.ctx, { models: ['alpha'] });
    const unknown = await refusal('/v1/models/nothing', { token: key });
    expect(unknown).toMatchObject({ status: 404, code: 'model_not_found', type: 'not_found_error' });
    const hidden = await refusal('/v1/models/org/beta:free', { token: key });
    expect({ ...hidden, message: hidden.message.replace('org/beta:free', 'nothing') }).toEqual(unknown);
    for (const odd of ['__proto__', 'constructor', '..%2f..', '%00', 'a'.repeat(5_000)])
      expect((await app.request(`/v1/models/${odd}`, { token: key })).status).toBe(404);
  });
});

describe('the lists refuse', () => {
  test('401 without a credential or with an unknown one, in OpenAI’s envelope', async () => {
    for (const path of ['/v1/models', '/v1/models/alpha', '/models', '/models/alpha']) {
      expect(await refusal(path)).toMatchObject({
        status: 401,
        code: 'credential_missing',
        type: 'authentication_error',
      });
      expect(await refusal(path, { token: 'sk-hp-unknown' })).toMatchObject({
        status: 401,
        code: 'invalid_api_key',
        type: 'authentication_error',
      });
    }
  });

  test('an expired and a blocked pass, with the reason', async () => {
    const expired = await addPass(app.ctx, { expiresAt: app.clock.now() + 1_000 });
    app.clock.advance(1_000);
    expect(await refusal('/v1/models', { token: expired.key })).toMatchObject({
      status: 401,
      code: 'pass_expired',
      message: expect.stringContaining('Saturday 10:00'),
    });
    const blocked = await addPass(app.ctx, { status: 'blocked' });
    expect(await refusal('/v1/models', { token: blocked.key })).toMatchObject({ status: 403, code: 'pass_blocked' });
  });
});

describe('GET /api/chat/models answers 200', () => {
  test('to a guest with requirement 001’s bare list of what can chat', async () => {
    await addChannel();
    const response = await app.request('/api/chat/models');
    expect(await response.json()).toEqual([
      {
        id: 'alpha',
        name: 'Alpha',
        description: null,
        capabilities: ['vision'],
        context_window: 1_000,
        max_output_tokens: null,
        demo: false,
      },
      {
        id: 'org/beta:free',
        name: 'org/beta:free',
        description: null,
        capabilities: [],
        context_window: null,
        max_output_tokens: null,
        demo: false,
      },
    ]);
  });

  test('to a login and to a pass', async () => {
    await addChannel();
    const { token } = await signInAs(app.ctx, 'student');
    expect(await ids('/api/chat/models', { token })).toEqual(['alpha', 'org/beta:free']);
    const { key } = await addPass(app.ctx, { models: ['alpha'] });
    expect(await ids('/api/chat/models', { token: key })).toEqual(['alpha']);
  });

  test('with the demo model while no channel exists at all, and never again after', async () => {
    expect(await ids('/api/chat/models')).toEqual(['hallpass-demo']);
    const [demo] = (await (await app.request('/api/chat/models')).json()) as ChatModel[];
    expect(demo).toMatchObject({ demo: true });
    expect(app.ctx.catalog.current().find('hallpass-demo')!.routes[0]).toMatchObject({
      channel: { protocol: 'demo', authType: 'none' },
      prices: { promptNanos: 0, completionNanos: 0, source: 'demo' },
    });
    await addChannel();
    expect(await ids('/api/chat/models')).not.toContain('hallpass-demo');
  });

  test('not to guests where they are not let in', async () => {
    await app.ctx.db
      .insertInto('settings')
      .values({ key: 'guests_allowed', value: 'false', updatedAt: 1, updatedBy: null })
      .execute();
    await app.ctx.settings.reload();
    expect(app.ctx.settings.current().guestsAllowed).toBe(false);
    expect(await refusal('/api/chat/models')).toMatchObject({ status: 403, code: 'guests_off' });
  });
});

test('a hundred lists count against no limit', async () => {
  const { key } = await addPass(app.ctx, { rpmLimit: 1 });
  for (let i = 0; i < 100; i++) expect((await app.request('/v1/models', { token: key })).status).toBe(200);
});

describe('the official OpenAI SDK', () => {
  const sdk = (apiKey: string) =>
    new OpenAI({
      apiKey,
      baseURL: 'http://hallpass.test/v1',
      maxRetries: 0,
      fetch: (url, init) => {
        const { pathname } = new URL(url instanceof Request ? url.url : url);
        return app.request(pathname, init as TestRequest);
      },
    });

  test('lists and finds models', async () => {
    await addChannel();
    const client = sdk((await addPass(app.ctx)).key);
    const names: string[] = [];
    for await (const { id } of client.models.list()) names.push(id);
    expect(names).toEqual(['alpha', 'org/beta:free', 'text-embedding-x']);
    expect(await client.models.retrieve('org/beta:free')).toMatchObject({ id: 'org/beta:free', object: 'model' });
  });

  test('understands a bad key and an unknown model', async () => {
    const failure = async (ask: () => PromiseLike<unknown>) => {
      try {
        return await ask();
      } catch (error) {
        return error;
      }
    };
    expect(await failure(() => sdk('sk-hp-bad').models.list())).toBeInstanceOf(OpenAI.AuthenticationError);
    expect(await failure(() => sdk(ADMIN_KEY).models.retrieve('none'))).toBeInstanceOf(OpenAI.NotFoundError);
  });
});

describe('the caller is told by', () => {
  test('a login, a pass or the admin key on /v1, but never by being a guest', async () => {
    await addChannel();
    const { token } = await signInAs(app.ctx, 'user');
    const { key } = await addPass(app.ctx);
    for (const credential of [token, key, ADMIN_KEY])
      expect(await ids('/v1/models', { token: credential })).toHaveLength(3);
    expect((await app.request('/v1/models')).status).toBe(401);
  });

  test('one credential: two different ones, a malformed or a revoked one are refused everywhere', async () => {
    const { key } = await addPass(app.ctx);
    const { token } = await signInAs(app.ctx, 'user');
    await app.ctx.logins.revoke(token);
    const odd: Record<string, string>[] = [
      { authorization: `Bearer ${key}`, 'x-api-key': `${key}x` },
      { authorization: `Basic ${key}` },
      { authorization: key },
      { authorization: 'Bearer' },
      { authorization: `Bearer ${key}, Bearer ${key}` },
      { authorization: `Bearer ${'x'.repeat(100_000)}` },
      { authorization: `Bearer ${token}` },
    ];
    for (const path of ['/v1/models', '/api/chat/models'])
      for (const headers of odd) expect((await app.request(path, { headers })).status).toBe(401);
  });
});

test('no list tells where a model is served', async () => {
  await addChannel();
  for (const path of ['/v1/models', '/v1/models/alpha', '/api/chat/models'])
    expect(await (await app.request(path, { token: ADMIN_KEY })).text()).not.toMatch(/c\.example|http|route_|ch_/);
});
