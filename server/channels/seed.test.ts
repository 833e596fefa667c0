import { afterEach, beforeEach, describe, expect, test } from 'bun:test';

import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { createChannel } from './save.ts';
import { seedFromEnvironment } from './seed.ts';

const KEY = 'sk-canary-seeded-0123456789';
let upstream: ReturnType<typeof Bun.serve>;
let answer: (request: Request) => Response | Promise<Response>;
let asked: { path: string; authorization: string | null }[];
const apps: TestApp[] = [];

beforeEach(() => {
  asked = [];
  answer = () => Response.json({ object: 'list', data: [{ id: 'gpt-4o' }, { id: 'text-embedding-3-small' }] });
  upstream = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request) => {
      asked.push({ path: new URL(request.url).pathname, authorization: request.headers.get('authorization') });
      return answer(request);
    },
  });
});
afterEach(async () => {
  for (const app of apps.splice(0)) await app[Symbol.asyncDispose]();
  await upstream.stop(true);
});

async function start(env: Record<string, string> = {}): Promise<TestApp> {
  const app = await createTestApp({
    OPENAI_API_KEY: KEY,
    OPENAI_BASE_URL: `http://127.0.0.1:${upstream.port}/v1/`,
    ...env,
  });
  apps.push(app);
  return app;
}
const seed = ({ ctx }: TestApp) => seedFromEnvironment(ctx, { retryDelaysMs: [] });
const channels = ({ ctx }: TestApp) => ctx.db.selectFrom('channels').selectAll().execute();
const models = ({ ctx }: TestApp) =>
  ctx.catalog
    .current()
    .list()
    .map(({ publicName, type }) => [publicName, type]);

describe('the first start with OPENAI_API_KEY', () => {
  test('makes a channel with the models its upstream lists, the key encrypted', async () => {
    const app = await start();
    expect(await seed(app)).toBe('seeded');
    expect(asked).toEqual([{ path: '/v1/models', authorization: `Bearer ${KEY}` }]);
    expect(models(app)).toEqual([
      ['gpt-4o', 'chat'],
      ['text-embedding-3-small', 'embedding'],
    ]);
    expect(app.ctx.catalog.current().find('gpt-4o')!.routes[0]!.channel.keys[0]!.secret).toBe(KEY);
    expect(JSON.stringify(await app.ctx.db.selectFrom('channelKeys').selectAll().execute())).not.toContain(KEY);
    expect(JSON.stringify(app.logs)).not.toContain(KEY);
    expect(app.logs.at(-1)).toMatchObject({ level: 'info', models: 2 });
  });

  test('is the only one: later the variable is ignored with a notice, also when the channel is gone', async () => {
    const app = await start();
    await seed(app);
    await app.ctx.db.deleteFrom('channels').execute();
    expect(await seed(app)).toBe('ignored');
    expect(await channels(app)).toEqual([]);
    expect(asked).toHaveLength(1);
    expect(app.logs.at(-1)).toMatchObject({
      level: 'info',
      message: expect.stringContaining('OPENAI_API_KEY is ignored'),
    });
  });

  test('asks nobody when a channel exists already', async () => {
    const app = await start();
    await createChannel(app.ctx, { name: 'own', base_url: 'https://own.example/v1', model_id: 'own' });
    expect(await seed(app)).toBe('ignored');
    expect(asked).toEqual([]);
  });

  test('five processes at once make one channel', async () => {
    const app = await start();
    const results = await Promise.all(Array.from({ length: 5 }, () => seed(app)));
    expect(results.sort()).toEqual(['ignored', 'ignored', 'ignored', 'ignored', 'seeded']);
    expect(await channels(app)).toHaveLength(1);
  });

  test('a channel added while the list was on its way wins', async () => {
    const app = await start();
    answer = async () => {
      await createChannel(app.ctx, { name: 'own', base_url: 'https://own.example/v1', model_id: 'own' });
      return Response.json({ data: [{ id: 'gpt-4o' }] });
    };
    expect(await seed(app)).toBe('ignored');
    expect((await channels(app)).map(({ name }) => name)).toEqual(['own']);
  });

  test('does nothing without the variable', async () => {
    expect(await seed(await start({ OPENAI_API_KEY: '' }))).toBe('not_configured');
    expect(asked).toEqual([]);
  });
});

describe('while the list cannot be had', () => {
  const FAULTS: [string, () => Response][] = [
    ['HTTP 401', () => Response.json({ error: { message: `bad key ${KEY}` } }, { status: 401 })],
    ['points to another one', () => new Response('', { status: 302, headers: { location: 'http://127.0.0.1:1/' } })],
    ['not JSON', () => new Response('<html>')],
    ['holds no list of models', () => Response.json({ models: [] })],
    ['holds no list of models', () => Response.json(null)],
    ['lists no model', () => Response.json({ data: [{ id: ' ' }, { id: 5 }, null, 'x'] })],
    ['too large', () => new Response('x'.repeat(5 * 1024 * 1024 + 1))],
  ];
  test.each(FAULTS)(
    'because %s, nothing is stored, the demo goes on, and the log says why without the key',
    async (reason, fault) => {
      const app = await start();
      answer = fault;
      expect(await seed(app)).toBe('failed');
      expect(await channels(app)).toEqual([]);
      expect(models(app)).toEqual([['hallpass-demo', 'chat']]);
      expect(app.logs.at(-1)).toMatchObject({ level: 'warn', reason: expect.stringContaining(reason) });
      expect(JSON.stringify(app.logs)).not.toContain(KEY);
      answer = () => Response.json([{ id: 'bare' }]);
      expect(await seed(app)).toBe('seeded');
      expect(models(app)).toEqual([['bare', 'chat']]);
    },
  );

  test('it tries again, and stops with the server', async () => {
    const app = await start();
    let faults = 2;
    const good = answer;
    answer = (request) => (faults-- > 0 ? new Response('', { status: 503 }) : good(request));
    expect(await seedFromEnvironment(app.ctx, { retryDelaysMs: [1, 1] })).toBe('seeded');
    expect(asked).toHaveLength(3);
    const other = await start();
    answer = () => new Response('', { status: 503 });
    const stop = new AbortController();
    const result = seedFromEnvironment(other.ctx, { retryDelaysMs: [60_000], signal: stop.signal });
    setTimeout(() => stop.abort(), 20);
    expect(await result).toBe('failed');
  });

  test('a base URL that must not be called is not', async () => {
    const app = await start({ OPENAI_BASE_URL: 'http://169.254.169.254/v1' });
    expect(await seed(app)).toBe('failed');
    expect(await seed(await start({ ALLOW_PRIVATE_UPSTREAMS: 'false' }))).toBe('failed');
    expect(asked).toEqual([]);
  });
});

test('of a list that is too long, as many models as a channel holds are taken', async () => {
  const app = await start();
  answer = () => Response.json({ data: Array.from({ length: 2_100 }, (_, i) => ({ id: `m-${i}` })) });
  expect(await seed(app)).toBe('seeded');
  expect(app.ctx.catalog.current().list()).toHaveLength(2_000);
});
