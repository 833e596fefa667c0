import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

import { ROLES } from '@hallpass/shared/roles.ts';

import { addPass } from '../testing/passes.ts';
import { signInAs } from '../testing/people.ts';
import { createTestApp, type TestApp, type TestRequest } from '../testing/test-app.ts';
import { createChannel } from './save.ts';

const KEY = 'sk-canary-refused-0123456789';
const GOOD = { name: 'C', base_url: 'https://c.example/v1', api_key: KEY, model_id: 'm' };
const MANY = Array.from({ length: 2_001 }, (_, i) => ({ name: `m${i}` }));
let app: TestApp;
let closed: TestApp;
let token: string;
let closedToken: string;
let id: string;

beforeAll(async () => {
  app = await createTestApp();
  closed = await createTestApp({ ALLOW_PRIVATE_UPSTREAMS: 'false' });
  ({ token } = await signInAs(app.ctx, 'admin'));
  ({ token: closedToken } = await signInAs(closed.ctx, 'admin'));
  ({ id } = await createChannel(app.ctx, { ...GOOD, name: 'Existing' }));
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await closed[Symbol.asyncDispose]();
});

interface Answer {
  status: number;
  code: string;
  param: string | null;
  text: string;
}

async function ask(request: TestRequest & { path?: string }, on = app): Promise<Answer> {
  const { path = '', ...rest } = request;
  const response = await on.request(`/api/admin/channels${path}`, { token, ...rest });
  const text = await response.text();
  const { error = {} } = JSON.parse(text) as { error?: { code?: string; param?: string } };
  return { status: response.status, code: error.code ?? '', param: error.param ?? null, text };
}

const stored = () => app.ctx.db.selectFrom('channels').selectAll().execute();

