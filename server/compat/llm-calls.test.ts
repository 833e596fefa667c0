// Requirement 004: the call log with every field, recorded calls that no student can forge, and the default key.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';

import { checkInvariants } from '../ledger/invariants.ts';
import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { addClassroom, addPass } from '../testing/passes.ts';
import { signInAs } from '../testing/people.ts';

let gateway: GatewayApp;
beforeEach(async () => void (gateway = await createGatewayApp()));
afterEach(() => gateway[Symbol.asyncDispose]());

type Body = Record<string, unknown>;

async function send(
  method: string,
  path: string,
  json?: unknown,
  { by = gateway.admin, headers = {} }: { by?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number; body: Body; error: Body }> {
  const init = { method, token: by, headers, ...(json === undefined ? {} : { json }) };
  const response = await gateway.app.request(`/api/v1/llm${path}`, init);
  const body = (await response.json()) as Body;
  return { status: response.status, body, error: (body.error ?? {}) as Body };
}

const rowsOf = ({ body }: { body: Body }) => body.data as Body[];
const audits = () =>
  gateway.app.ctx.db.selectFrom('audit').selectAll().where('action', '=', 'content.read').orderBy('seq').execute();

const elsewhere = (over: Body = {}) => ({
  config_id: 1,
  template_id: 7,
  activation_code: 'ABCD-1234',
  request_messages: [{ role: 'user', content: '你好' }],
  request_params: { temperature: 0.5 },
  response_content: '你好！',
  response_data: { id: 'x', choices: [] },
  status: 'success',
  tokens_used: 30,
  prompt_tokens: 10,
  completion_tokens: 20,
  call_time: '2026-11-20T08:00:00Z',
  duration_ms: 1_250,
  ...over,
});

describe('a recorded call', () => {
  test('keeps every field of the document, with its content under the group’s policy', async () => {
    const groupId = await addClassroom(gateway.app.ctx, { contentPolicy: 'full' });
    const made = await send('POST', '/calls', elsewhere({ group_id: groupId, model: 'gpt-4' }));
    expect(made.status).toBe(201);
    const { body } = await send('GET', `/calls/${String(made.body.id)}`);
    expect(body).toMatchObject({
      ...elsewhere({ config_id: '1', template_id: '7', call_time: '2026-11-20T08:00:00.000Z' }),
      group_id: groupId,
      error_message: null,
      kind: 'recorded',
      model: 'gpt-4',
      content_policy: 'full',
    });
  });

  test('keeps no content under policy none: request_messages is []', async () => {
    const made = await send('POST', '/calls', elsewhere());
    expect((await send('GET', `/calls/${String(made.body.id)}`)).body).toMatchObject({
      request_messages: [],
      request_params: null,
      response_content: null,
      tokens_used: 30,
      template_id: '7',
      content_policy: null,
    });
    expect(await gateway.app.ctx.db.selectFrom('callContents').selectAll().execute()).toEqual([]);
  });

  test('costs nobody anything, and the books stay right', async () => {
    const { userId } = await signInAs(gateway.app.ctx, 'user');
    await send('POST', '/calls', elsewhere({ user_id: userId, status: 'error', error_message: '超时' }));
    const [row] = await gateway.calls();
    expect(row).toMatchObject({
      kind: 'recorded',
      state: 'settled',
      costNanos: 0,
      accountIds: '[]',
      errorMessage: '超时',
    });
    expect(await gateway.app.ctx.db.selectFrom('accounts').selectAll().execute()).toEqual([]);
    expect(await checkInvariants(gateway.app.ctx.database.raw)).toEqual([]);
  });

  test('S05: cannot be forged by a student, a teacher, a pass or the admin key', async () => {
    const { key } = await addPass(gateway.app.ctx);
    const callers = [
      ...(
        await Promise.all((['user', 'student', 'teacher'] as const).map((role) => signInAs(gateway.app.ctx, role)))
      ).map(({ token }) => token),
      key,
      'sk-test-admin-key-0123456789',
    ];
    for (const by of callers) {
      expect([401, 403]).toContain((await send('POST', '/calls', elsewhere(), { by })).status);
      expect([401, 403]).toContain((await send('GET', '/calls', undefined, { by })).status);
    }
    expect(await gateway.calls()).toEqual([]);
  });

  test('S18: takes no field but the document’s', async () => {
    for (const field of ['id', 'kind', 'cost_nanos', 'pass_id', 'state', 'created_at'])
      expect((await send('POST', '/calls', elsewhere({ [field]: 'x' }))).status).toBe(400);
    expect(await gateway.calls()).toEqual([]);
  });

  test('R30: with one Idempotency-Key is one row, fifty at once and again later; another body is refused', async () => {
    const headers = { 'idempotency-key': 'import-42' };
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => send('POST', '/calls', elsewhere(), { headers })),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(replies.map(({ body }) => body.id)).size).toBe(1);
    expect((await send('POST', '/calls', elsewhere(), { headers })).body.id).toBe(replies[0]!.body.id);
    const other = await send('POST', '/calls', elsewhere({ duration_ms: 1 }), { headers });
    expect([other.status, other.error.code]).toEqual([409, 'idempotency_key_reused']);
    expect(await gateway.calls()).toHaveLength(1);
  });

  test('is refused with the name of what is wrong', async () => {
    const wrong: [Body, string][] = [
      [{ status: 'ok' }, 'status'],
      [{ tokens_used: 31 }, 'tokens_used'],
      [{ prompt_tokens: -1 }, 'prompt_tokens'],
      [{ group_id: 'nowhere' }, 'group_id'],
      [{ user_id: 'nobody' }, 'user_id'],
      [{ call_time: '2027-01-01T00:00:00Z' }, 'call_time'],
      [{ activation_code: 'x'.repeat(33) }, 'activation_code'],
      [{ request_messages: 'hi' }, 'request_messages'],
    ];
    for (const [fields, param] of wrong) {
      const { status, error } = await send('POST', '/calls', elsewhere(fields));
      expect([param, status, error.param]).toEqual([param, 400, param]);
    }
  });
});

