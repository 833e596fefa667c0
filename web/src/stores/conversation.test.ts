import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { Problem } from '@/api/problem.ts';
import { isRunning } from '@/chat/turn.ts';

import { useConversation } from './conversation.ts';
import { useLogin } from './login.ts';
import { useModels } from './models.ts';

const encoder = new TextEncoder();
const event = (data: unknown) => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
const text = (content: string) => event({ choices: [{ delta: { content } }] });
const thought = (reasoning: string) => event({ choices: [{ delta: { reasoning } }] });

interface Sent {
  body: { model: string; stream: boolean; messages: { role: string; content: string }[] };
  headers: Headers;
}
const sent: Sent[] = [];

/** The next answers of the server, one for each request. */
let answers: ((signal: AbortSignal) => Response)[] = [];

function streamOf(pieces: string[], { open = false } = {}): (signal: AbortSignal) => Response {
  return (signal) =>
    new Response(
      new ReadableStream({
        start(controller) {
          for (const piece of pieces) controller.enqueue(encoder.encode(piece));
          signal.addEventListener('abort', () => controller.error(new DOMException('aborted', 'AbortError')));
          if (!open) controller.close();
        },
      }),
    );
}

const refusal = (status: number, error: object) => () => Response.json({ error }, { status });

beforeEach(async () => {
  sessionStorage.clear();
  sent.length = 0;
  answers = [];
  setActivePinia(createPinia());
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    if (path === '/api/auth/me') return Response.json({ name: 'a@example.org', role: 'user' });
    if (path === '/api/chat/models') return Response.json([{ id: 'm1', name: 'Model one', demo: false }]);
    sent.push({ body: JSON.parse(init.body as string) as Sent['body'], headers: new Headers(init.headers) });
    const answer = answers.shift();
    if (!answer) throw new TypeError('Failed to fetch');
    return answer(init.signal!);
  });
  await useModels().load();
});
afterEach(() => vi.unstubAllGlobals());

describe('a question', () => {
  test('is answered, with its thinking, and announced', async () => {
    answers = [streamOf([thought('想'), text('好'), text('的'), event('[DONE]')])];
    const conversation = useConversation();
    await conversation.ask('你好');
    expect(conversation.turns).toMatchObject([
      { role: 'user', text: '你好' },
      { role: 'assistant', text: '好的', thinking: '想', state: 'done', modelName: 'Model one' },
    ]);
    expect(conversation.happening).toBe('done');
    expect(conversation.running).toBe(false);
    expect(sent[0]!.body).toEqual({ model: 'm1', stream: true, messages: [{ role: 'user', content: '你好' }] });
  });

  test('of a guest carries no credential, of a signed-in user the bearer', async () => {
    answers = [streamOf([event('[DONE]')]), streamOf([event('[DONE]')])];
    const conversation = useConversation();
    await conversation.ask('一');
    await useLogin().signIn('eyJ.x.y');
    await conversation.ask('二');
    expect(sent[0]!.headers.has('authorization')).toBe(false);
    expect(sent[1]!.headers.get('authorization')).toBe('Bearer eyJ.x.y');
  });

  test('carries the conversation so far, without what was never answered', async () => {
    answers = [
      streamOf([text('甲'), event('[DONE]')]),
      refusal(502, { type: 'upstream_error', message: 'x' }),
      streamOf([event('[DONE]')]),
    ];
    const conversation = useConversation();
    await conversation.ask('一');
    await conversation.ask('二');
    await conversation.ask('三');
    expect(sent[2]!.body.messages).toEqual([
      { role: 'user', content: '一' },
      { role: 'assistant', content: '甲' },
      { role: 'user', content: '二' },
      { role: 'user', content: '三' },
    ]);
  });

  test('waits for the answer before it', async () => {
    answers = [streamOf([text('a')], { open: true })];
    const conversation = useConversation();
    const first = conversation.ask('一');
    await conversation.ask('二');
    expect(conversation.turns).toHaveLength(2);
    conversation.stop();
    await first;
  });
});

