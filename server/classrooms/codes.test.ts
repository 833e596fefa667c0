// Activation codes: made in batches, redeemed once, revoked; the call log shows their public part.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';

import type { Activated, CodesPage, NewCode } from '@hallpass/shared/classrooms.ts';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { signInAs } from '../testing/people.ts';

const CODES = '/api/admin/activation-codes';
const DAY_MS = 86_400_000;
let gateway: GatewayApp;
let classroomId: string;

beforeEach(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m');
  const made = await send('POST', '/api/admin/classrooms', { name: '7b' });
  classroomId = ((await made.json()) as { id: string }).id;
});
afterEach(() => gateway[Symbol.asyncDispose]());

/** With a fresh sign-in, for the clock is put forward. */
async function send(method: string, path: string, json?: unknown): Promise<Response> {
  const { token } = await signInAs(gateway.app.ctx, 'admin');
  return gateway.app.request(path, { method, token, ...(json === undefined ? {} : { json }) });
}
async function makeCodes(fields: object = {}): Promise<NewCode[]> {
  const response = await send('POST', CODES, { count: 1, classroom_id: classroomId, ...fields });
  expect(response.status).toBe(201);
  return ((await response.json()) as { data: NewCode[] }).data;
}
const list = async (query = '') => (await (await send('GET', `${CODES}${query}`)).json()) as CodesPage;
const activate = (code: string, ip?: string) =>
  gateway.app.request('/api/v1/activate', { json: { code }, ...(ip ? { ip } : {}) });
async function redeemed(code: string): Promise<Activated> {
  const response = await activate(code);
  expect(response.status).toBe(200);
  return (await response.json()) as Activated;
}
const codeOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code;

test('a batch is told once; the list shows public parts, and the database holds no code', async () => {
  const codes = await makeCodes({ count: 40, days: 7 });
  expect(new Set(codes.map(({ code }) => code)).size).toBe(40);
  for (const { code, public_part } of codes) {
    expect(code).toMatch(/^[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}$/);
    expect(code.startsWith(`${public_part}-`)).toBe(true);
  }
  const told = JSON.stringify([
    await list(),
    await gateway.app.ctx.db.selectFrom('activationCodes').selectAll().execute(),
  ]);
  for (const { code } of codes) expect(told).not.toContain(code.slice(5));
  const first = await list('?limit=30');
  const rest = await list(`?limit=30&cursor=${first.next_cursor}`);
  expect([first.data.length, rest.data.length, rest.next_cursor]).toEqual([30, 10, null]);
  expect(new Set([...first.data, ...rest.data].map(({ id }) => id)).size).toBe(40);
});

describe('redeeming', () => {
  test('makes a pass of the class and the plan, whose calls show the code’s public part', async () => {
    const plan = (await (await send('POST', '/api/admin/plans', { name: 'p', pass_days: 2 })).json()) as { id: string };
    const [code] = await makeCodes({ plan_id: plan.id });
    const { key, ...told } = await redeemed(` ${code!.code.toLowerCase().replaceAll('-', ' ')}`);
    expect(told).toEqual({
      classroom_name: '7b',
      plan_name: 'p',
      expires_at: new Date(gateway.app.clock.now() + 2 * DAY_MS).toISOString(),
    });
    expect((await gateway.chat(key)).status).toBe(200);
    const [row] = await gateway.calls();
    expect([row!.activationCode, row!.classroomName]).toEqual([code!.public_part, '7b']);
    const [listed] = (await list('?status=redeemed')).data;
    expect(listed).toMatchObject({ id: code!.id, redeemed_pass_id: row!.passId });
  });

  test('works once, also for twenty at once', async () => {
    const [code] = await makeCodes();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => activate(code!.code, `10.0.0.${i}`)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200,
      ...Array<number>(19).fill(403),
    ]);
    expect(await gateway.app.ctx.db.selectFrom('passes').select('id').execute()).toHaveLength(1);
    expect(await codeOf(await activate(code!.code, '10.9.9.9'))).toBe('activation_code_invalid');
  });

  test('is over when the code’s time is', async () => {
    const [code] = await makeCodes({ days: 1 });
    gateway.app.clock.advance(DAY_MS);
    expect((await list()).data[0]!.status).toBe('expired');
    expect((await list('?status=open')).data).toEqual([]);
    expect((await list('?status=expired')).data).toHaveLength(1);
    expect((await activate(code!.code)).status).toBe(403);
  });

  test('a code is no credential of a call', async () => {
    const [code] = await makeCodes();
    expect((await gateway.chat(code!.code)).status).toBe(401);
  });

  test.each(['', 'x'.repeat(101), 'K7QM-2RXPW-9TDHF', 'sk-hp-a-b', '%_%', '0OIL-0OIL0-0OIL0'])(
    '%j is refused',
    async (code) => {
      const response = await activate(code);
      expect([400, 403]).toContain(response.status);
      expect(await gateway.app.ctx.db.selectFrom('passes').select('id').execute()).toEqual([]);
    },
  );

  test('guessing is slowed down, and a class behind the same address still gets its passes', async () => {
    const codes = await makeCodes({ count: 40 });
    const statuses: number[] = [];
    for (let i = 0; i < 260; i += 1)
      statuses.push((await activate(`AAAA-AAAAA-${10_000 + i}`.replace(/[01]/g, 'Z'))).status);
    expect(new Set(statuses)).toEqual(new Set([403, 429]));
    gateway.app.clock.advance(10 * 60_000);
    for (const { code } of codes) expect((await activate(code)).status).toBe(200);
  });
});

test('a revoked code cannot be redeemed, and the pass of a redeemed one is blocked', async () => {
  const [open, used] = await makeCodes({ count: 2 });
  const { key } = await redeemed(used!.code);
  expect((await gateway.chat(key)).status).toBe(200);
  for (const { id } of [open!, used!]) expect((await send('DELETE', `${CODES}/${id}`)).status).toBe(200);
  expect((await activate(open!.code)).status).toBe(403);
  expect((await gateway.chat(key)).status).toBe(403);
  expect((await list('?status=revoked')).data).toHaveLength(2);
  expect((await send('DELETE', `${CODES}/code_x`)).status).toBe(404);
});

test('open codes are counted at their class, and go with it', async () => {
  await makeCodes({ count: 3 });
  const classes = (await (await send('GET', '/api/admin/classrooms')).json()) as { data: { open_codes: number }[] };
  expect(classes.data[0]!.open_codes).toBe(3);
  await send('DELETE', `/api/admin/classrooms/${classroomId}`);
  expect((await list()).data).toEqual([]);
});

test('what is wrong is refused by name', async () => {
  const wrong: [object, string][] = [
    [{ count: 0 }, 'count'],
    [{ count: 501 }, 'count'],
    [{ classroom_id: null }, '需要班级或套餐'],
    [{ classroom_id: 'class_x' }, 'classroom_id'],
    [{ plan_id: 'plan_x' }, 'plan_id'],
  ];
  for (const [fields, param] of wrong) {
    const response = await send('POST', CODES, { count: 1, classroom_id: classroomId, ...fields });
    expect([param, response.status]).toEqual([param, 400]);
    expect(JSON.stringify(await response.json())).toContain(param);
  }
  expect(await makeCodes({ count: 500 })).toHaveLength(500);
});
