// S03, S05, S06: a teacher at the classes of another, a teacher just taken off a class, a closed class. What is not
// theirs answers to the letter like what is not there, and no refused request leaves a trace.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { sql } from 'kysely';

import { ownClassroomRoutes } from '../classrooms/own-routes.ts';
import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { addUser, signInAs } from '../testing/people.ts';
import { type Send, sender, type Taught, teach } from '../testing/teaching.ts';

let gateway: GatewayApp;
let send: Send;
let mine: Taught;
let theirs: Taught;

beforeEach(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m');
  send = sender(gateway);
  mine = await teach(gateway, '7a', ['Ming', 'Hong']);
  theirs = await teach(gateway, '7b', ['Ming', 'Lan']);
  await (await gateway.chat(theirs.passes[0]!.key)).text();
});
afterEach(() => gateway[Symbol.asyncDispose]());

/** A body that the address takes from whoever may. */
function bodyFor(path: string, { passes, planId }: Taught): unknown {
  const named = passes.map(({ id }) => id);
  if (path.endsWith('/extend')) return { passes: named, days: 3 };
  if (/\/(block|unblock|rotate)$/.test(path)) return { passes: named };
  if (path.endsWith('/passes')) return { names: ['Eve'] };
  if (path.endsWith('/codes')) return { count: 1 };
  return { name: 'Mine now', plan_id: planId };
}

const IN_CLASS = ownClassroomRoutes.filter(({ path }) => path.includes(':classroom'));

function ask(token: string, route: (typeof IN_CLASS)[number], taught: Taught, classroomId = taught.classroom.id) {
  const path = route.path.replace(':classroom', classroomId).replace(':code', taught.codes[0]!.id);
  const method = route.method.toUpperCase();
  return send(token, method, path, ['GET', 'DELETE'].includes(method) ? undefined : bodyFor(route.path, taught));
}

async function told(response: Response): Promise<[number, unknown]> {
  const { error } = (await response.json()) as { error: object };
  return [response.status, { ...error, request_id: undefined }];
}

async function everyRow(): Promise<Record<string, unknown>> {
  const db = gateway.app.ctx.database.raw;
  const rows: Record<string, unknown> = {};
  for (const { name } of await db.introspection.getTables())
    rows[name] = (await sql`select * from ${sql.table(name)}`.execute(db)).rows;
  return rows;
}

const NAMED = IN_CLASS.map((route) => [`${route.method.toUpperCase()} ${route.path}`, route] as const);

describe('S03: another’s class answers like one that is not there, and nothing changes:', () => {
  test.each(NAMED)('%s', async (_, route) => {
    const before = await everyRow();
    const foreign = await told(await ask(mine.token, route, theirs));
    const absent = await told(await ask(mine.token, route, theirs, `class_${'0'.repeat(32)}`));
    expect(foreign[0]).toBe(404);
    expect(foreign).toEqual(absent);
    expect(await everyRow()).toEqual(before);
    // The same request is taken from who may make it, so the refusal is about whose the class is.
    expect((await ask(theirs.token, route, theirs)).status).toBeLessThan(300);
  });

  test('and it is in no list', async () => {
    const list = async (token: string) =>
      ((await (await send(token, 'GET', '/api/classrooms')).json()) as { data: { name: string }[] }).data;
    expect((await list(mine.token)).map(({ name }) => name)).toEqual(['7a']);
    const stranger = await signInAs(gateway.app.ctx, 'teacher');
    expect(await list(stranger.token)).toEqual([]);
    expect((await list(gateway.admin)).map(({ name }) => name)).toEqual(['7a', '7b']);
  });
});

