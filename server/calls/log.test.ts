// Requirement 001 §2.4: the call log with its filters, pages, detail and CSV.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { signInAs } from '../testing/people.ts';
import { exportLog } from './log-export.ts';

let gateway: GatewayApp;
let userId: string;
let admin: string;

beforeAll(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('gpt-a');
  await gateway.addModel('gpt-b');
  const pupil = await signInAs(gateway.app.ctx, 'student');
  userId = pupil.userId;
  await gateway.app.ctx.db.updateTable('users').set({ email: '=HYPERLINK("x")' }).where('id', '=', userId).execute();
  const pass = await gateway.pass({ key_alias: 'seat 12' });
  for (const model of ['gpt-a', 'gpt-a', 'gpt-b']) {
    await (await gateway.chat(pass, { model }, { ip: '198.51.100.7' })).text();
    gateway.app.clock.advance(86_400_000);
  }
  const login = await gateway.app.ctx.logins.issue(userId);
  await (await gateway.chat(login, { model: 'gpt-b' }, { path: '/api/chat/completions' })).text();
  ({ token: admin } = await signInAs(gateway.app.ctx, 'admin'));
});
afterAll(() => gateway[Symbol.asyncDispose]());

interface Page {
  data: Record<string, unknown>[];
  next_cursor: string | null;
}
async function log(query = ''): Promise<Page> {
  const response = await gateway.app.request(`/api/admin/logs${query}`, { token: admin });
  expect(response.status).toBe(200);
  return (await response.json()) as Page;
}

test('shows who called what, where from, through which channel, with tokens and cost, newest first', async () => {
  const { data, next_cursor } = await log();
  expect(next_cursor).toBeNull();
  expect(data.map(({ model_id }) => model_id)).toEqual(['gpt-b', 'gpt-b', 'gpt-a', 'gpt-a']);
  expect(data[0]).toMatchObject({ user_id: userId, username: '=HYPERLINK("x")', pass_id: null, status: 'success' });
  expect(data[3]).toMatchObject({
    pass_name: 'seat 12',
    ip_address: '198.51.100.7',
    channel_name: 'channel of gpt-a',
    status: 'success',
    estimated: false,
  });
  expect(data[3]!.prompt_tokens).toBeGreaterThan(0);
  expect(data[3]!.cost).toBeGreaterThan(0);
});

describe('filters', () => {
  test.each([
    ['?model=gpt-a', 2],
    ['?ip=198.51.100.7', 3],
    ['?ip=%20::FFFF:198.51.100.7%20', 3],
    ['?ip=198.51.100', 0],
    ['?ip=198.51.100.7&model=gpt-b', 1],
    ['?user=hyperlink', 1],
    ['?user=%25', 0],
    ['?channel=channel%20of%20gpt-b', 2],
    ['?pass=seat%2012', 3],
    ['?status=success', 4],
    ['?status=error', 0],
    ['?kind=recorded', 0],
    ['?start=2040-01-01', 0],
    ['?end=1999-12-31', 0],
  ])('%s finds %p', async (query, count) => {
    expect((await log(query)).data).toHaveLength(count);
  });

  test('a day is a day of the server’s zone and is included whole', async () => {
    const all = (await log()).data;
    const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(
      new Date(all[3]!.created_at as string),
    );
    expect((await log(`?start=${day}&end=${day}`)).data.map(({ id }) => id)).toEqual([all[3]!.id]);
  });

  test.each(['?start=2026-02-30', '?limit=0', '?limit=201', '?cursor=nonsense!', '?status=odd'])(
    '%s is refused by name',
    async (query) => {
      const response = await gateway.app.request(`/api/admin/logs${query}`, { token: admin });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: { param: query.slice(1, query.indexOf('=')) } });
    },
  );
});

test('pages follow each other without a gap or a repeat', async () => {
  const seen: unknown[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Page = await log(`?limit=1${cursor && `&cursor=${cursor}`}`);
    seen.push(...page.data.map(({ id }) => id));
    cursor = page.next_cursor;
  }
  expect(seen).toEqual((await log()).data.map(({ id }) => id));
});

test('the detail has every attempt with its prices', async () => {
  const [entry] = (await log('?model=gpt-a')).data;
  const response = await gateway.app.request(`/api/admin/logs/${entry!.id as string}`, { token: admin });
  expect(await response.json()).toMatchObject({
    id: entry!.id,
    attempts: [{ upstream_model: 'gpt-a', status: 'ok', http_status: 200, cost: entry!.cost, unit_prices: {} }],
  });
  const unknown = await gateway.app.request('/api/admin/logs/call_none', { token: admin });
  expect(unknown.status).toBe(404);
});

test('the CSV holds the same rows, opens as UTF-8 and runs nothing in a spreadsheet', async () => {
  const response = await gateway.app.request('/api/admin/logs/export?model=gpt-b', { token: admin });
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="hallpass-calls-[\d-]+\.csv"$/);
  const bytes = new Uint8Array(await response.arrayBuffer());
  expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  const lines = new TextDecoder().decode(bytes).trimEnd().split('\r\n');
  expect(lines).toHaveLength(3);
  expect(lines[0]).toStartWith('created_at,username,user_id,ip_address,model_id,channel_name');
  expect(lines[1]).toContain(`"'=HYPERLINK(""x"")"`);
});

test('an export lets everything else go on between its pages', async () => {
  const { ctx } = gateway.app;
  const row = await ctx.db.selectFrom('calls').selectAll().limit(1).executeTakeFirstOrThrow();
  const rows = Array.from({ length: 2_000 }, (_, i) => ({ ...row, id: `call_copy_${String(i).padStart(5, '0')}` }));
  for (let i = 0; i < rows.length; i += 100)
    await ctx.db
      .insertInto('calls')
      .values(rows.slice(i, i + 100))
      .execute();
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 0);
  let lines = 0;
  for await (const chunk of exportLog(ctx, {})) lines += new TextDecoder().decode(chunk).split('\r\n').length - 1;
  clearInterval(timer);
  expect(lines).toBe(2_005);
  expect(turns).toBeGreaterThan(5);
});
