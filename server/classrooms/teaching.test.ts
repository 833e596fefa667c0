// What a teacher does in a class of their own, and where a plan and the class's size end it; S21 and S23.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';

import type { ClassroomView, NewCode } from '@hallpass/shared/classrooms.ts';
import { NAMES_MAX } from '@hallpass/shared/lists.ts';
import {
  type ClassCallsPage,
  type ClassPass,
  type ClassUsage,
  GRACE_HOURS_MAX,
  type NewPass,
  TAUGHT_MAX,
} from '@hallpass/shared/teaching.ts';

import { CLASS_SIZE_DEFAULT } from '@hallpass/shared/settings.ts';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { addClassroom, addPlan } from '../testing/passes.ts';
import { addUser } from '../testing/people.ts';
import { sender, type Taught, teach } from '../testing/teaching.ts';

const DAY_MS = 86_400_000;
let gateway: GatewayApp;
let taught: Taught;
let path: string;

beforeEach(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m');
  taught = await teach(gateway, '7a', ['Ming', 'Hong']);
  path = `/api/classrooms/${taught.classroom.id}`;
});
afterEach(() => gateway[Symbol.asyncDispose]());

const send = (method: string, where: string, json?: unknown) => sender(gateway)(taught.token, method, where, json);
const dataOf = async <T>(response: Response) => ((await response.json()) as { data: T }).data;
const problem = async (response: Response) => {
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  return [response.status, error.code];
};
const daysFromNow = (days: number) => new Date(gateway.app.clock.now() + days * DAY_MS).toISOString();

test('a class made by a teacher is theirs, on the plan; its passes carry the students’ names into the log', async () => {
  expect(taught.classroom).toMatchObject({
    plan_id: taught.planId,
    teachers: [{ id: taught.userId, owner: true }],
    paused: false,
    closed: false,
    budget: null,
  });
  expect(taught.passes.map(({ name, expires_at, blocked }) => [name, expires_at, blocked])).toEqual([
    ['Ming', daysFromNow(30), false],
    ['Hong', daysFromNow(30), false],
  ]);
  expect((await gateway.chat(taught.passes[0]!.key)).status).toBe(200);
  const [call] = await gateway.calls();
  expect([call!.seatName, call!.passName, call!.classroomName]).toEqual(['Ming', 'Ming', '7a']);
  const listed = await dataOf<ClassPass[]>(await send('GET', `${path}/passes`));
  expect(new Set(listed.map(({ name }) => name))).toEqual(new Set(['Hong', 'Ming']));
  expect(listed.find(({ name }) => name === 'Ming')!.spent).toBeGreaterThan(0);
  expect(JSON.stringify(listed)).not.toContain(taught.passes[0]!.key.slice(-12));
  const named = await gateway.app.request('/key/list?return_full_object=true', { token: gateway.admin });
  expect(JSON.stringify(await named.json())).toContain('"seat_name":"Ming"');
});

test('every write is in the audit log under the teacher’s name', async () => {
  const passes = taught.passes.map(({ id }) => id);
  await send('PUT', path, { name: '7c', paused: true });
  await send('PUT', path, { paused: false });
  await send('POST', `${path}/passes/block`, { passes });
  await send('POST', `${path}/passes/rotate`, { passes });
  await send('DELETE', `${path}/codes/${taught.codes[0]!.id}`);
  const rows = await gateway.app.ctx.db.selectFrom('audit').select(['action', 'actorId']).orderBy('seq').execute();
  const own = rows.filter(({ actorId }) => actorId === taught.userId).map(({ action }) => action);
  expect(own).toEqual([
    'classroom.create',
    'pass.create',
    'pass.create',
    'code.create',
    'classroom.update',
    'classroom.update',
    'pass.update',
    'pass.update',
    'pass.rotate',
    'pass.rotate',
    'code.revoke',
  ]);
});

