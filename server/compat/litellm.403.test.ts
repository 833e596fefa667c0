import { expect, test } from 'bun:test';

import { generate, read } from '../testing/litellm.ts';
import { signInAs } from '../testing/people.ts';
import { createTestApp } from '../testing/test-app.ts';

const ADMIN_ADDRESSES: [method: string, path: string][] = [
  ['POST', '/key/generate'],
  ['POST', '/key/update'],
  ['POST', '/key/delete'],
  ['POST', '/key/block'],
  ['POST', '/key/unblock'],
  ['GET', '/key/list'],
];

test('a pass may change nothing, not even itself, and a login below admin may neither', async () => {
  await using app = await createTestApp();
  const { key, token } = await generate(app, { key_alias: 'anna', max_budget: 1 });
  const callers = [key];
  for (const role of ['teacher', 'student', 'user'] as const) callers.push((await signInAs(app.ctx, role)).token);
  for (const [method, path] of ADMIN_ADDRESSES) {
    for (const caller of callers) {
      const body = JSON.stringify({ key: token, keys: [token], max_budget: 100, blocked: false });
      const { status, error } = await read(
        app.request(path, { method, token: caller, ...(method === 'POST' ? { body } : {}) }),
      );
      expect([path, status, error['code'], error['type']]).toEqual([path, 403, '403', 'auth_error']);
    }
  }
  const rows = await app.ctx.db.selectFrom('passes').select(['alias', 'budgetNanos', 'status']).execute();
  expect(rows).toEqual([{ alias: 'anna', budgetNanos: 1_000_000_000, status: 'active' }]);
});

test('a login below admin is told nothing about any key', async () => {
  await using app = await createTestApp();
  const { key } = await generate(app);
  for (const role of ['teacher', 'student', 'user'] as const) {
    const { token, userId } = await signInAs(app.ctx, role);
    const own = await generate(app, { user_id: userId });
    for (const asked of [key, own.key, 'sk-unknown-key'])
      expect((await app.request(`/key/info?key=${asked}`, { token })).status).toBe(403);
  }
});

test('a disabled administrator and one who lost the role are out at once', async () => {
  await using app = await createTestApp();
  const [disabled, demoted] = [await signInAs(app.ctx, 'admin'), await signInAs(app.ctx, 'admin')];
  for (const { token } of [disabled, demoted]) expect((await app.request('/key/list', { token })).status).toBe(200);
  await app.ctx.db.updateTable('users').set({ status: 'disabled' }).where('id', '=', disabled.userId).execute();
  await app.ctx.db.updateTable('users').set({ role: 'teacher' }).where('id', '=', demoted.userId).execute();
  app.ctx.events.emit({ type: 'user.changed', userId: disabled.userId });
  for (const { token } of [disabled, demoted]) expect((await app.request('/key/list', { token })).status).toBe(403);
});