describe('POST and PUT /api/admin/channels answer 400', () => {
  const WRONG: [string, object][] = [
    ['name', { name: undefined }],
    ['name', { name: '' }],
    ['name', { name: '   ' }],
    ['name', { name: 5 }],
    ['name', { name: ['C'] }],
    ['name', { name: { $ne: 1 } }],
    ['name', { name: 'x'.repeat(101) }],
    ['name', { name: 'a\u0000b' }],
    ['name', { name: 'a\u001b[31m\nb' }],
    ['description', { description: 'a\u0000b' }],
    ['display_name', { display_name: 'a\u0007' }],
    ['provider', { provider: 'a\u0000' }],
    ['base_url', { base_url: undefined }],
    ['base_url', { base_url: null }],
    ['base_url', { base_url: `https://c.example/${'x'.repeat(2_048)}` }],
    ['model_id', { model_id: undefined }],
    ['model_id', { model_id: null }],
    ['model_id', { model_id: '' }],
    ['model_id', { model_id: '1 ' }],
    ['model_id', { model_id: 'a\nb' }],
    ['model_id', { model_id: 'a\u0000' }],
    ['model_id', { model_id: 'a\u202eb' }],
    ['model_id', { model_id: 'x'.repeat(201) }],
    ['model_id', { model_id: ['m'] }],
    ['model_id', { model_id: 'other', models: [{ name: 'm' }] }],
    ['api_key', { api_key: 5 }],
    ['api_key', { api_key: 'sk with space' }],
    ['api_key', { api_key: 'sk-line\r\nx-evil: 1' }],
    ['api_key', { api_key: '密钥' }],
    ['api_key', { api_key: 'x'.repeat(4_097) }],
    ['api_key', { api_key: 'sk-…none' }],
    ['api_key', { api_keys: [{ key: KEY }] }],
    ['api_keys', { api_key: '', api_keys: 'sk' }],
    ['api_keys', { api_key: '', api_keys: [{ id: 'ckey_other' }] }],
    ['api_keys', { api_key: '', api_keys: [{}] }],
    [
      'api_keys',
      {
        api_key: '',
        api_keys: [
          { id: 'a', key: 'b' },
          { id: 'a', key: 'c' },
        ],
      },
    ],
    ['api_keys', { api_key: '', api_keys: Array.from({ length: 51 }, () => ({ key: 'k' })) }],
    ['api_keys.0.key', { api_key: '', api_keys: [{ key: '' }] }],
    ['api_keys.0.status', { api_key: '', api_keys: [{ key: 'k', status: 'on' }] }],
    ['rpm_limit', { rpm_limit: 0 }],
    ['rpm_limit', { rpm_limit: -1 }],
    ['rpm_limit', { rpm_limit: 1.5 }],
    ['rpm_limit', { rpm_limit: '60' }],
    ['rpm_limit', { rpm_limit: 2 ** 53 + 1 }],
    ['is_enabled', { is_enabled: 'true' }],
    ['is_enabled', { is_enabled: 1 }],
    ['protocol', { protocol: 'demo' }],
    ['auth_type', { auth_type: 'basic' }],
    ['preset', { preset: '../x' }],
    ['models', { model_id: undefined, models: [] }],
    ['models', { model_id: undefined, models: [{ name: 'a' }, { name: 'a', upstream_model: 'a' }] }],
    ['models', { model_id: undefined, models: MANY }],
    ['models.0.name', { model_id: undefined, models: [{}] }],
    ['prices.prompt', { prices: { completion: 1 } }],
    ['prices.prompt', { prices: { prompt: -0.1, completion: 1 } }],
    ['prices.prompt', { prices: { prompt: '1', completion: 1 } }],
    ['prices.completion', { prices: { prompt: 1, completion: 1e9 } }],
    ['prices.image', { prices: { prompt: 1, completion: 1, image: 10 } }],
    ['context_window', { context_window: 0 }],
    ['capabilities.0', { capabilities: ['flying'] }],
    ['options.first_byte_timeout_ms', { options: { first_byte_timeout_ms: 1 } }],
  ];
  test.each(WRONG)('to a wrong %s (%#)', async (param, wrong) => {
    const before = await stored();
    const created = await ask({ json: { ...GOOD, ...wrong } });
    expect(created).toMatchObject({ status: 400, param });
    expect(['invalid_body', 'invalid_parameter']).toContain(created.code);
    expect(created.text).not.toContain('canary');
    // An absent field is no mistake in a PUT, and a list the channel has is not asked for again.
    if (Object.values(wrong).every((value) => value !== undefined && value !== null))
      expect((await ask({ method: 'PUT', path: `/${id}`, json: wrong })).status).toBe(
        param === 'api_key' && 'api_keys' in wrong ? 200 : 400,
      );
    expect((await stored()).length).toBe(before.length);
  });

  test('to numbers that JSON cannot hold and to keys given twice, by their last value', async () => {
    const raw = (body: string) => ask({ method: 'POST', body, headers: { 'content-type': 'application/json' } });
    for (const number of ['1e309', '-0', 'NaN', '9007199254740993'])
      expect((await raw(JSON.stringify(GOOD).replace('}', `,"rpm_limit":${number}}`))).status).toBe(400);
    expect((await raw('{"name":"a","name":5}')).param).toBe('name');
    for (const body of ['[]', 'null', '"x"', '5', '{', '', '\u0000']) expect((await raw(body)).status).toBe(400);
  });

  test('to a body that is too large with 413 and to a form with 415', async () => {
    expect((await ask({ json: { ...GOOD, padding: 'x'.repeat(2 * 1024 * 1024) } })).status).toBe(413);
    expect(
      (await ask({ method: 'POST', body: 'name=C', headers: { 'content-type': 'application/x-www-form-urlencoded' } }))
        .status,
    ).toBe(415);
  });

  test('with 409 to a name that is another model’s alias', async () => {
    const model = await app.ctx.db.selectFrom('models').selectAll().executeTakeFirstOrThrow();
    await app.ctx.db.insertInto('modelAliases').values({ alias: 'nick', modelId: model.id, createdAt: 1 }).execute();
    expect(await ask({ json: { ...GOOD, model_id: 'nick' } })).toMatchObject({ status: 409, code: 'already_exists' });
  });
});