describe('S03: a co-teacher', () => {
  const assign = (teachers: string[]) =>
    send(gateway.admin, 'PUT', `/api/admin/classrooms/${theirs.classroom.id}`, { teacher_ids: teachers });

  test.each(NAMED)('may, and a moment after being taken off may not: %s', async (_, route) => {
    expect((await assign([theirs.userId, mine.userId])).status).toBe(200);
    if (route.method === 'get') expect((await ask(mine.token, route, theirs)).status).toBe(200);
    else expect((await send(mine.token, 'GET', `/api/classrooms/${theirs.classroom.id}/usage`)).status).toBe(200);
    expect((await assign([theirs.userId])).status).toBe(200);
    const before = await everyRow();
    expect((await ask(mine.token, route, theirs)).status).toBe(404);
    expect(await everyRow()).toEqual(before);
  });

  test('is refused by the database’s word, whatever this process remembers of their sign-in', async () => {
    await assign([theirs.userId, mine.userId]);
    const path = `/api/classrooms/${theirs.classroom.id}/passes`;
    expect((await send(mine.token, 'GET', path)).status).toBe(200);
    const { db } = gateway.app.ctx;
    // As another process would write it: nothing here is told of it.
    const users = () => db.updateTable('users').where('id', '=', mine.userId);
    await users().set({ role: 'student' }).execute();
    expect((await send(mine.token, 'POST', path, { names: ['Eve'] })).status).toBe(404);
    expect((await send(mine.token, 'POST', '/api/classrooms', { name: 'x', plan_id: mine.planId })).status).toBe(403);
    await users().set({ role: 'teacher', status: 'disabled' }).execute();
    expect((await send(mine.token, 'GET', path)).status).toBe(404);
    await users().set({ status: 'active' }).execute();
    expect((await send(mine.token, 'GET', path)).status).toBe(200);
    await db.deleteFrom('classroomTeachers').where('userId', '=', mine.userId).execute();
    expect((await send(mine.token, 'GET', path)).status).toBe(404);
  });

  test('who is taken off while requests of theirs run gets all of a request or nothing', async () => {
    await assign([theirs.userId, mine.userId]);
    const path = `/api/classrooms/${theirs.classroom.id}/passes`;
    const answers = await Promise.all([
      ...Array.from({ length: 5 }, (_, i) => send(mine.token, 'POST', path, { names: [`a${i}`, `b${i}`] })),
      assign([theirs.userId]),
      ...Array.from({ length: 5 }, (_, i) => send(mine.token, 'POST', path, { names: [`c${i}`, `d${i}`] })),
    ]);
    const made = answers.filter(({ status }) => status === 201).length;
    expect(answers.map(({ status }) => status).every((status) => [200, 201, 404].includes(status))).toBe(true);
    const { db } = gateway.app.ctx;
    const rows = await db.selectFrom('passes').select('id').where('classroomId', '=', theirs.classroom.id).execute();
    expect(rows).toHaveLength(2 + 2 * made);
    const seats = await db.selectFrom('seats').select('id').where('classroomId', '=', theirs.classroom.id).execute();
    expect(seats).toHaveLength(2 + 2 * made);
  });
});

describe('S03: a closed class', () => {
  const READS = NAMED.filter(([, { method }]) => method === 'get');
  const WRITES = NAMED.filter(([, { method }]) => method !== 'get');
  beforeEach(async () => {
    const path = `/api/classrooms/${mine.classroom.id}`;
    expect((await send(mine.token, 'PUT', path, { closed: true })).status).toBe(200);
  });

  test.each(READS)('is looked at: %s', async (_, route) => {
    expect((await ask(mine.token, route, mine)).status).toBe(200);
  });
  test.each(WRITES)('is not changed: %s', async (_, route) => {
    const before = await everyRow();
    expect((await told(await ask(mine.token, route, mine)))[1]).toMatchObject({ code: 'classroom_closed' });
    expect(await everyRow()).toEqual(before);
  });
  test('does not tell strangers that it is closed', async () => {
    for (const [, route] of WRITES) expect((await ask(theirs.token, route, mine)).status).toBe(404);
  });
  test('lets no call in and redeems no code, is not opened by its teacher, and opens again by an administrator', async () => {
    const [pass, code] = [mine.passes[0]!.key, mine.codes[0]!.code];
    const redeem = () => gateway.app.request('/api/v1/activate', { json: { code } });
    expect([(await gateway.chat(pass)).status, (await redeem()).status]).toEqual([403, 403]);
    for (const body of [{ closed: false }, { paused: false }, { name: 'x' }])
      expect([400, 403]).toContain(
        (await send(mine.token, 'PUT', `/api/classrooms/${mine.classroom.id}`, body)).status,
      );
    const admins = `/api/admin/classrooms/${mine.classroom.id}`;
    expect((await send(gateway.admin, 'PUT', admins, { closed: false })).status).toBe(200);
    expect([(await gateway.chat(pass)).status, (await redeem()).status]).toEqual([200, 200]);
  });
});