describe('an answer that does not come whole', () => {
  test('without [DONE] is cut, never finished', async () => {
    answers = [streamOf([text('半')])];
    const conversation = useConversation();
    await conversation.ask('一');
    expect(conversation.lastAnswer).toMatchObject({ state: 'cut', text: '半' });
    expect(conversation.happening).toBe('cut');
    expect(conversation.problem).toBeNull();
  });

  test('with an error event is cut and shown as a dialog', async () => {
    answers = [
      streamOf([text('半'), event({ error: { type: 'upstream_error', message: '断了', code: 'stream_cut' } })]),
    ];
    const conversation = useConversation();
    await conversation.ask('一');
    expect(conversation.lastAnswer).toMatchObject({ state: 'cut', text: '半' });
    expect(conversation.problem).toMatchObject({ kind: 'upstream', message: '断了' });
  });

  test('that only thought before it broke is cut too', async () => {
    answers = [streamOf([thought('想')])];
    const conversation = useConversation();
    await conversation.ask('一');
    expect(conversation.lastAnswer).toMatchObject({ state: 'cut', thinking: '想' });
    expect(conversation.lastAnswer!.thinkingEndedAt).toBeDefined();
  });

  test('stopped by the reader keeps what came and is no problem', async () => {
    answers = [streamOf([text('一半')], { open: true })];
    const conversation = useConversation();
    const asking = conversation.ask('一');
    await vi.waitFor(() => expect(conversation.lastAnswer?.text).toBe('一半'));
    expect(isRunning(conversation.lastAnswer!)).toBe(true);
    conversation.stop();
    await asking;
    expect(conversation.lastAnswer).toMatchObject({ state: 'stopped', text: '一半' });
    expect(conversation.problem).toBeNull();
  });

  test('refused by the limit tells the wait', async () => {
    answers = [
      refusal(429, { type: 'rate_limit_exceeded', message: '您超过当前使用限制，请稍后再试', retry_after: 33 }),
    ];
    const conversation = useConversation();
    await conversation.ask('一');
    expect(conversation.lastAnswer).toMatchObject({ state: 'failed' });
    expect(conversation.problem).toMatchObject({ kind: 'limit', retryAfterSeconds: 33 });
  });

  test('without a network is a network problem', async () => {
    const conversation = useConversation();
    await conversation.ask('一');
    expect(conversation.problem).toBeInstanceOf(Problem);
    expect(conversation.problem!.kind).toBe('network');
  });
});

describe('asking again', () => {
  test('replaces the last answer and closes the dialog', async () => {
    answers = [refusal(502, { type: 'upstream_error', message: 'x' }), streamOf([text('好'), event('[DONE]')])];
    const conversation = useConversation();
    await conversation.ask('一');
    await conversation.answerAgain();
    expect(conversation.turns).toHaveLength(2);
    expect(conversation.lastAnswer).toMatchObject({ state: 'done', text: '好' });
    expect(conversation.problem).toBeNull();
  });

  test('beside an answer, where the first try never came, stays beside it', async () => {
    const whole = (words: string) => streamOf([text(words), event('[DONE]')]);
    answers = [whole('一'), refusal(429, { type: 'rate_limit_exceeded', message: 'x', retry_after: 1 }), whole('二')];
    const conversation = useConversation();
    await conversation.ask('问');
    await conversation.answerAgain();
    expect(conversation.lastAnswer).toMatchObject({ state: 'failed' });
    await conversation.retry();
    expect(conversation.turns).toMatchObject([{ text: '问' }, { text: '二', state: 'done' }]);
    expect(conversation.branchOf(conversation.lastAnswer!)).toEqual({ position: 2, count: 2 });
    expect(sent.at(-1)!.body.messages).toEqual([{ role: 'user', content: '问' }]);
  });

  test('after going on was refused goes on, in the same answer', async () => {
    answers = [
      streamOf([text('上半')]),
      refusal(429, { type: 'rate_limit_exceeded', message: 'x', retry_after: 1 }),
      streamOf([text('下半'), event('[DONE]')]),
    ];
    const conversation = useConversation();
    await conversation.ask('问');
    await conversation.goOn();
    expect(conversation.problem).toMatchObject({ kind: 'limit' });
    expect(conversation.goesOn).toBe(true);
    await conversation.retry();
    expect(conversation.turns).toMatchObject([{ text: '问' }, { text: '上半下半', state: 'done' }]);
    expect(conversation.branchOf(conversation.lastAnswer!).count).toBe(1);
    expect(conversation.goesOn).toBe(false);
  });

  test('a new conversation stops the old one and hears nothing of it', async () => {
    answers = [streamOf([text('旧')], { open: true })];
    const conversation = useConversation();
    const asking = conversation.ask('一');
    await vi.waitFor(() => expect(conversation.lastAnswer?.text).toBe('旧'));
    conversation.clear();
    await asking;
    expect(conversation.turns).toEqual([]);
    expect(conversation.happening).toBeNull();
    expect(conversation.problem).toBeNull();
  });
});
