// R30: one Idempotency-Key, one charge: twice, fifty at once, with another body, and after a crash.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

import { ADMIN_KEY, createGatewayApp, eventsOf, type GatewayApp } from '../testing/gateway-app.ts';
import { addPass } from '../testing/passes.ts';

let gateway: GatewayApp;
let key: string;

beforeAll(async () => {
  gateway = await createGatewayApp();
  key = await gateway.pass({ max_budget: 5 });
  await gateway.addModel('m', {});
  await gateway.addModel('slow', { headDelayMs: 300 });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const ask = (id: string, fields: object = {}, token = key) =>
  gateway.chat(token, { ...fields }, { headers: { 'idempotency-key': id } });
const codeOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code;
const rows = async () => (await gateway.calls()).length;

test('twice: one charge, and the second is told which call it was', async () => {
  const first = await ask('a');
  expect(first.status).toBe(200);
  const before = await rows();
  const second = await ask('a');
  expect(second.status).toBe(409);
  expect(second.headers.get('x-should-retry')).toBe('false');
  const { error } = (await second.json()) as { error: { code: string; call_id: string } };
  expect(error).toMatchObject({ code: 'idempotency_done', call_id: first.headers.get('x-hallpass-call-id')! });
  expect(await rows()).toBe(before);
});

test('fifty at once: one is sent and charged', async () => {
  const sent = gateway.upstream.journal.length;
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask('b', { model: 'slow' })));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  for (const answer of answers.filter(({ status }) => status !== 200)) {
    expect(answer.status).toBe(409);
    expect(await codeOf(answer)).toBe('idempotency_in_progress');
  }
  expect(gateway.upstream.journal.length - sent).toBe(1);
});

test('another body is refused; the same key of another pass is another key (S60)', async () => {
  await ask('c');
  const other = await ask('c', { messages: [{ role: 'user', content: 'something else' }] });
  expect(other.status).toBe(422);
  expect(await codeOf(other)).toBe('idempotency_mismatch');
  expect((await ask('c', {}, await gateway.pass({ max_budget: 1 }))).status).toBe(200);
});

test('what was refused or failed for nothing may be tried again with its key', async () => {
  const poor = await gateway.pass({ max_budget: 0.000001 });
  expect((await ask('d', {}, poor)).status).toBe(429);
  expect((await ask('d', {}, poor)).status).toBe(429);
  await gateway.addModel('fails', { status: 500 });
  gateway.app.ctx.gateway.health.forget();
  expect((await ask('e', { model: 'fails' })).status).toBe(502);
  gateway.upstream.script('fails', {});
  expect((await ask('e', { model: 'fails' })).status).toBe(200);
  expect((await ask('e', { model: 'fails' })).status).toBe(409);
});

test('a client that left before anything was sent may come again with its key; one that left later may not', async () => {
  const { ctx } = gateway.app;
  const set = async (id: string, promptTokens: number) => {
    const callId = (await ask(id)).headers.get('x-hallpass-call-id')!;
    const values = { status: 'cancelled', costNanos: 0, promptTokens };
    await ctx.db.updateTable('calls').set(values).where('id', '=', callId).execute();
  };
  await set('left-early', 0);
  expect((await ask('left-early')).status).toBe(200);
  // A model without a price costs nothing, and was asked all the same.
  await set('left-late', 11);
  expect(await codeOf(await ask('left-late'))).toBe('idempotency_done');
});

test('what failed upstream after the prompt was taken is not sent again, priced or not', async () => {
  const { ctx } = gateway.app;
  const callId = (await ask('free-but-asked')).headers.get('x-hallpass-call-id')!;
  const values = { status: 'error', costNanos: 0, promptTokens: 11 };
  await ctx.db.updateTable('calls').set(values).where('id', '=', callId).execute();
  expect(await codeOf(await ask('free-but-asked'))).toBe('idempotency_done');
});

test('the administrator’s key and a guest of the same network do not meet (S60)', async () => {
  expect((await ask('shared', {}, ADMIN_KEY)).status).toBe(200);
  const headers = { 'idempotency-key': 'shared' };
  const guest = await gateway.chat(undefined, {}, { path: '/api/chat/completions', headers });
  expect(guest.status).toBe(200);
  expect((await ask('shared', {}, ADMIN_KEY)).status).toBe(409);
});

test('after a crash: what was open was charged as an orphan, so it is not sent again', async () => {
  const { ctx } = gateway.app;
  const first = await ask('f');
  const callId = first.headers.get('x-hallpass-call-id')!;
  await ctx.db.updateTable('calls').set({ state: 'orphaned', status: 'error' }).where('id', '=', callId).execute();
  expect(await codeOf(await ask('f'))).toBe('idempotency_done');
});