describe('S06: ids mixed', () => {
  const own = () => `/api/classrooms/${mine.classroom.id}`;
  const ids = (...taught: Taught[]) => taught.flatMap(({ passes }) => passes.map(({ id }) => id));

  test.each(['block', 'unblock', 'extend', 'rotate'])('%s of own and foreign passes is refused whole', async (verb) => {
    const more = verb === 'extend' ? { days: 3 } : {};
    const before = await everyRow();
    const lists = [
      [...ids(mine), theirs.passes[0]!.id],
      [theirs.passes[0]!.id, ...ids(mine)],
      ids(theirs),
      [...ids(mine), `pass_${'0'.repeat(32)}`],
      [...ids(mine), theirs.codes[0]!.id],
      [...ids(mine), theirs.classroom.id],
    ];
    const answers = [];
    for (const passes of lists)
      answers.push(await told(await send(mine.token, 'POST', `${own()}/passes/${verb}`, { passes, ...more })));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]![0]).toBe(404);
    expect(await everyRow()).toEqual(before);
    expect((await send(mine.token, 'POST', `${own()}/passes/${verb}`, { passes: ids(mine), ...more })).status).toBe(
      200,
    );
  });

  test('a code of another class is not revoked under one’s own, and its pass goes on', async () => {
    const { code, id } = theirs.codes[0]!;
    const redeemed = await gateway.app.request('/api/v1/activate', { json: { code } });
    const { key } = (await redeemed.json()) as { key: string };
    expect((await send(mine.token, 'DELETE', `${own()}/codes/${id}`)).status).toBe(404);
    expect((await gateway.chat(key)).status).toBe(200);
  });

  test('revoking a code does not block a pass that was moved to another class since', async () => {
    const { code, id } = mine.codes[0]!;
    const redeemed = await gateway.app.request('/api/v1/activate', { json: { code } });
    const { key } = (await redeemed.json()) as { key: string };
    await send(gateway.admin, 'POST', '/key/update', { key, team_id: theirs.classroom.id });
    expect((await send(mine.token, 'DELETE', `${own()}/codes/${id}`)).status).toBe(200);
    expect((await gateway.chat(key)).status).toBe(200);
  });

  test('a pass that was moved is its new class’s at once, with its seat, and what it did before is not told there', async () => {
    const [moved] = theirs.passes;
    await send(gateway.admin, 'POST', '/key/update', { key: moved!.key, team_id: mine.classroom.id });
    const block = (token: string, id: string) =>
      send(token, 'POST', `/api/classrooms/${id}/passes/block`, { passes: [moved!.id] });
    expect((await block(theirs.token, theirs.classroom.id)).status).toBe(404);
    expect((await block(mine.token, mine.classroom.id)).status).toBe(200);
    const seats = await gateway.app.ctx.db.selectFrom('seats').select(['displayName', 'classroomId']).execute();
    expect(seats.filter(({ classroomId }) => classroomId === mine.classroom.id)).toHaveLength(3);
    for (const what of ['usage', 'calls', 'calls/export']) {
      const response = await send(mine.token, 'GET', `${own()}/${what}`);
      expect(await response.text()).not.toContain(moved!.id);
    }
  });

  test('a cursor from another class, a class named by another’s id, a filter for another’s pass: only one’s own rows', async () => {
    for (const { key } of mine.passes) await (await gateway.chat(key)).text();
    // The class is called like the other’s id: the log finds classes by id alone.
    await send(mine.token, 'PUT', own(), { name: theirs.classroom.id });
    await (await gateway.chat(mine.passes[0]!.key)).text();
    const row = (await gateway.calls()).find(({ classroomId }) => classroomId === theirs.classroom.id)!;
    const cursor = `${(row.openedAt + 60_000).toString(36)}.${row.id}`;
    const data = async (token: string, path: string) =>
      ((await (await send(token, 'GET', path)).json()) as { data: { pass_id?: string; id: string }[] }).data;
    const calls = await data(mine.token, `${own()}/calls?cursor=${cursor}`);
    expect(calls).toHaveLength(3);
    expect(calls.every(({ pass_id }) => ids(mine).includes(pass_id!))).toBe(true);
    expect(await data(mine.token, `${own()}/calls?pass=${theirs.passes[0]!.id}`)).toEqual([]);
    expect(await data(theirs.token, `/api/classrooms/${theirs.classroom.id}/calls`)).toHaveLength(1);
    const [newest] = theirs.passes.toSorted((a, b) => (a.id < b.id ? 1 : -1));
    const passes = await data(mine.token, `${own()}/passes?cursor=${newest!.id}`);
    expect(passes.map(({ id }) => id).toSorted()).toEqual(ids(mine).toSorted());
    const codes = await data(mine.token, `${own()}/codes?cursor=${theirs.codes[1]!.id}`);
    expect(codes.every(({ id }) => mine.codes.some((code) => code.id === id))).toBe(true);
  });

  test.each([
    ['codes', { count: 1, plan_id: 'plan_x' }],
    ['codes', { count: 1, classroom_id: 'class_x' }],
    ['passes', { names: ['Eve'], classroom_id: 'class_x' }],
    ['passes', { names: ['Eve'], plan_id: 'plan_x' }],
    ['passes', { names: ['Eve'], max_budget: 1e6 }],
    ['passes/extend', { passes: ['p'], days: 1, classroom: 'class_x' }],
    ['passes/rotate', { passes: ['p'], key: 'sk-my-own-key-0123456789' }],
    ['passes/block', { passes: 'p' }],
    ['passes/block', { passes: [['p']] }],
    ['passes/block', { passes: { 0: 'p', length: 1 } }],
    ['passes/block', { passes: [null] }],
    ['passes/block', { passes: ['p\u0000'] }],
    ['passes', { names: ['E\u0000ve'] }],
    ['passes/block', { passes: [] }],
    ['passes/block', { passes: Array.from({ length: 201 }, (_, i) => `p${i}`) }],
  ])('in a body of %s: %j is refused', async (path, body) => {
    const before = await everyRow();
    expect((await send(mine.token, 'POST', `${own()}/${path}`, body)).status).toBe(400);
    expect(await everyRow()).toEqual(before);
  });

  test.each(['?classroom=', '?team_id=', '?id=', '?classroom_id='])(
    'a class named in the query beside the one in the address (%s) is not looked at',
    async (query) => {
      for (const what of ['calls', 'codes', 'passes', 'usage']) {
        const twice = `${own()}/${what}${query}${theirs.classroom.id}&classroom=${theirs.classroom.id}`;
        expect(await (await send(mine.token, 'GET', twice)).text()).toBe(
          await (await send(mine.token, 'GET', `${own()}/${what}`)).text(),
        );
      }
    },
  );

  test('ways around the address lead nowhere', async () => {
    const other = theirs.classroom.id;
    for (const path of [
      `${own()}/../${other}/passes`,
      `${own()}%2F..%2F${other}/passes`,
      `/api/classrooms/${other}%00/passes`,
      `/api/classrooms/${other.toUpperCase()}/passes`,
      `/api/classrooms/${mine.classroom.id},${other}/passes`,
      `/api/classrooms/%25/passes`,
      `/api/classrooms//passes`,
    ])
      expect([path, [400, 404, 405].includes((await send(mine.token, 'GET', path)).status)]).toEqual([path, true]);
  });
});