describe('a base URL is refused', () => {
  const INVALID = [
    '',
    ' ',
    'c.example',
    '//c.example',
    'ftp://c.example',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'http:c.example',
    'http:///c.example',
    'https://',
    'https://user@c.example',
    'https://user:pass@c.example',
    'https://c.example#x',
    'https://c.example#@127.0.0.1/',
    'https://c.example/v1?key=x',
    'https://c.exa\tmple',
    'https://c.exam\nple',
    'https://c.example\\@127.0.0.1',
    ' https://c.example',
    'https://c.example\u0000',
    'https://c.example:99999',
    'https://[::1',
    'https://c.example/\u202e',
    'http://1.2.3.4.5',
    'http://256.1.1.1',
  ];
  test.each(INVALID)('as not valid: %p', async (base_url) => {
    const { status, code, param } = await ask({ json: { ...GOOD, base_url } });
    expect([status, param]).toEqual([400, 'base_url']);
    expect(['base_url_invalid', 'invalid_body']).toContain(code);
    expect((await ask({ method: 'PUT', path: `/${id}`, json: { base_url } })).status).toBe(400);
  });

  const NEVER = [
    'http://169.254.169.254/latest',
    'http://[::ffff:169.254.169.254]',
    'http://[::ffff:a9fe:a9fe]',
    'http://2852039166',
    'http://0xA9FEA9FE',
    'http://0251.0376.0251.0376',
    'http://169.254.1.1',
    'http://[fe80::1]',
    'http://[fd00:ec2::254]',
    'http://100.100.100.200',
    'http://metadata.google.internal',
    'http://metadata.google.internal.',
    'http://0',
    'http://0.0.0.0:11434',
    'http://[::]',
    'http://224.0.0.1',
    'http://255.255.255.255',
    'http://[ff02::1]',
    'http://169。254。169。254',
    'http://169.254.169.254%2f',
  ];
  test.each(NEVER)('as never to be called: %s', async (base_url) => {
    const { status, param } = await ask({ json: { ...GOOD, base_url } });
    expect([status, param]).toEqual([400, 'base_url']);
  });

  const PRIVATE = [
    'http://127.0.0.1:11434/v1',
    'http://127.1',
    'http://2130706433',
    'http://017700000001',
    'http://0x7f.0.0.1',
    'http://localhost:11434',
    'http://localhost.',
    'http://LOCALHOST',
    'http://ollama.localhost',
    'http://[::1]:11434',
    'http://[::ffff:127.0.0.1]',
    'http://[::ffff:7f00:1]',
    'http://10.0.0.5',
    'http://172.16.0.1',
    'http://192.168.1.10/v1',
    'http://100.64.0.1',
    'http://[fd12::1]',
    'http://127%2e0.0.1',
    'http://127。0。0。1',
    'http://①②⑦.0.0.1',
  ];
  test.each(PRIVATE)('where private addresses are not allowed, and taken where they are: %s', async (base_url) => {
    expect(await ask({ json: { ...GOOD, base_url }, token: closedToken }, closed)).toMatchObject({
      status: 400,
      code: 'base_url_forbidden',
    });
    expect((await ask({ json: { ...GOOD, base_url } })).status).toBe(201);
  });
});

describe('every address of the channels answers', () => {
  const REQUESTS: TestRequest[] = [
    { method: 'GET' },
    { method: 'POST', json: GOOD },
    { method: 'PUT', json: { name: 'Taken over' } },
    { method: 'DELETE' },
  ];
  const pathOf = ({ method }: TestRequest) => (method === 'PUT' || method === 'DELETE' ? `/${id}` : '');

  test('401 without a login, with a pass and with the admin key', async () => {
    const { key } = await addPass(app.ctx);
    for (const request of REQUESTS) {
      const path = pathOf(request);
      expect((await app.request(`/api/admin/channels${path}`, request)).status).toBe(401);
      for (const credential of [key, 'sk-test-admin-key-0123456789', 'nonsense'])
        expect((await ask({ ...request, path, token: credential })).status).toBe(401);
    }
  });

  test('403 to every role but admin', async () => {
    for (const role of ROLES.filter((name) => name !== 'admin')) {
      const other = await signInAs(app.ctx, role);
      for (const request of REQUESTS)
        expect(await ask({ ...request, path: pathOf(request), token: other.token })).toMatchObject({
          status: 403,
          code: 'role_required',
        });
    }
    expect((await stored()).some(({ name }) => name === 'Taken over')).toBe(false);
  });

  test('404 to an id that does not exist, and changes nothing', async () => {
    const before = await stored();
    for (const odd of ['ch_none', '%00', "'%20or%201=1", '__proto__', '..%2f'])
      for (const request of [{ method: 'PUT', json: { name: 'X', model_id: 'x' } }, { method: 'DELETE' }])
        expect((await ask({ ...request, path: `/${odd}` })).status).toBe(404);
    expect(await stored()).toEqual(before);
  });
});