describe('the log', () => {
  test('is filtered by each of its fields, and paged by cursor and by skip without a gap', async () => {
    const groupId = await addClassroom(gateway.app.ctx);
    await send('POST', '/calls', elsewhere({ config_id: 'a', group_id: groupId, call_time: '2026-11-18T00:00:00Z' }));
    await send('POST', '/calls', elsewhere({ template_id: 'b', status: 'error', call_time: '2026-11-19T00:00:00Z' }));
    await send('POST', '/calls', elsewhere({ activation_code: 'C', model: 'gpt', call_time: '2026-11-20T00:00:00Z' }));
    const count = async (query: string) => rowsOf(await send('GET', `/calls?${query}`)).length;
    const queries = [
      'config_id=a',
      `group_id=${groupId}`,
      'template_id=b',
      'status=error',
      'activation_code=C',
      'model=gpt',
      'start=2026-11-20',
      'end=2026-11-19',
    ];
    for (const query of queries) expect([query, await count(query)]).toEqual([query, 1]);
    expect([await count('kind=recorded'), await count('kind=question'), await count('status=success')]).toEqual([
      3, 0, 2,
    ]);
    const all = rowsOf(await send('GET', '/calls')).map(({ id }) => id);
    const paged: unknown[] = [];
    for (let cursor = ''; ;) {
      const page = await send('GET', `/calls?limit=2${cursor && `&cursor=${cursor}`}`);
      paged.push(...rowsOf(page).map(({ id }) => id));
      if (page.body.next_cursor === null) break;
      cursor = String(page.body.next_cursor);
    }
    expect(paged).toEqual(all);
    expect(rowsOf(await send('GET', '/calls?skip=1&limit=1')).map(({ id }) => id)).toEqual([all[1]]);
    for (const query of ['cursor=x', 'limit=1000', 'skip=100000', 'start=yesterday', 'status=ok'])
      expect([query, (await send('GET', `/calls?${query}`)).status]).toEqual([query, 400]);
  });

  test('shows the gateway’s own calls; every reading of what was said is in the audit log', async () => {
    await gateway.addModel('m');
    const { key } = await addPass(gateway.app.ctx, { contentPolicy: 'full' });
    await (await gateway.chat(key)).text();
    const [hidden] = rowsOf(await send('GET', '/calls?content=false'));
    expect(hidden).toMatchObject({ request_messages: [], content_policy: 'full', content_withheld: true });
    expect(await audits()).toEqual([]);
    const [row] = rowsOf(await send('GET', '/calls'));
    expect(row).toMatchObject({
      request_messages: [{ role: 'user', content: 'hi' }],
      tokens_used: 17,
      status: 'success',
    });
    expect((await send('GET', `/calls/${String(row!.id)}`)).body.response_content).toStartWith('Hello');
    const read = await audits();
    expect(read.map(({ detail }) => (JSON.parse(detail) as Body).calls)).toEqual([[row!.id], [row!.id]]);
    expect(read[0]!.actorName).toBe('gateway-admin');
  });

  test('under on_request shows what was said only for a reason, which is kept', async () => {
    await gateway.addModel('m');
    const { key } = await addPass(gateway.app.ctx, { contentPolicy: 'on_request' });
    await (await gateway.chat(key)).text();
    const [row] = rowsOf(await send('GET', '/calls'));
    expect(row).toMatchObject({ request_messages: [], content_withheld: true });
    expect(await audits()).toEqual([]);
    const path = `/calls/${String(row!.id)}`;
    expect((await send('GET', `${path}?reason=abc`)).status).toBe(400);
    const shown = await send('GET', `${path}?reason=${encodeURIComponent('家长询问')}1`);
    expect(shown.body).toMatchObject({ request_messages: [{ role: 'user', content: 'hi' }], content_withheld: false });
    expect((await audits()).map(({ detail }) => (JSON.parse(detail) as Body).reason)).toEqual(['家长询问1']);
  });
});