test('after a crash before the hold: in progress at first, free half a minute later', async () => {
  const { ctx } = gateway.app;
  const first = await ask('g');
  const callId = first.headers.get('x-hallpass-call-id')!;
  await ctx.db
    .updateTable('idempotencyKeys')
    .set({ callId: 'call_never_opened' })
    .where('callId', '=', callId)
    .execute();
  expect(await codeOf(await ask('g'))).toBe('idempotency_in_progress');
  gateway.app.clock.advance(31_000);
  expect((await ask('g')).status).toBe(200);
});

test('where content is kept the answer is told again, whole and streamed', async () => {
  const { ctx } = gateway.app;
  for (const stream of [false, true]) {
    const id = `h ${stream}`.replace(' ', '-');
    const first = await ask(id, { stream });
    await first.text();
    const responseJson = JSON.stringify({
      id: 'x',
      created: 1,
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', content: 'as before' }, finish_reason: 'stop' }],
    });
    const callId = first.headers.get('x-hallpass-call-id')!;
    await ctx.db
      .insertInto('callContents')
      .values({ callId, responseJson, createdAt: 1 } as never)
      .execute();
    const second = await ask(id, { stream });
    expect(second.status).toBe(200);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    const text = await second.text();
    expect(text).toContain('as before');
    if (stream) expect(eventsOf(text).at(-1)).toBe('[DONE]');
  }
});

describe('what is kept is told again in the client’s own format, or not at all:', () => {
  let keeper: string;
  beforeAll(async () => {
    keeper = (await addPass(gateway.app.ctx, { contentPolicy: 'full' })).key;
    const toolCalls = [{ index: 0, id: 't1', type: 'function', function: { name: 'add', arguments: '{}' } }];
    await gateway.addModel('rich', { reasoning: ['Hm.'], toolCalls });
  });
  const post = (path: string, id: string, body: object) =>
    gateway.app.request(path, { token: keeper, json: body, headers: { 'idempotency-key': id } });
  const messages = [{ role: 'user', content: 'hi' }];
  const PATHS: [string, object][] = [
    ['/v1/chat/completions', { messages }],
    ['/v1/messages', { messages, max_tokens: 50 }],
    ['/v1/responses', { input: 'hi' }],
    ['/v1/completions', { prompt: 'hi' }],
  ];

  test.each(PATHS)('%s, whole: the same answer, with the policy', async (path, fields) => {
    const first = await post(path, `w${path}`, { model: 'm', ...fields });
    const second = await post(path, `w${path}`, { model: 'm', ...fields });
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(await second.json()).toEqual(await first.json());
    expect(second.headers.get('x-hallpass-content-policy')).toBe('full');
  });

  test('a streamed chat completion: reasoning under both names, tool calls with their places, and usage', async () => {
    const body = { model: 'rich', messages, stream: true, stream_options: { include_usage: true } };
    await (await post('/v1/chat/completions', 'rich', body)).text();
    const events = eventsOf(await (await post('/v1/chat/completions', 'rich', body)).text());
    const chunks = events.slice(0, -1).map((event) => JSON.parse(event) as { choices: { delta: object }[] });
    expect(chunks[0]!.choices[0]!.delta).toMatchObject({
      reasoning_content: 'Hm.',
      reasoning: 'Hm.',
      tool_calls: [{ index: 0, id: 't1', function: { name: 'add' } }],
    });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 11, total_tokens: 17 } });
  });

  test.each(PATHS.slice(1))('%s, streamed: refused with the call that was charged', async (path, fields) => {
    const first = await post(path, `s${path}`, { model: 'm', stream: true, ...fields });
    await first.text();
    const second = await post(path, `s${path}`, { model: 'm', stream: true, ...fields });
    expect(second.status).toBe(409);
    expect(await second.text()).toContain(first.headers.get('x-hallpass-call-id')!);
  });
});

test('a key is one printable word of at most 255 characters', async () => {
  expect((await ask('x'.repeat(255))).status).toBe(200);
  for (const bad of ['x'.repeat(256), 'two words']) expect(await codeOf(await ask(bad))).toBe('invalid_parameter');
});

test('a day later the key is forgotten, and its row is gone', async () => {
  gateway.app.clock.advance(25 * 3_600_000);
  expect((await ask('a')).status).toBe(200);
  const left = await gateway.app.ctx.db.selectFrom('idempotencyKeys').select('key').execute();
  expect(left.map((row) => row.key)).toEqual(['a']);
});
