import { describe, expect, test } from 'bun:test';

import { effective, limitScopes } from '../plans/rules.ts';
import { ADMIN_KEY, generate, get, post } from '../testing/litellm.ts';
import { addClassroom } from '../testing/passes.ts';
import { addUser, signInAs } from '../testing/people.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

const SCHEDULE = { timezone: 'Asia/Taipei', windows: [{ days: ['mon'], start: '08:00', end: '12:00' }] };

const infoOf = async (app: TestApp, key: string) =>
  (await get(app, `/key/info?key=${key}`)).body['info'] as Record<string, unknown>;

describe('POST /key/generate', () => {
  test('every field that a panel sends is set, and comes back as LiteLLM says it', async () => {
    await using app = await createTestApp();
    const { key, token, body } = await generate(app, {
      key_alias: 'anna',
      duration: '30d',
      models: ['gpt-4o', 'small'],
      max_budget: 1.5,
      budget_duration: '1mo',
      rpm_limit: 5,
      tpm_limit: 6_000,
      max_parallel_requests: 2,
      metadata: { student: 'Anna', seat: 12 },
      aliases: { fast: 'small' },
      permissions: { allow_pii: false, access_schedule: SCHEDULE },
    });
    expect(body).toMatchObject({
      key: expect.stringMatching(/^sk-hp-[0-9a-z]{10}-[0-9a-z]{38}$/),
      key_name: expect.stringMatching(/^sk-hp-[0-9a-z]{10}-\.\.\.[0-9a-z]{4}$/),
      token: new Bun.CryptoHasher('sha256').update(key).digest('hex'),
      token_id: token,
      key_alias: 'anna',
      expires: '2026-12-21T02:00:00.000+00:00',
      created_at: '2026-11-21T02:00:00.000+00:00',
      updated_at: '2026-11-21T02:00:00.000+00:00',
      created_by: 'litellm_admin_key',
      spend: 0,
      max_budget: 1.5,
      budget_duration: '1mo',
      models: ['gpt-4o', 'small'],
      rpm_limit: 5,
      tpm_limit: 6_000,
      max_parallel_requests: 2,
      metadata: { student: 'Anna', seat: 12 },
      aliases: { fast: 'small' },
      permissions: { allow_pii: false, access_schedule: SCHEDULE },
      blocked: false,
      user_id: null,
      team_id: null,
      litellm_budget_table: null,
    });
    const principal = (await app.ctx.passes.find(key))!;
    expect(principal).toMatchObject({
      passName: 'anna',
      expiresAt: Date.UTC(2026, 11, 21, 2),
      modelAliases: { fast: 'small' },
    });
    expect(principal.levels[0]).toMatchObject({
      budgetNanos: 1_500_000_000,
      budgetPeriod: '1mo',
      accessSchedule: SCHEDULE,
      models: ['gpt-4o', 'small'],
    });
    expect(limitScopes(principal)).toMatchObject([{ rpm: 5, tpm: 6_000, maxParallel: 2 }]);
  });

  test('nothing at all makes a pass without limits', async () => {
    await using app = await createTestApp();
    const { key, body } = await generate(app);
    expect(body).toMatchObject({
      key_alias: null,
      expires: null,
      max_budget: null,
      models: [],
      metadata: {},
      aliases: {},
      permissions: {},
      rpm_limit: null,
    });
    const principal = (await app.ctx.passes.find(key))!;
    expect(effective(principal.levels, 'models')).toBeNull();
    expect(limitScopes(principal)).toEqual([]);
  });

  test('zero is a value: a budget of nothing, no requests, no parallel calls', async () => {
    await using app = await createTestApp();
    const { key, body } = await generate(app, { max_budget: 0, rpm_limit: 0, tpm_limit: 0, max_parallel_requests: 0 });
    expect(body).toMatchObject({ max_budget: 0, rpm_limit: 0, tpm_limit: 0, max_parallel_requests: 0 });
    expect((await app.ctx.passes.find(key))!.levels[0]).toMatchObject({
      budgetNanos: 0,
      rpmLimit: 0,
      tpmLimit: 0,
      maxParallel: 0,
    });
  });

  test('money is read to the nano', async () => {
    await using app = await createTestApp();
    const cases: [number, number][] = [
      [0.000000001, 1],
      [0.1, 100_000_000],
      [0.30000000000000004, 300_000_000],
      [1.1, 1_100_000_000],
      [4.35, 4_350_000_000],
      [1_234_567.891, 1_234_567_891_000_000],
      [9_000_000, 9_000_000_000_000_000],
      [-0, 0],
    ];
    for (const [dollars, nanos] of cases) {
      const { key, body } = await generate(app, { max_budget: dollars });
      expect((await app.ctx.passes.find(key))!.levels[0]!.budgetNanos).toBe(nanos);
      expect(Object.is(body['max_budget'], -0)).toBe(false);
    }
  });

  test('an own key value works from the next call on', async () => {
    await using app = await createTestApp();
    const own = 'sk-my-imported-key-1';
    expect(await app.ctx.passes.find(own)).toBeUndefined();
    const { key, body } = await generate(app, { key: own });
    expect(key).toBe(own);
    expect(body['key_name']).toBe('sk-...ey-1');
    expect(await app.ctx.passes.find(own)).toBeDefined();
  });

  test('fields we do not act on are kept and given back; unknown ones apart, in litellm_extra', async () => {
    await using app = await createTestApp();
    const sent = {
      tags: ['a'],
      soft_budget: 3,
      model_max_budget: { m: 1 },
      key_type: 'llm_api',
      guardrails: ['x'],
      send_invite_email: false,
    };
    const { key } = await generate(app, { ...sent, color: 'blue', nested: { deep: [1, { two: null }] } });
    const info = await infoOf(app, key);
    expect(info).toMatchObject({ ...sent, litellm_extra: { color: 'blue', nested: { deep: [1, { two: null }] } } });
  });

  test('a user and a team of ours are linked; other names stay labels without effect', async () => {
    await using app = await createTestApp();
    const [userId, teamId] = [await addUser(app.ctx), await addClassroom(app.ctx)];
    const linked = await generate(app, { user_id: userId, team_id: teamId });
    expect(linked.body).toMatchObject({ user_id: userId, team_id: teamId });
    expect(await app.ctx.passes.find(linked.key)).toMatchObject({ userId, classroomId: teamId });
    const labelled = await generate(app, { user_id: 'student-7@school', team_id: '7a' });
    expect(labelled.body).toMatchObject({ user_id: 'student-7@school', team_id: '7a' });
    expect(await app.ctx.passes.find(labelled.key)).toMatchObject({ userId: null, classroomId: null });
  });

  test('an administrator’s login opens it too, and the audit log says who it was', async () => {
    await using app = await createTestApp();
    const { userId, token } = await signInAs(app.ctx, 'admin');
    const { status, body } = await post(app, '/key/generate', { key_alias: 'anna' }, token);
    expect(status).toBe(200);
    expect(body['created_by']).toBe(userId);
    const rows = await app.ctx.db.selectFrom('audit').selectAll().execute();
    expect(rows).toMatchObject([{ actorId: userId, action: 'pass.create', targetKind: 'pass', ip: '203.0.113.1' }]);
  });
});

