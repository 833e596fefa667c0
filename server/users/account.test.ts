import { expect, test } from 'bun:test';

import { addPass } from '../testing/passes.ts';
import { addUser, signInAs } from '../testing/people.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

const PASSWORD = 'correct horse';

const codeOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code;
const me = (app: TestApp, token: string) => app.request('/api/auth/me', { token });

async function withPassword(app: TestApp, fields = {}) {
  const userId = await addUser(app.ctx, { passwordHash: await app.ctx.passwords.hash(PASSWORD), ...fields });
  return { userId, token: await app.ctx.logins.issue(userId) };
}

test('S14: signing out everywhere ends every sign-in at once, and a new one works', async () => {
  await using app = await createTestApp();
  const { userId, token } = await signInAs(app.ctx, 'teacher');
  const other = await app.ctx.logins.issue(userId);
  const neighbour = await signInAs(app.ctx, 'teacher');
  const out = await app.request('/api/auth/logout-everywhere', { method: 'POST', token });
  expect(out.status).toBe(200);
  for (const ended of [token, other]) expect((await me(app, ended)).status).toBe(401);
  expect((await me(app, neighbour.token)).status).toBe(200);
  app.clock.advance(1);
  expect((await me(app, await app.ctx.logins.issue(userId))).status).toBe(200);
});

test('the account page learns how one signs in and how long records are kept, and no secret', async () => {
  await using app = await createTestApp({ LOG_RETENTION_DAYS: '30' });
  const { token } = await withPassword(app, { email: 'p@example.com', username: 'p' });
  const text = await (await app.request('/api/auth/account', { token })).text();
  expect(JSON.parse(text)).toMatchObject({
    email: 'p@example.com',
    username: 'p',
    role: 'user',
    has_password: true,
    has_oidc: false,
    last_login_at: null,
    log_retention_days: 30,
  });
  expect(text).not.toContain('$2');
});

test('a closed account is gone: sign-in, passes, words; the ledger’s numbers stay and the audit tells only the id', async () => {
  await using app = await createTestApp();
  const { userId, token } = await withPassword(app, { email: 'gone@example.com' });
  const { db } = app.ctx;
  await addWords(app, userId);
  const { key } = await addPass(app.ctx, { userId });
  const models = () => app.request('/v1/models', { token: key });
  expect((await models()).status).toBe(200);
  expect(await codeOf(await app.request('/api/auth/close', { json: {}, token }))).toBe('login_failed');
  expect(await codeOf(await app.request('/api/auth/close', { json: { password: 'wrong one' }, token }))).toBe(
    'login_failed',
  );
  expect((await app.request('/api/auth/close', { json: { password: PASSWORD }, token })).status).toBe(200);
  expect((await me(app, token)).status).toBe(401);
  expect((await models()).status).toBe(401);
  const login = { email: 'gone@example.com', password: PASSWORD };
  expect(await codeOf(await app.request('/api/auth/login', { json: login }))).toBe('login_failed');
  for (const table of ['users', 'sessions', 'turns', 'submissions'] as const)
    expect([table, await db.selectFrom(table).select('id').execute()]).toEqual([table, []]);
  const [audit] = await db.selectFrom('audit').selectAll().where('action', '=', 'user.delete').execute();
  expect(JSON.stringify(audit)).not.toContain('gone@example.com');
  expect(audit).toMatchObject({ actorId: userId });
});

test('the last administrator cannot go; of two who go at once one stays', async () => {
  await using app = await createTestApp();
  const one = await signInAs(app.ctx, 'admin');
  expect(await codeOf(await app.request('/api/auth/close', { json: {}, token: one.token }))).toBe('last_admin');
  const two = await signInAs(app.ctx, 'admin');
  const answers = await Promise.all([one, two].map(({ token }) => app.request('/api/auth/close', { json: {}, token })));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  expect(await app.ctx.db.selectFrom('users').select('id').execute()).toHaveLength(1);
});

test('a guessed password to delete an account is slowed down like a sign-in', async () => {
  await using app = await createTestApp();
  const { token } = await withPassword(app);
  const statuses = [];
  for (let i = 0; i < 6; i++)
    statuses.push((await app.request('/api/auth/close', { json: { password: `wrong ${i}` }, token })).status);
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
});

test('the export holds all one’s rows over several pages, nobody else’s, and no secret', async () => {
  await using app = await createTestApp();
  const { userId, token } = await withPassword(app, { email: 'me@example.com' });
  const other = await addUser(app.ctx, {});
  await addWords(app, userId, 1_203);
  await addWords(app, other, 3);
  const response = await app.request('/api/auth/export', { token });
  expect(response.headers.get('content-disposition')).toContain('attachment');
  const text = await response.text();
  const data = JSON.parse(text) as Record<string, { id: string }[]>;
  expect(data.turns).toHaveLength(1_203);
  expect(new Set(data.turns!.map(({ id }) => id)).size).toBe(1_203);
  expect(data.sessions).toHaveLength(1);
  expect(data.submissions).toHaveLength(1);
  expect(data.account).toMatchObject({ id: userId, email: 'me@example.com' });
  expect(text).not.toContain(other);
  expect(text).not.toMatch(/hash|\$2[aby]\$/i);
});

/** A session with turns, and a submission. */
async function addWords(app: TestApp, userId: string, turns = 2): Promise<void> {
  const { db, ids, clock } = app.ctx;
  const sessionId = ids.next('ses');
  const now = clock.now();
  const none = { seatId: null, passId: null, classroomId: null, chatId: null, assignmentId: null };
  await db
    .insertInto('sessions')
    .values({
      id: sessionId,
      userId,
      ...none,
      mode: 'chat',
      startedAt: now,
      endedAt: null,
      policySnapshot: '{}',
      meta: '{}',
    })
    .execute();
  for (let i = 0; i < turns; i += 100) {
    const rows = Array.from({ length: Math.min(100, turns - i) }, (_, n) => ({
      id: ids.next('turn'),
      sessionId,
      callId: null,
      userId,
      seatId: null,
      role: 'user',
      content: `words of ${userId} ${i + n}`,
      toolCalls: null,
      model: null,
      tokensIn: 1,
      tokensOut: 0,
      costNanos: 0,
      createdAt: now,
      meta: '{}',
    }));
    await db.insertInto('turns').values(rows).execute();
  }
  const room = ids.next('cls');
  await db
    .insertInto('classrooms')
    .values({
      id: room,
      name: room,
      ownerUserId: null,
      planId: null,
      locale: null,
      timeZone: null,
      joinCodeHash: null,
      systemPrompt: null,
      pausedAt: null,
      status: 'active',
      metadata: '{}',
      createdAt: now,
      updatedAt: now,
    } as never)
    .execute();
  const assignmentId = ids.next('asg');
  await db
    .insertInto('assignments')
    .values({
      id: assignmentId,
      classroomId: room,
      title: 't',
      body: '',
      model: null,
      systemPrompt: null,
      rubricId: null,
      dueAt: null,
      status: 'open',
      createdBy: null,
      meta: '{}',
      createdAt: now,
      updatedAt: now,
    })
    .execute();
  await db
    .insertInto('submissions')
    .values({
      id: ids.next('sub'),
      assignmentId,
      seatId: null,
      userId,
      sessionId,
      content: 'mine',
      status: 'submitted',
      submittedAt: now,
      createdAt: now,
      updatedAt: now,
    })
    .execute();
}
