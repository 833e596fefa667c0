// What is kept of what was said: nothing, unless the caller's content policy asks for it, and then with the settle.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

import { CONTENT_MAX_CHARS } from '../calls/content.ts';
import { sweepContents } from '../calls/retention.ts';
import type { ContentPolicy } from '../plans/levels.ts';
import { createGatewayApp, eventually, type GatewayApp } from '../testing/gateway-app.ts';
import { addClassroom, addPass, addPlan } from '../testing/passes.ts';
import { testEngine } from '../testing/test-database.ts';

let gateway: GatewayApp;

beforeAll(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m', { reasoning: ['Let', ' me', ' see.'] });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const passWith = async (contentPolicy: ContentPolicy | null, more: Parameters<typeof addPass>[1] = {}) =>
  (await addPass(gateway.app.ctx, { contentPolicy, ...more })).key;

interface Kept {
  callId: string;
  requestJson: string | null;
  responseJson: string | null;
  paramsJson: string | null;
  responseText: string | null;
  policy: string;
  truncated: number;
}

/** The kept content of the call an answer belongs to. */
async function keptOf(response: Response): Promise<Kept | undefined> {
  const callId = response.headers.get('x-hallpass-call-id')!;
  const db = gateway.app.ctx.db;
  return db.selectFrom('callContents').selectAll().where('callId', '=', callId).executeTakeFirst();
}

const ask = async (key: string, fields: Record<string, unknown> = {}) => {
  const response = await gateway.chat(key, fields);
  return { response, text: await response.text() };
};

describe('policy none', () => {
  test('is the default: nothing is kept, and the answer says so', async () => {
    for (const policy of [null, 'none'] as const) {
      const { response } = await ask(await passWith(policy), { stream: true });
      expect(response.headers.get('x-hallpass-content-policy')).toBe('none');
      expect(await keptOf(response)).toBeUndefined();
    }
  });

  test('holds for guests, whatever their plan says', async () => {
    const { ctx } = gateway.app;
    await ctx.db.updateTable('plans').set({ contentPolicy: 'full' }).where('id', '=', 'plan_guest').execute();
    ctx.events.emit({ type: 'plan.changed', planId: 'plan_guest' });
    const response = await gateway.chat(undefined, {}, { path: '/api/chat/completions' });
    await response.text();
    expect([response.status, response.headers.get('x-hallpass-content-policy')]).toEqual([200, 'none']);
    expect(await keptOf(response)).toBeUndefined();
  });
});

describe('policy full', () => {
  test('keeps messages, parameters and the whole reply with its reasoning and tool calls', async () => {
    const toolCalls = [{ index: 0, id: 't1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } }];
    await gateway.addModel('tools', { reasoning: ['Hm.'], words: ['One', ' moment'], toolCalls });
    const key = await passWith('full');
    for (const stream of [false, true]) {
      const messages = [{ role: 'user', content: '一加一？' }];
      const { response } = await ask(key, { model: 'tools', messages, stream, temperature: 0.3 });
      expect(response.headers.get('x-hallpass-content-policy')).toBe('full');
      const kept = (await keptOf(response))!;
      expect(JSON.parse(kept.requestJson!)).toEqual(messages);
      expect(JSON.parse(kept.paramsJson!)).toEqual({ model: 'tools', stream, temperature: 0.3 });
      expect([kept.responseText, kept.policy, kept.truncated]).toEqual(['One moment', 'full', 0]);
      const [choice] = (JSON.parse(kept.responseJson!) as { choices: Record<string, unknown>[] }).choices;
      expect(choice).toMatchObject({
        finish_reason: 'tool_calls',
        message: {
          role: 'assistant',
          content: 'One moment',
          reasoning_content: 'Hm.',
          tool_calls: [{ id: 't1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } }],
        },
      });
    }
  });

  test('keeps the part of a cut answer that was delivered, and the question of a failed one', async () => {
    await gateway.addModel('cut', { words: ['Half', ' an'], end: 'cut' });
    await gateway.addModel('broken', { status: 400 });
    const key = await passWith('full');
    const cut = await ask(key, { model: 'cut', stream: true });
    expect(cut.text).toContain('stream_cut');
    expect((await keptOf(cut.response))!.responseText).toBe('Half an');
    const broken = await gateway.chat(key, { model: 'broken', messages: [{ role: 'user', content: 'why?' }] });
    expect(broken.status).toBe(400);
    const rows = await gateway.app.ctx.db.selectFrom('callContents').selectAll().orderBy('callId', 'desc').execute();
    expect(rows[0]).toMatchObject({ requestJson: '[{"role":"user","content":"why?"}]', responseJson: null });
  });

  test('keeps what a client that left has got', async () => {
    await gateway.addModel('slow', { words: Array.from({ length: 200 }, () => 'word '), wordDelayMs: 20 });
    const leaving = new AbortController();
    const response = await gateway.chat(
      await passWith('full'),
      { model: 'slow', stream: true },
      { signal: leaving.signal },
    );
    const reader = response.body!.getReader();
    for (let i = 0; i < 5; i += 1) await reader.read();
    leaving.abort();
    await reader.cancel().catch(() => {});
    const kept = await eventually(() => keptOf(response));
    expect(kept.responseText).toStartWith('word ');
    expect(kept.responseText!.length).toBeLessThan(200 * 5);
  });
});

test('the most specific level decides: pass, then classroom, then plan', async () => {
  const { ctx } = gateway.app;
  const planId = await addPlan(ctx, { contentPolicy: 'full' });
  const classroomId = await addClassroom(ctx, { contentPolicy: 'on_request', planId });
  const policyOf = async (key: string) => (await ask(key)).response.headers.get('x-hallpass-content-policy');
  expect(await policyOf(await passWith(null, { planId }))).toBe('full');
  expect(await policyOf(await passWith(null, { classroomId }))).toBe('on_request');
  expect(await policyOf(await passWith('none', { classroomId }))).toBe('none');
});

describe('what is kept is bounded', () => {
  test('long texts and pictures are cut, the newest messages stay, and the row says so', async () => {
    const long = 'x'.repeat(400_000);
    const picture = { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(500_000)}` } };
    const messages = [
      ...Array.from({ length: 20 }, (_, i) => ({ role: 'user', content: `${i} ${long}` })),
      { role: 'user', content: [{ type: 'text', text: 'newest' }, picture] },
    ];
    const { response } = await ask(await passWith('full'), { messages, metadata: { note: long } });
    const kept = (await keptOf(response))!;
    expect(kept.truncated).toBe(1);
    expect(kept.requestJson!.length).toBeLessThanOrEqual(CONTENT_MAX_CHARS);
    expect(kept.paramsJson!.length).toBeLessThan(40_000);
    const list = JSON.parse(kept.requestJson!) as { content: unknown }[];
    expect(list.at(-1)!.content).toEqual([
      { type: 'text', text: 'newest' },
      { type: 'image_url', image_url: { url: 'data:image/png;…' } },
    ]);
    // What went upstream is what was asked.
    expect(JSON.stringify(gateway.upstream.journal.at(-1)!.body.messages).length).toBeGreaterThan(8_000_000);
  });

  test('a reply of more than the bound is cut, streamed or not', async () => {
    await gateway.addModel('endless', { words: Array.from({ length: 40 }, () => 'y'.repeat(10_000)) });
    const key = await passWith('full');
    for (const stream of [false, true]) {
      const { response, text } = await ask(key, { model: 'endless', stream });
      expect(text.length).toBeGreaterThan(400_000);
      const kept = (await keptOf(response))!;
      expect([kept.truncated, kept.responseText!.length]).toEqual([1, CONTENT_MAX_CHARS]);
      expect(kept.responseJson!.length).toBeLessThanOrEqual(CONTENT_MAX_CHARS);
    }
  });
});

test('content and numbers are one transaction: every kept content has its settled call', async () => {
  const db = gateway.app.ctx.db;
  const contents = await db.selectFrom('callContents').select('callId').execute();
  const settled = await db.selectFrom('calls').select('id').where('state', '=', 'settled').execute();
  const ids = new Set(settled.map(({ id }) => id));
  expect(contents.length).toBeGreaterThan(8);
  expect(contents.filter(({ callId }) => !ids.has(callId))).toEqual([]);
});

test.skipIf(testEngine === 'sqlite')('text that PostgreSQL cannot hold loses only what it cannot hold', async () => {
  const { response } = await ask(await passWith('full'), { messages: [{ role: 'user', content: 'a\0b\ud800c' }] });
  expect(response.status).toBe(200);
  expect(JSON.parse((await keptOf(response))!.requestJson!)).toMatchObject([{ role: 'user' }]);
});

test('content leaves when its time is over, in batches; the call stays', async () => {
  const { ctx, clock } = gateway.app;
  const now = clock.now();
  const old = Array.from({ length: 1_203 }, (_, i) => ({ callId: `old_${i}`, createdAt: now - 31 * 86_400_000 }));
  const nothing = { requestJson: '[]', responseJson: null, paramsJson: null, responseText: null };
  await ctx.db
    .insertInto('callContents')
    .values(old.map((row) => ({ ...row, ...nothing })))
    .execute();
  const calls = (await gateway.calls()).length;
  const kept = await ctx.db.selectFrom('callContents').select('callId').where('createdAt', '>=', now).execute();
  expect(await sweepContents(ctx)).toBe(1_203);
  expect(await ctx.db.selectFrom('callContents').select('callId').execute()).toHaveLength(kept.length);
  expect(await gateway.calls()).toHaveLength(calls);
});