describe('the default upstream key', () => {
  test('is set, masked, and changed; its channel answers with it', async () => {
    gateway.upstream.script('from-upstream', {});
    expect((await send('GET', '/config')).body).toMatchObject({ has_key: false, api_key: null, updated_at: null });
    const set = await send('PUT', '/config', {
      api_key: 'sk-default-secret-000000',
      base_url: gateway.upstream.baseUrl,
    });
    expect(set.body).toMatchObject({ has_key: true, api_key: 'sk-…0000', base_url: gateway.upstream.baseUrl });
    const key = await gateway.pass();
    expect((await gateway.chat(key, { model: 'from-upstream' })).status).toBe(200);
    gateway.app.clock.advance(1_000);
    const changed = await send('PUT', '/config', { api_key: 'sk-another-secret-11111' });
    expect([changed.body.id, changed.body.api_key]).toEqual([set.body.id, 'sk-…1111']);
    expect(changed.body.updated_at).not.toBe(set.body.updated_at);
    await (await gateway.chat(key, { model: 'from-upstream' })).text();
    expect(gateway.upstream.journal.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer sk-default-secret-000000',
      'Bearer sk-another-secret-11111',
    ]);
  });

  test('is not stored while its upstream cannot be asked', async () => {
    const refused = await send('PUT', '/config', { api_key: 'sk-x', base_url: 'http://127.0.0.1:9/v1' });
    expect(refused.status).toBe(502);
    expect(refused.body.error).toMatchObject({
      code: 'upstream_list_failed',
      param: 'api_key',
      message: expect.stringContaining('连不上这个地址'),
    });
    expect((await send('GET', '/config')).body.has_key).toBe(false);
  });
});

test('the deprecated prompt templates can be read', async () => {
  const row = { id: '1', name: '旧模板', template: '你是老师', createdAt: 0 };
  await gateway.app.ctx.db.insertInto('llmPromptTemplates').values(row).execute();
  expect(rowsOf(await send('GET', '/templates'))).toEqual([
    { id: '1', name: '旧模板', template: '你是老师', created_at: '1970-01-01T00:00:00.000Z' },
  ]);
});

test('S45: a flood of refused calls leaves no row in any table', async () => {
  await gateway.addModel('m');
  const { ctx } = gateway.app;
  const { key } = await addPass(ctx, { models: ['other'] });
  const blocked = await addPass(ctx, { status: 'blocked' });
  for (let i = 0; i < 200; i += 1)
    for (const by of [key, blocked.key, `sk-hp-unknown-${i}`])
      expect((await gateway.chat(by)).status).toBeOneOf([401, 403]);
  for (const table of ['calls', 'attempts', 'accounts', 'callContents', 'usageRollups'] as const)
    expect([table, await ctx.db.selectFrom(table).selectAll().execute()]).toEqual([table, []]);
});