describe('GET /key/info', () => {
  test('by key and by hash, the same, and never the key or its hash inside info', async () => {
    await using app = await createTestApp();
    const { key, token } = await generate(app, { key_alias: 'anna' });
    const byKey = await get(app, `/key/info?key=${key}`);
    const byHash = await get(app, `/key/info?key=${token}`);
    expect(byKey.text).toBe(byHash.text);
    expect(byKey.body['key']).toBe(token);
    expect(byKey.body['info']).toMatchObject({ key_alias: 'anna' });
    expect(JSON.stringify(byKey.body['info'])).not.toContain(token);
    expect(byKey.headers.get('cache-control')).toBe('no-store');
  });

  test('a pass may ask about itself, blocked or expired too, and is not told what was kept beside it', async () => {
    await using app = await createTestApp();
    const { key, token } = await generate(app, {
      key_alias: 'anna',
      duration: '1h',
      blocked: true,
      config: { secret: 'canary-1' },
      note: 'canary-2',
    });
    app.clock.advance(2 * 3_600_000);
    for (const path of ['/key/info', `/key/info?key=${key}`, `/key/info?key=${token}`]) {
      const { status, body, text } = await get(app, path, key);
      expect(status).toBe(200);
      expect(body).toMatchObject({ key: token, info: { key_alias: 'anna', blocked: true, spend: 0 } });
      expect(text).not.toContain('canary');
    }
  });
});