test('passes are switched off and on, and given new keys with and without a time of grace', async () => {
  const [ming, hong] = taught.passes;
  await send('POST', `${path}/passes/block`, { passes: [ming!.id, ming!.id] });
  expect([(await gateway.chat(ming!.key)).status, (await gateway.chat(hong!.key)).status]).toEqual([403, 200]);
  await send('POST', `${path}/passes/unblock`, { passes: [ming!.id] });
  expect((await gateway.chat(ming!.key)).status).toBe(200);
  const passes = [hong!.id, ming!.id];
  const anew = await dataOf<NewPass[]>(await send('POST', `${path}/passes/rotate`, { passes, grace_hours: 1 }));
  expect(anew.map(({ name }) => name)).toEqual(['Hong', 'Ming']);
  expect([(await gateway.chat(hong!.key)).status, (await gateway.chat(anew[0]!.key)).status]).toEqual([200, 200]);
  gateway.app.clock.advance(3_600_001);
  expect([(await gateway.chat(hong!.key)).status, (await gateway.chat(anew[0]!.key)).status]).toEqual([401, 200]);
  const last = await dataOf<NewPass[]>(await send('POST', `${path}/passes/rotate`, { passes: [ming!.id] }));
  expect([(await gateway.chat(anew[1]!.key)).status, (await gateway.chat(last[0]!.key)).status]).toEqual([401, 200]);
  const tooLong = { passes, grace_hours: GRACE_HOURS_MAX + 1 };
  expect((await problem(await send('POST', `${path}/passes/rotate`, tooLong)))[0]).toBe(400);
});

describe('S23: no wider than the plan', () => {
  test('fields that are an administrator’s are refused by name', async () => {
    const fields = {
      budget: 5,
      budget_period: '1d',
      rpm_limit: 9,
      tpm_limit: 9,
      max_parallel: 9,
      models: ['m'],
      max_output_tokens: 9,
      access_schedule: null,
      content_policy: 'full',
      teacher_ids: [taught.userId],
      owner_user_id: taught.userId,
    };
    for (const [field, value] of Object.entries(fields)) {
      const made = await send('POST', '/api/classrooms', { name: 'x', plan_id: taught.planId, [field]: value });
      const changed = await send('PUT', path, { [field]: value });
      for (const response of [made, changed]) {
        expect([field, response.status]).toEqual([field, 400]);
        expect(await response.text()).toContain(field);
      }
    }
  });

  test('a class is on a plan, never on none and never on one for people without a pass', async () => {
    expect((await send('POST', '/api/classrooms', { name: 'x' })).status).toBe(400);
    for (const plan_id of [null, '', 'plan_x', 'plan_guest', 'plan_user', 'guest', 'user']) {
      expect([plan_id, (await send('PUT', path, { plan_id })).status]).toEqual([plan_id, 400]);
      expect((await send('POST', '/api/classrooms', { name: 'x', plan_id })).status).toBe(400);
    }
    const builtIn = await gateway.app.ctx.db.selectFrom('plans').select('id').where('builtIn', '=', 1).execute();
    expect(builtIn).toHaveLength(2);
    for (const { id } of builtIn) expect((await send('PUT', path, { plan_id: id })).status).toBe(400);
    const offered = await dataOf<{ id: string }[]>(await send('GET', '/api/plans'));
    expect(offered.map(({ id }) => id)).toEqual([taught.planId]);
    const other = await addPlan(gateway.app.ctx);
    expect((await send('PUT', path, { plan_id: other })).status).toBe(200);
  });

  test('a pass ends no later than its plan lets it, made or extended, whichever of the two plans holds', async () => {
    const passes = taught.passes.map(({ id }) => id);
    for (const days of [0, 31, 1.5, -1, 3_651])
      for (const [verb, body] of [
        ['passes', { names: [`n${days}`], days }],
        ['passes/extend', { passes, days }],
      ] as const)
        expect([days, (await send('POST', `${path}/${verb}`, body)).status]).toEqual([days, 400]);
    gateway.app.clock.advance(DAY_MS / 2);
    const extended = await dataOf<ClassPass[]>(await send('POST', `${path}/passes/extend`, { passes, days: 30 }));
    expect(extended.map(({ expires_at }) => expires_at)).toEqual([daysFromNow(30), daysFromNow(30)]);
    const made = await dataOf<NewPass[]>(await send('POST', `${path}/passes`, { names: ['Lan'], days: 2 }));
    expect(made[0]!.expires_at).toBe(daysFromNow(2));
    // A pass on a plan of its own is bound by that.
    const short = await addPlan(gateway.app.ctx, { durationMs: DAY_MS });
    await gateway.app.ctx.db.updateTable('passes').set({ planId: short }).where('id', '=', passes[0]!).execute();
    expect(await problem(await send('POST', `${path}/passes/extend`, { passes, days: 2 }))).toEqual([
      400,
      'invalid_parameter',
    ]);
    expect((await send('POST', `${path}/passes/extend`, { passes: [passes[1]], days: 2 })).status).toBe(200);
  });
});

