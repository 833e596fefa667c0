// Hostile tests S18–S20 and S22 for /key/*; S07–S09 are in the 401 file, S10 in litellm.timing.test.ts.
import { describe, expect, test } from 'bun:test';

import { generate, get, post, postText } from '../testing/litellm.ts';
import { addPlan } from '../testing/passes.ts';
import { addUser } from '../testing/people.ts';
import { createTestApp } from '../testing/test-app.ts';

const row = async (app: Awaited<ReturnType<typeof createTestApp>>, token: string) =>
  app.ctx.db.selectFrom('passes').selectAll().where('tokenHash', '=', token).executeTakeFirstOrThrow();

describe('S18: fields that only the server sets', () => {
  const forged = async (app: Awaited<ReturnType<typeof createTestApp>>) => ({
    id: 'pass_forged',
    public_id: 'forged',
    publicId: 'forged',
    token: 'f'.repeat(64),
    token_id: 'f'.repeat(64),
    token_hash: 'f'.repeat(64),
    tokenHash: 'f'.repeat(64),
    key_name: 'forged',
    keyName: 'forged',
    spend: -1_000_000,
    settled_nanos: -1,
    spent: -1,
    role: 'admin',
    user_role: 'proxy_admin',
    isAdmin: true,
    owner: await addUser(app.ctx, { role: 'admin' }),
    userId: await addUser(app.ctx, { role: 'admin' }),
    planId: await addPlan(app.ctx),
    classroomId: 'class_x',
    seatId: 'seat_x',
    status: 'active',
    blockedBy: null,
    blocked_by: null,
    createdAt: 0,
    created_at: 0,
    created_by: 'somebody',
    updated_at: 0,
    expires: '2099-01-01T00:00:00Z',
    expires_at: 9_999_999_999_999,
    expiresAt: 9_999_999_999_999,
    budget_reset_at: '2000-01-01T00:00:00Z',
    budgetNanos: 9_999_999_999,
    litellm_extra: { permissions: { access_schedule: 'x' }, user_id: 'admin' },
    litellmExtra: '{}',
    contentPolicy: 'full',
    constructor: { prototype: { isAdmin: true } },
  });

  test('are without effect at creation and at update', async () => {
    await using app = await createTestApp();
    const fields = await forged(app);
    const { key, token } = await generate(app, { ...fields, key_alias: 'anna' });
    const before = await row(app, token);
    expect(before).toMatchObject({
      alias: 'anna',
      planId: null,
      userId: null,
      seatId: null,
      classroomId: null,
      expiresAt: null,
      budgetNanos: null,
      contentPolicy: null,
      status: 'active',
      createdBy: 'litellm_admin_key',
      createdAt: app.clock.now(),
    });
    expect(before.id).not.toBe(fields.id);
    expect(before.tokenHash).toBe(new Bun.CryptoHasher('sha256').update(key).digest('hex'));
    await post(app, '/key/block', { key });
    app.clock.advance(1_000);
    expect((await post(app, '/key/update', { ...fields, key })).status).toBe(200);
    expect(await row(app, token)).toEqual({
      ...before,
      status: 'blocked',
      blockedBy: 'administration',
      updatedAt: app.clock.now(),
    });
    const info = (await get(app, `/key/info?key=${key}`)).body['info'] as Record<string, unknown>;
    expect(info).toMatchObject({
      spend: 0,
      expires: null,
      user_id: null,
      created_by: 'litellm_admin_key',
      blocked: true,
    });
    expect(info).not.toContainAnyKeys(['role', 'isAdmin', 'owner', 'id', 'token']);
  });

  test('__proto__ in every object pollutes nothing', async () => {
    await using app = await createTestApp();
    const evil = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"x":1}';
    const body = `{"__proto__":{"polluted":1,"max_budget":5},"metadata":${evil},"aliases":{"__proto__":"a"},"permissions":${evil},"config":${evil},"anything":${evil}}`;
    const { status, body: made } = await postText(app, '/key/generate', body);
    expect(status).toBe(200);
    expect(made['max_budget']).toBeNull();
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    const principal = (await app.ctx.passes.find(String(made['key'])))!;
    expect(principal.modelAliases['polluted']).toBeUndefined();
    expect(principal.levels[0]!.budgetNanos).toBeNull();
  });
});