describe('POST /key/update', () => {
  test('what is absent stays, null empties, and the next call sees it', async () => {
    await using app = await createTestApp();
    const { key } = await generate(app, {
      key_alias: 'anna',
      models: ['a'],
      max_budget: 2,
      budget_duration: '1d',
      rpm_limit: 5,
      duration: '1d',
      tags: ['x'],
      color: 'blue',
      metadata: { a: 1 },
    });
    await app.ctx.passes.find(key);
    app.clock.advance(1_000);
    const { status, body } = await post(app, '/key/update', {
      key,
      rpm_limit: 9,
      models: ['b'],
      metadata: { b: 2 },
      tags: null,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      key_alias: 'anna',
      models: ['b'],
      max_budget: 2,
      budget_duration: '1d',
      rpm_limit: 9,
      metadata: { b: 2 },
      expires: '2026-11-22T02:00:00.000+00:00',
      updated_at: '2026-11-21T02:00:01.000+00:00',
      litellm_extra: { color: 'blue' },
    });
    expect(body['tags']).toBeUndefined();
    const principal = (await app.ctx.passes.find(key))!;
    expect(effective(principal.levels, 'models')).toEqual(['b']);
    expect(limitScopes(principal)).toMatchObject([{ rpm: 9 }]);

    const emptied = await post(app, '/key/update', {
      key,
      max_budget: null,
      budget_duration: null,
      rpm_limit: null,
      models: [],
      duration: null,
      key_alias: null,
      metadata: null,
      color: null,
    });
    expect(emptied.body).toMatchObject({
      max_budget: null,
      budget_duration: null,
      rpm_limit: null,
      models: [],
      expires: null,
      key_alias: null,
      metadata: {},
      litellm_extra: {},
    });
    expect((await app.ctx.passes.find(key))!.levels[0]).toMatchObject({
      budgetNanos: null,
      models: null,
      rpmLimit: null,
    });
  });

  test('by hash; LiteLLM’s duration -1 is never; a changed alias, owner and class hours hold', async () => {
    await using app = await createTestApp();
    const userId = await addUser(app.ctx);
    const { key, token } = await generate(app, { key_alias: 'anna', duration: '1d', user_id: 'label' });
    const { body } = await post(app, '/key/update', {
      key: token,
      key_alias: 'berta',
      duration: '-1',
      user_id: userId,
      permissions: { access_schedule: SCHEDULE },
    });
    expect(body).toMatchObject({
      key: token,
      key_alias: 'berta',
      expires: null,
      user_id: userId,
      permissions: { access_schedule: SCHEDULE },
    });
    expect(await app.ctx.passes.find(key)).toMatchObject({ passName: 'berta', userId, expiresAt: null });
    const without = await post(app, '/key/update', { key, permissions: {} });
    expect(without.body['permissions']).toEqual({});
  });

  test('fifty at once lose nothing of each other', async () => {
    await using app = await createTestApp();
    const { key } = await generate(app);
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => post(app, '/key/update', { key, [`field_${index}`]: index })),
    );
    expect(Object.keys((await infoOf(app, key))['litellm_extra'] as object)).toHaveLength(50);
  });
});

describe('POST /key/block and /key/unblock', () => {
  test('count for the next call', async () => {
    await using app = await createTestApp();
    const { key, token } = await generate(app);
    expect((await app.ctx.passes.find(key))!.passStatus).toBe('active');
    expect((await post(app, '/key/block', { key })).body).toMatchObject({ token, blocked: true });
    expect((await app.ctx.passes.find(key))!.passStatus).toBe('blocked');
    expect((await post(app, '/key/unblock', { key: token })).body).toMatchObject({ token, blocked: false });
    expect((await app.ctx.passes.find(key))!.passStatus).toBe('active');
  });
});

describe('POST /key/delete', () => {
  test('by key, by hash or by alias; the pass is gone at once', async () => {
    await using app = await createTestApp();
    const passes = [await generate(app), await generate(app), await generate(app, { key_alias: 'carla' })];
    const [first, second, third] = passes;
    for (const { key } of passes) await app.ctx.passes.find(key);
    const byKey = await post(app, '/key/delete', { keys: [first!.key, second!.token] });
    expect(byKey.body).toEqual({ deleted_keys: [first!.token, second!.token] });
    expect((await post(app, '/key/delete', { key_aliases: ['carla'] })).body).toEqual({ deleted_keys: ['carla'] });
    for (const { key } of passes) expect(await app.ctx.passes.find(key)).toBeUndefined();
    expect(third!.token).toHaveLength(64);
  });

  test('the value of a deleted key can be used again', async () => {
    await using app = await createTestApp();
    const own = 'sk-my-imported-key-1';
    await generate(app, { key: own, key_alias: 'anna' });
    await post(app, '/key/delete', { keys: [own] });
    await generate(app, { key: own, key_alias: 'anna' });
    expect(await app.ctx.passes.find(own)).toBeDefined();
  });
});

test('the admin key works in every carrier that clients use', async () => {
  await using app = await createTestApp();
  for (const headers of [
    { authorization: `Bearer ${ADMIN_KEY}` },
    { authorization: `bearer ${ADMIN_KEY}` },
    { 'x-api-key': ADMIN_KEY },
    { 'api-key': ADMIN_KEY },
  ])
    expect((await app.request('/key/list', { headers })).status).toBe(200);
});