describe('names', () => {
  test('the same name is in two classes, and not twice in one', async () => {
    const other = await teach(gateway, '7b', ['Ming']);
    expect(other.passes).toHaveLength(1);
    const again = await send('POST', `${path}/passes`, { names: ['Lan', 'Ming'] });
    expect(await problem(again)).toEqual([409, 'class_name_taken']);
    expect((await send('POST', `${path}/passes`, { names: ['Lan', 'Lan'] })).status).toBe(400);
    // None of the refused lists has left anybody behind.
    expect(await dataOf<ClassPass[]>(await send('GET', `${path}/passes`))).toHaveLength(2);
  });

  test.each([[[]], [['']], [['  ']], [['a\u0007b']], [['x'.repeat(101)]], [[1]], [[null]], ['Ming'], [{}]])(
    '%j is refused',
    async (names) => {
      expect((await send('POST', `${path}/passes`, { names })).status).toBe(400);
    },
  );

  test(`${NAMES_MAX} at once, not one more; a class holds ${CLASS_SIZE_DEFAULT} passes and open codes`, async () => {
    const names = (from: number, count: number) => Array.from({ length: count }, (_, i) => `n${from + i}`);
    expect((await send('POST', `${path}/passes`, { names: names(0, NAMES_MAX + 1) })).status).toBe(400);
    expect((await send('POST', `${path}/passes`, { names: names(0, NAMES_MAX) })).status).toBe(201);
    const left = CLASS_SIZE_DEFAULT - NAMES_MAX - 4;
    expect(await problem(await send('POST', `${path}/codes`, { count: left + 1 }))).toEqual([409, 'class_full']);
    // Two at once, of which only one has room.
    const both = await Promise.all([1, 2].map(() => send('POST', `${path}/codes`, { count: left })));
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
    expect(await problem(await send('POST', `${path}/passes`, { names: ['One'] }))).toEqual([409, 'class_full']);
    await send('DELETE', `${path}/codes/${taught.codes[0]!.id}`);
    expect((await send('POST', `${path}/passes`, { names: ['One'] })).status).toBe(201);
  }, 60_000);
});

test('the size of a class is a setting: at once, by name, and below what is there it only takes no more', async () => {
  const set = async (class_size: unknown) =>
    (await gateway.app.request('/api/admin/config', { method: 'PUT', token: gateway.admin, json: { class_size } }))
      .status;
  const make = (name: string) => send('POST', `${path}/passes`, { names: [name] });
  // Two passes and two open codes are there.
  expect(await set(5)).toBe(200);
  expect((await make('Lan')).status).toBe(201);
  const refused = await make('Mei');
  expect([refused.status, ((await refused.json()) as { error: { message: string } }).error.message]).toEqual([
    409,
    '一个班级最多有 5 张通行证和未兑换的激活码。',
  ]);
  expect(await problem(await send('POST', `${path}/codes`, { count: 1 }))).toEqual([409, 'class_full']);
  expect(await set(1)).toBe(200);
  expect((await gateway.chat(taught.passes[0]!.key)).status).toBe(200);
  expect((await send('POST', `${path}/passes/rotate`, { passes: [taught.passes[0]!.id] })).status).toBe(200);
  expect(await set(6)).toBe(200);
  expect((await make('Mei')).status).toBe(201);
  expect([await set(2_000), await set(2_001), await set(0), await set(1.5), await set(null)]).toEqual([
    200, 400, 400, 400, 400,
  ]);
});

test(`a teacher makes ${TAUGHT_MAX} classes and not one more`, async () => {
  for (let i = 1; i < TAUGHT_MAX - 1; i += 1) await addClassroom(gateway.app.ctx, { ownerUserId: taught.userId });
  const make = () => send('POST', '/api/classrooms', { name: 'x', plan_id: taught.planId });
  const both = await Promise.all([make(), make()]);
  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
});