test('S05: a teacher’s sign-in opens nothing of the administrator’s, nor do a pass and the admin key open a teacher’s', async () => {
  const { id } = mine.classroom;
  const admins: [string, string, unknown?][] = [
    ['GET', '/api/admin/classrooms'],
    ['PUT', `/api/admin/classrooms/${id}`, { teacher_ids: [mine.userId] }],
    ['DELETE', `/api/admin/classrooms/${id}`],
    ['GET', `/key/list?team_id=${id}`],
    ['POST', '/key/update', { key: mine.passes[0]!.key, max_budget: 100 }],
    ['GET', '/api/admin/logs'],
  ];
  for (const [method, path, body] of admins)
    expect([path, (await send(mine.token, method, path, body)).status]).toEqual([path, 403]);
  for (const token of [mine.passes[0]!.key, 'sk-test-admin-key-0123456789'])
    for (const [, route] of NAMED) expect((await ask(token, route, mine)).status).toBe(401);
});

test('teachers are only teachers who may sign in; the owner is among them, and an empty list leaves the class to administrators', async () => {
  const path = `/api/admin/classrooms/${mine.classroom.id}`;
  const put = async (teacher_ids: unknown) => {
    const response = await send(gateway.admin, 'PUT', path, { teacher_ids });
    const { teachers } = (await response.json()) as { teachers?: { id: string; owner: boolean }[] };
    return [response.status, teachers?.map(({ id, owner }) => `${id}${owner ? ' owner' : ''}`)];
  };
  const { ctx } = gateway.app;
  const pupil = await addUser(ctx, { role: 'student' });
  const gone = await addUser(ctx, { role: 'teacher', status: 'disabled' });
  for (const wrong of [[pupil], [gone], ['user_x'], [theirs.userId, pupil]]) expect((await put(wrong))[0]).toBe(400);
  expect((await put(Array.from({ length: 21 }, () => theirs.userId)))[0]).toBe(400);
  expect(await put([theirs.userId, mine.userId, theirs.userId])).toEqual([
    200,
    [`${mine.userId} owner`, theirs.userId],
  ]);
  expect(await put([theirs.userId])).toEqual([200, [`${theirs.userId} owner`]]);
  expect((await send(mine.token, 'GET', `/api/classrooms/${mine.classroom.id}/passes`)).status).toBe(404);
  expect(await put([])).toEqual([200, []]);
  expect((await send(theirs.token, 'GET', `/api/classrooms/${mine.classroom.id}/passes`)).status).toBe(404);
  expect((await send(gateway.admin, 'GET', `/api/classrooms/${mine.classroom.id}/passes`)).status).toBe(200);
});

test('a teacher who is deleted leaves the class, its passes and its codes to the administrators', async () => {
  expect((await send(gateway.admin, 'DELETE', `/api/admin/users/${mine.userId}`)).status).toBe(200);
  const list = await (await send(gateway.admin, 'GET', '/api/admin/classrooms')).json();
  const [left] = (list as { data: { name: string; teachers: unknown[]; passes: number; open_codes: number }[] }).data;
  expect(left).toMatchObject({ name: '7a', teachers: [], passes: 2, open_codes: 2 });
  expect((await gateway.chat(mine.passes[0]!.key)).status).toBe(200);
});
