// What a person may take along holds all that is kept about them, also what was said.
import { expect, test } from 'bun:test';

import { addUser, signInAs } from '../testing/people.ts';
import { createGatewayApp } from '../testing/gateway-app.ts';

test('what was said in kept calls, what was found out and own agents are in the export, and only one’s own', async () => {
  await using gateway = await createGatewayApp();
  const { app, admin } = gateway;
  await gateway.addModel('m', { words: ['an answer ', 'to keep'] });
  await app.request('/api/admin/plans/plan_user/quota', {
    method: 'PUT',
    json: { content_policy: 'full' },
    token: admin,
  });
  const [me, other] = [await signInAs(app.ctx, 'user'), await signInAs(app.ctx, 'user')];
  const say = (token: string, content: string) =>
    app.request('/api/chat/completions', { json: { model: 'm', messages: [{ role: 'user', content }] }, token });
  for (const [{ token }, words] of [
    [me, 'my question'],
    [other, 'a stranger’s question'],
  ] as const)
    expect((await say(token, words)).status).toBe(200);
  await app.request('/api/v1/llm/agents', { json: { name: 'helper', model: 'm' }, token: me.token });
  for (const { userId } of [me, other])
    await app.ctx.db
      .insertInto('insights')
      .values({
        ...{ id: app.ctx.ids.next('ins'), classroomId: null, seatId: null, userId, day: '2026-11-28' },
        ...{ kind: 'stuck', body: JSON.stringify({ about: userId }), model: null, callId: null, createdAt: 0 },
      })
      .execute();
  const text = await (await app.request('/api/auth/export', { token: me.token })).text();
  const data = JSON.parse(text) as Record<string, Record<string, string>[]>;
  expect(data.contents).toMatchObject([{ responseText: 'an answer to keep' }]);
  expect(data.contents![0]!.requestJson).toContain('my question');
  expect(data.insights).toMatchObject([{ kind: 'stuck', body: JSON.stringify({ about: me.userId }) }]);
  expect(data.agents).toMatchObject([{ name: 'helper', model: 'm' }]);
  expect(text).not.toContain('stranger');
  expect(text).not.toContain(other.userId);
});

test('S14: whoever is switched off is out at once, and after being switched on again signs in anew', async () => {
  await using gateway = await createGatewayApp();
  const { app, admin } = gateway;
  const userId = await addUser(app.ctx, { role: 'teacher' });
  const old = await app.ctx.logins.issue(userId);
  const me = async (token: string) => (await app.request('/api/auth/me', { token })).status;
  const set = (status: string) =>
    app.request(`/api/admin/users/${userId}`, { method: 'PUT', json: { status }, token: admin });
  expect(await me(old)).toBe(200);
  expect((await set('disabled')).status).toBe(200);
  expect([401, 403]).toContain(await me(old));
  app.clock.advance(60_000);
  expect((await set('active')).status).toBe(200);
  expect(await me(old)).toBe(401);
  expect(await me(await app.ctx.logins.issue(userId))).toBe(200);
});