describe('S21: activation codes of a class', () => {
  const redeem = (code: string, ip = '198.51.100.7') => gateway.app.request('/api/v1/activate', { json: { code }, ip });

  test('guessing is slowed down; the address that guessed waits, and a right code elsewhere is taken', async () => {
    const [own] = taught.codes;
    const guesses = [];
    for (let i = 0; i < 300; i += 1)
      guesses.push((await redeem(`${own!.public_part}-AAAAA-${String(20_000 + i).replace(/[01]/g, 'Z')}`)).status);
    expect(new Set(guesses)).toEqual(new Set([403, 429]));
    expect((await redeem(own!.code, '198.51.100.8')).status).toBe(200);
  });

  test('a code is of no use after it was redeemed, revoked, its class closed or its class deleted', async () => {
    const [used, revoked] = taught.codes;
    const [kept] = await dataOf<NewCode[]>(await send('POST', `${path}/codes`, { count: 1 }));
    expect((await redeem(used!.code)).status).toBe(200);
    await send('DELETE', `${path}/codes/${revoked!.id}`);
    const refused = await Promise.all([used!, revoked!].map(({ code }, i) => redeem(code, `198.51.100.${i + 20}`)));
    const [first, second] = await Promise.all(
      refused.map(async (response) => [response.status, await response.text()]),
    );
    expect(first![0]).toBe(403);
    const withoutId = (text: unknown) => String(text).replace(/req_\w+/g, '');
    expect(withoutId(second![1])).toBe(withoutId(first![1]));
    await send('PUT', path, { closed: true });
    expect((await redeem(kept!.code)).status).toBe(403);
    await sender(gateway)(gateway.admin, 'DELETE', `/api/admin/classrooms/${taught.classroom.id}`);
    expect((await redeem(kept!.code)).status).toBe(403);
  });

  test('all codes of a full class redeemed at once, each twice, make as many passes as there were codes', async () => {
    const codes = await dataOf<NewCode[]>(await send('POST', `${path}/codes`, { count: 20 }));
    const answers = await Promise.all([...codes, ...codes].map(({ code }, i) => redeem(code, `198.51.100.${i + 50}`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
    const [told] = await dataOf<ClassroomView[]>(await send('GET', '/api/classrooms'));
    expect([told!.passes, told!.open_codes]).toEqual([22, 2]);
  });
});

test('usage tells sums, days and students of this class alone; calls tell neither addresses nor what was said', async () => {
  const other = await teach(gateway, '7b', ['Lan']);
  const say = { messages: [{ role: 'user', content: 'a very secret question' }] };
  for (const key of [taught.passes[0]!.key, taught.passes[0]!.key, taught.passes[1]!.key, other.passes[0]!.key])
    await (await gateway.chat(key, say, { ip: '198.51.100.99' })).text();
  const usage = (await (await send('GET', `${path}/usage`)).json()) as ClassUsage;
  expect([usage.total.calls, usage.trend.length, usage.trend.at(-1)!.calls]).toEqual([3, 7, 3]);
  expect(usage.passes.map(({ name, calls }) => [name, calls])).toEqual([
    ['Ming', 2],
    ['Hong', 1],
  ]);
  const rows = (await gateway.calls()).filter(({ classroomId }) => classroomId === taught.classroom.id);
  const cost = rows.reduce((sum, row) => sum + Number(row.costNanos), 0) / 1e9;
  expect(usage.total.cost).toBeCloseTo(cost, 9);
  expect(usage.passes.reduce((sum, pass) => sum + pass.cost, 0)).toBeCloseTo(cost, 9);
  const page = (await (await send('GET', `${path}/calls?limit=2`)).json()) as ClassCallsPage;
  const rest = (await (await send('GET', `${path}/calls?limit=2&cursor=${page.next_cursor}`)).json()) as ClassCallsPage;
  expect([page.data.length, rest.data.length, rest.next_cursor]).toEqual([2, 1, null]);
  const csv = await (await send('GET', `${path}/calls/export`)).text();
  expect(csv.trim().split('\r\n')).toHaveLength(4);
  for (const text of [JSON.stringify(page), JSON.stringify(usage), csv])
    for (const secret of ['198.51.100.99', 'secret question', 'channel', 'Lan']) expect(text).not.toContain(secret);
});

test('a formula for a name is harmless in the file', async () => {
  const [made] = await dataOf<NewPass[]>(await send('POST', `${path}/passes`, { names: ['=HYPERLINK("http://x")'] }));
  await (await gateway.chat(made!.key)).text();
  const csv = await (await send('GET', `${path}/calls/export`)).text();
  expect(csv).toContain(`"'=HYPERLINK(""http://x"")"`);
});

test('an administrator works at the same addresses in every class; one made there has no teacher yet', async () => {
  const admin = (method: string, where: string, json?: unknown) => sender(gateway)(gateway.admin, method, where, json);
  expect((await admin('POST', `${path}/passes`, { names: ['Lan'] })).status).toBe(201);
  const made = (await (await admin('POST', '/api/classrooms', { name: 'x', plan_id: taught.planId })).json()) as {
    teachers: unknown[];
  };
  expect(made.teachers).toEqual([]);
  const teacherId = await addUser(gateway.app.ctx, { role: 'teacher', displayName: 'Ms Li' });
  const response = await admin('POST', '/api/admin/classrooms', { name: 'y', teacher_ids: [teacherId] });
  expect(((await response.json()) as ClassroomView).teachers).toEqual([{ id: teacherId, name: 'Ms Li', owner: true }]);
});