describe('S19: what was stored is what was meant', () => {
  test('a number that looks like a name stays a name', async () => {
    await using app = await createTestApp();
    for (const alias of ['007', '1e3', 'true', 'null', 'NaN', '-0'])
      expect((await generate(app, { key_alias: alias })).body['key_alias']).toBe(alias);
  });

  test('kept values come back to the letter', async () => {
    await using app = await createTestApp();
    const metadata = {
      text: '\u0000\ud800 "quote" \\ </script> 👩‍🏫',
      list: [1e21, -0.5, null, true],
      empty: {},
      'odd key': '=1+1',
    };
    const { key } = await generate(app, { metadata, odd: metadata });
    const info = (await get(app, `/key/info?key=${key}`)).body['info'] as Record<string, unknown>;
    expect(info['metadata']).toEqual(metadata);
    expect(info['litellm_extra']).toEqual({ odd: metadata });
  });
});

describe('S20: no answer but the creating one holds a key', () => {
  test('not in any answer, log line or audit row', async () => {
    await using app = await createTestApp();
    const secrets = ['sk-canary-own-key-000001', 'sk-canary-own-key-000002'];
    const texts: string[] = [];
    const call = async (path: string, json: unknown) => texts.push((await post(app, path, json)).text);
    const made = await post(app, '/key/generate', { key: secrets[0], key_alias: 'anna' });
    expect(made.text).toContain(secrets[0]!);
    await generate(app, { key: secrets[1] });
    const { key } = await generate(app, { key_alias: 'berta' });
    secrets.push(key, key.split('-')[3]!);
    for (const secret of secrets.slice(0, 3)) {
      await call('/key/update', { key: secret, rpm_limit: 5 });
      await call('/key/update', { key: secret, key_alias: 'anna' });
      await call('/key/update', { key: secret, rpm_limit: secret });
      await call('/key/block', { key: secret });
      await call('/key/unblock', { key: secret });
      await call('/key/generate', { key: secret });
      texts.push((await get(app, `/key/info?key=${secret}`)).text);
      texts.push((await get(app, '/key/info', secret)).text);
      texts.push((await get(app, `/key/list?key_alias=${secret}`)).text);
      await call('/key/delete', { keys: [secret, 'sk-unknown-key'] });
    }
    texts.push((await get(app, '/key/list?return_full_object=true')).text);
    await call('/key/delete', { keys: [secrets[0], key] });
    texts.push(JSON.stringify(app.logs));
    texts.push(JSON.stringify(await app.ctx.db.selectFrom('audit').selectAll().execute()));
    texts.push(JSON.stringify(await app.ctx.db.selectFrom('passes').selectAll().execute()));
    for (const text of texts) for (const secret of secrets) expect(text).not.toContain(secret);
  });
});

describe('S22: limits that make no sense', () => {
  test('neither a lowered nor a removed budget leaves an amount that cannot be kept', async () => {
    await using app = await createTestApp();
    const { key, token } = await generate(app, { max_budget: 1 });
    for (const wrong of [-1, -0.000000001, 1e16, 0.0000000005, '1', null]) {
      await post(app, '/key/update', { key, max_budget: wrong });
      const { budgetNanos } = await row(app, token);
      expect(budgetNanos === null || (Number.isSafeInteger(budgetNanos) && budgetNanos >= 0)).toBe(true);
    }
    expect((await row(app, token)).budgetNanos).toBeNull();
  });

  test('a top-up that arrives before and after a cut ends at the last one', async () => {
    await using app = await createTestApp();
    const { key } = await generate(app, { max_budget: 1 });
    for (const dollars of [5, 0.5, 5, 0]) {
      await post(app, '/key/update', { key, max_budget: dollars });
      expect((await app.ctx.passes.find(key))!.levels[0]!.budgetNanos).toBe(dollars * 1e9);
    }
  });

  test('an expiry is counted from now, never from what the caller says is now', async () => {
    await using app = await createTestApp();
    const response = await app.request('/key/generate', {
      json: { duration: '1h' },
      token: 'sk-test-admin-key-0123456789',
      headers: { date: 'Mon, 01 Jan 2035 00:00:00 GMT' },
    });
    expect(((await response.json()) as { expires: string }).expires).toBe('2026-11-21T03:00:00.000+00:00');
  });
});
