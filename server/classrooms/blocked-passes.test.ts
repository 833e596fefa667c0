// A pass that the administration blocked stays blocked for its teacher, however they go about it.
import { afterEach, beforeEach, expect, test } from 'bun:test';

import { LOCALES } from '@hallpass/shared/errors.ts';
import type { ClassPass } from '@hallpass/shared/teaching.ts';

import { hashKey } from '../passes/keys.ts';
import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { sender, type Taught, teach } from '../testing/teaching.ts';

let gateway: GatewayApp;
let taught: Taught;
let path: string;

beforeEach(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m');
  taught = await teach(gateway, '7a', ['Ming', 'Hong']);
  path = `/api/classrooms/${taught.classroom.id}/passes`;
});
afterEach(() => gateway[Symbol.asyncDispose]());

const as = (token: string) => (verb: 'block' | 'unblock', passes: string[]) =>
  sender(gateway)(token, 'POST', `${path}/${verb}`, { passes });
const teacher = (verb: 'block' | 'unblock', passes: string[]) => as(taught.token)(verb, passes);
const administrator = (verb: 'block' | 'unblock', passes: string[]) => as(gateway.admin)(verb, passes);
const statusOf = async (index: number) => (await gateway.chat(taught.passes[index]!.key)).status;
const blocks = async () => {
  const { data } = (await (await sender(gateway)(taught.token, 'GET', path)).json()) as { data: ClassPass[] };
  return Object.fromEntries(data.map(({ name, blocked, blocked_by }) => [name, [blocked, blocked_by]]));
};
const ids = () => taught.passes.map(({ id }) => id);

/** Every door an administrator has to a pass's block. */
const DOORS: Record<string, (on: boolean) => Promise<Response>> = {
  '/key/block': (on) =>
    sender(gateway)(gateway.admin, 'POST', on ? '/key/block' : '/key/unblock', { key: taught.passes[0]!.key }),
  '/key/update': (on) =>
    sender(gateway)(gateway.admin, 'POST', '/key/update', { key: hashKey(taught.passes[0]!.key), blocked: on }),
  'the class’s own list': (on) => administrator(on ? 'block' : 'unblock', [ids()[0]!]),
};

test.each(Object.keys(DOORS))(
  'blocked by an administrator at %s, let in again there and not by the teacher',
  async (door) => {
    expect((await DOORS[door]!(true)).status).toBe(200);
    expect(await blocks()).toEqual({ Ming: [true, 'administration'], Hong: [false, null] });
    // Nor does a block of their own on top make it theirs, nor a new key, nor more days.
    expect((await teacher('block', ids())).status).toBe(200);
    expect(await blocks()).toEqual({ Ming: [true, 'administration'], Hong: [true, 'teacher'] });
    // All or none: Hong, whom they blocked, stays out with Ming.
    const refused = await teacher('unblock', ids().toReversed());
    expect([refused.status, await refused.json()]).toMatchObject([
      403,
      { error: { code: 'pass_blocked_by_administration', param: 'passes', message: expect.stringContaining('Ming') } },
    ]);
    expect([await statusOf(0), await statusOf(1)]).toEqual([403, 403]);
    expect((await teacher('unblock', [ids()[1]!])).status).toBe(200);
    expect([await statusOf(0), await statusOf(1)]).toEqual([403, 200]);
    const rotated = await sender(gateway)(taught.token, 'POST', `${path}/rotate`, { passes: [ids()[0]] });
    const [anew] = ((await rotated.json()) as { data: { key: string; blocked_by: string }[] }).data;
    expect([(await gateway.chat(anew!.key)).status, anew!.blocked_by]).toEqual([403, 'administration']);

    taught.passes[0]!.key = anew!.key;
    expect((await DOORS[door]!(false)).status).toBe(200);
    expect(await blocks()).toEqual({ Ming: [false, null], Hong: [false, null] });
    expect(await statusOf(0)).toBe(200);
    // Over with the block: what the teacher blocks now, they let in again.
    expect([(await teacher('block', ids())).status, (await teacher('unblock', ids())).status]).toEqual([200, 200]);
  },
);

test('an administrator lets in again what a teacher blocked, and a block of theirs goes above the teacher’s', async () => {
  await teacher('block', ids());
  expect((await administrator('unblock', [ids()[1]!])).status).toBe(200);
  expect((await administrator('block', [ids()[0]!])).status).toBe(200);
  expect(await blocks()).toEqual({ Ming: [true, 'administration'], Hong: [false, null] });
});

test('the audit log tells who blocked, and who let in again', async () => {
  await teacher('block', [ids()[0]!]);
  await administrator('unblock', [ids()[0]!]);
  const rows = await gateway.app.ctx.db
    .selectFrom('audit')
    .select(['actorId', 'detail'])
    .where('action', '=', 'pass.update')
    .where('targetId', '=', ids()[0]!)
    .orderBy('seq')
    .execute();
  expect(rows.map(({ actorId, detail }) => [actorId === taught.userId, JSON.parse(detail).status])).toEqual([
    [true, 'blocked'],
    [false, 'active'],
  ]);
});

test('the role that counts is the one in the database', async () => {
  await administrator('block', [ids()[0]!]);
  const update = (role: string) =>
    gateway.app.ctx.db.updateTable('users').set({ role }).where('id', '=', taught.userId).execute();
  await update('admin');
  expect((await teacher('unblock', [ids()[0]!])).status).toBe(200);
});

test('a code revoked takes its pass along: on behalf of whoever revokes it', async () => {
  const passes: string[] = [];
  for (const { code } of taught.codes) {
    const { json } = { json: { code } };
    const { key } = (await (await gateway.app.request('/api/v1/activate', { method: 'POST', json })).json()) as {
      key: string;
    };
    passes.push((await gateway.app.ctx.passes.find(key))!.passId!);
  }
  await sender(gateway)(taught.token, 'DELETE', `/api/classrooms/${taught.classroom.id}/codes/${taught.codes[0]!.id}`);
  await sender(gateway)(gateway.admin, 'DELETE', `/api/admin/activation-codes/${taught.codes[1]!.id}`);
  const rows = await gateway.app.ctx.db
    .selectFrom('passes')
    .select(['id', 'status', 'blockedBy'])
    .where('id', 'in', passes)
    .execute();
  expect(passes.map((id) => rows.find((row) => row.id === id))).toMatchObject([
    { status: 'blocked', blockedBy: 'teacher' },
    { status: 'blocked', blockedBy: 'administration' },
  ]);
});

test('the refusal is said in each language and names the student; audit: a refused one leaves no row', async () => {
  await administrator('block', [ids()[0]!]);
  const rows = () => gateway.app.ctx.db.selectFrom('audit').select('action').execute();
  const before = await rows();
  for (const locale of LOCALES) {
    const response = await gateway.app.request(`${path}/unblock`, {
      method: 'POST',
      token: taught.token,
      json: { passes: [ids()[0]] },
      headers: { 'accept-language': locale },
    });
    const { error } = (await response.json()) as { error: { message: string } };
    expect(error.message).toContain('Ming');
    expect(error.message).toMatch(locale === 'en' ? /administrator/ : /管理員|管理员/);
  }
  expect(await rows()).toEqual(before);
});
