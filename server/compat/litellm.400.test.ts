import { describe, expect, test } from 'bun:test';

import { KEYS_MAX } from '@hallpass/shared/litellm.ts';

import { ADMIN_KEY, generate, get, post, postText } from '../testing/litellm.ts';
import { createTestApp } from '../testing/test-app.ts';
import { KEPT_DEPTH_MAX, KEPT_JSON_MAX } from './litellm-input.ts';

const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });

describe('a wrong value is refused by name, and no pass is made', () => {
  const hours = { timezone: 'Asia/Taipei', windows: [{ days: ['mon'], start: '08:00', end: '12:00' }] };
  const cases: [field: string, value: unknown][] = [
    ['max_budget', -0.01],
    ['max_budget', '5'],
    ['max_budget', '5 '],
    ['max_budget', 9_000_001],
    ['max_budget', 2 ** 53 + 1],
    ['max_budget', 0.0000000001],
    ['max_budget', 1.0000000005],
    ['max_budget', [1]],
    ['max_budget', { amount: 1 }],
    ['max_budget', true],
    ['budget_duration', 'soon'],
    ['budget_duration', '0d'],
    ['budget_duration', '-1d'],
    ['budget_duration', 30],
    ['duration', '1y'],
    ['duration', '40000d'],
    ['duration', ''],
    ['duration', 86_400],
    ['rpm_limit', -1],
    ['rpm_limit', 1.5],
    ['rpm_limit', '10'],
    ['rpm_limit', 2 ** 31],
    ['tpm_limit', -1],
    ['tpm_limit', 1e300],
    ['max_parallel_requests', -1],
    ['max_parallel_requests', '1 '],
    ['models', 'gpt-4o'],
    ['models', [1]],
    ['models', ['']],
    ['models', ['a\u0000b']],
    ['models', Array.from({ length: 1_001 }, () => 'm')],
    ['aliases', ['a']],
    ['aliases', { a: 1 }],
    ['metadata', 'text'],
    ['metadata', [1]],
    ['metadata', nested(KEPT_DEPTH_MAX + 1)],
    ['metadata', { a: 'x'.repeat(KEPT_JSON_MAX) }],
    ['key_alias', 7],
    ['key_alias', { toString: 'anna' }],
    ['key_alias', 'x'.repeat(256)],
    ['key_alias', 'anna\nberta'],
    ['key_alias', '\u0000'],
    ['key_alias', '\ud800'],
    ['blocked', 'yes'],
    ['blocked', 1],
    ['user_id', 7],
    ['user_id', ''],
    ['user_id', 'user_01939f3c-0000-7000-8000-000000000000'],
    ['team_id', 'class_01939f3c-0000-7000-8000-000000000000'],
    ['team_id', ['a']],
    ['permissions', 'all'],
    ['permissions', { access_schedule: 'always' }],
    ['permissions', { access_schedule: { ...hours, timezone: 'Mars/Olympus' } }],
    ['permissions', { access_schedule: { ...hours, windows: [{ days: ['monday'], start: '08:00', end: '12:00' }] } }],
    ['permissions', { access_schedule: { ...hours, windows: [{ days: ['mon'], start: '8:00', end: '12:00' }] } }],
    ['permissions', { access_schedule: { ...hours, windows: Array(101).fill(hours.windows[0]) } }],
    ['key', 'short'],
    ['key', 'x'.repeat(513)],
    ['key', 'has a space in the middle'],
    ['key', 'has,a,comma,in,the,middle'],
    ['key', 'schlüssel-schlüssel-1'],
    ['key', 'line\nbreak-line-break'],
    ['key', ADMIN_KEY],
    ['key', 'a'.repeat(64)],
    ['key', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1In0.c2lnbmF0dXJl'],
    ['key', 7],
  ];
  test('each of them', async () => {
    await using app = await createTestApp();
    for (const [field, value] of cases) {
      const { status, error } = await post(app, '/key/generate', { [field]: value });
      expect([field, value, status]).toEqual([field, value, 400]);
      expect(error).toMatchObject({ code: '400', type: 'bad_request_error' });
      expect(String(error['param'])).toMatch(new RegExp(`^${field}\\b`));
    }
    expect((await get(app, '/key/list')).body['total_count']).toBe(0);
  });

  test('and an update that holds one changes nothing', async () => {
    await using app = await createTestApp();
    const { key } = await generate(app, { key_alias: 'anna', max_budget: 1 });
    const before = (await get(app, `/key/info?key=${key}`)).text;
    for (const [field, value] of cases) {
      if (field === 'key') continue;
      expect([
        field,
        value,
        (await post(app, '/key/update', { key, metadata: { changed: true }, [field]: value })).status,
      ]).toEqual([field, value, 400]);
    }
    expect((await get(app, `/key/info?key=${key}`)).text).toBe(before);
  });

  test('at the bound it is taken', async () => {
    await using app = await createTestApp();
    await generate(app, { max_budget: 9_000_000, rpm_limit: 2 ** 31 - 1, key_alias: 'x'.repeat(255) });
    await generate(app, { key: 'x'.repeat(512), models: Array.from({ length: 1_000 }, (_, index) => `m${index}`) });
    await generate(app, { key: 'x'.repeat(16), metadata: nested(KEPT_DEPTH_MAX - 1) });
  });
});

describe('JSON that no serialiser writes', () => {
  test.each([
    ['{"max_budget":1e309}', 400],
    ['{"max_budget":NaN}', 400],
    ['{"max_budget":-0}', 200],
    ['{"max_budget":1,"max_budget":2}', 200],
    ['{"key_alias":"a","key_alias":["b"]}', 400],
    ['[]', 400],
    ['"text"', 400],
    ['null', 400],
    ['', 400],
    ['{', 400],
    ['{} {}', 400],
    ['\ufeff{"max_budget":1}', 200],
    [`{"metadata":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 400],
    [`{"x":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`, 400],
  ])('%s', async (body, expected) => {
    await using app = await createTestApp();
    const { status, error } = await postText(app, '/key/generate', body);
    expect(status).toBe(expected);
    if (expected !== 200)
      expect(error).toMatchObject({ code: '400', type: 'bad_request_error', message: expect.any(String) });
  });

  test('of two equal names the last one counts', async () => {
    await using app = await createTestApp();
    expect((await postText(app, '/key/generate', '{"max_budget":1,"max_budget":2}')).body['max_budget']).toBe(2);
  });

  test('a body above 256 KiB is 413, another type 415', async () => {
    await using app = await createTestApp();
    const large = await post(app, '/key/generate', { metadata: { a: 'x'.repeat(300_000) } });
    expect([large.status, large.error['code']]).toEqual([413, '413']);
    const form = await app.request('/key/generate', {
      method: 'POST',
      body: 'key_alias=a',
      token: ADMIN_KEY,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(form.status).toBe(415);
  });
});

describe('the other addresses', () => {
  test('an update without a key, or with one that is none', async () => {
    await using app = await createTestApp();
    for (const body of [{ rpm_limit: 1 }, { key: null }, { key: '' }, { key: 7 }, { key: ['a'] }])
      expect((await post(app, '/key/update', body)).status).toBe(400);
    for (const path of ['/key/block', '/key/unblock']) expect((await post(app, path, {})).status).toBe(400);
  });

  test('a deletion of nothing, of both kinds, or of more than a hundred', async () => {
    await using app = await createTestApp();
    const { key } = await generate(app, { key_alias: 'anna' });
    const keys = Array.from({ length: KEYS_MAX + 1 }, () => key);
    for (const body of [
      {},
      { keys: [] },
      { keys: [key], key_aliases: ['anna'] },
      { keys },
      { keys: key },
      { keys: [null] },
    ])
      expect((await post(app, '/key/delete', body)).status).toBe(400);
    expect((await get(app, `/key/info?key=${key}`)).status).toBe(200);
    expect((await post(app, '/key/delete', { keys: keys.slice(1) })).status).toBe(200);
  });

  test.each([
    'page=0',
    'page=-1',
    'page=1e9',
    'page=1.5',
    'page=abc',
    'page=',
    'page=9999999',
    'size=0',
    'size=101',
    'size=1000000000',
    'sort_by=key_hash;drop',
    'sort_by=litellm_extra',
    'sort_order=up',
    'status=active',
    'key_hash=%25',
    'return_full_object=maybe',
    'user_id=%00',
    'key_alias=',
  ])('a list with %s', async (query) => {
    await using app = await createTestApp();
    const { status, error } = await get(app, `/key/list?${query}`);
    expect([status, error['code']]).toEqual([400, '400']);
  });
});

test('the refusal comes in the caller’s language, with an English code', async () => {
  await using app = await createTestApp();
  const messages: string[] = [];
  for (const language of ['zh-CN', 'zh-TW', 'en', '*']) {
    const response = await app.request('/key/generate', {
      json: { duration: 'soon' },
      token: ADMIN_KEY,
      headers: { 'accept-language': language },
    });
    const { error } = (await response.json()) as { error: Record<string, string> };
    expect(error).toEqual({ message: expect.any(String), type: 'bad_request_error', param: 'duration', code: '400' });
    messages.push(error['message']!);
  }
  expect(messages[0]).toContain('参数 duration 有误');
  expect(messages[1]).toContain('參數 duration 有誤');
  expect(messages[2]).toContain('The parameter duration is not valid');
  expect(messages[3]).toBe(messages[0]!);
});
