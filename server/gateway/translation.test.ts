// Chat completions answered by an upstream of Anthropic's Messages, and the other way round: through the whole gateway,
// with what was charged.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';

import { createGatewayApp, eventsOf, type GatewayApp } from '../testing/gateway-app.ts';
import { type MessagesUpstream, startMessagesUpstream } from '../testing/scripted-messages.ts';

let gateway: GatewayApp;
let anthropic: MessagesUpstream;
let key: string;

beforeAll(async () => {
  gateway = await createGatewayApp();
  anthropic = startMessagesUpstream();
  const prices = { prompt: 2, completion: 8, cached: 1, cache_write: 3 };
  const models = [{ name: 'claude', upstream_model: 'claude-inside', prices }];
  const fields = { base_url: anthropic.baseUrl, protocol: 'anthropic-messages', auth_type: 'x-api-key' };
  await gateway.addModel('claude', {}, { ...fields, models });
  await gateway.addModel('m', {});
  key = await gateway.pass({ max_budget: 5 });
});
afterAll(async () => {
  anthropic[Symbol.dispose]();
  await gateway[Symbol.asyncDispose]();
});
beforeEach(() => {
  anthropic.script = {};
  gateway.upstream.script('m', {});
});

const lastCall = async () => (await gateway.calls()).at(-1)!;
const CLAUDE_COST = 11 * 2_000 + 4 * 1_000 + 2 * 3_000 + 6 * 8_000;

const THINK_AND_CALL = {
  content: [
    { type: 'thinking', thinking: 'let me think', signature: 'sig+/=é' },
    { type: 'text', text: 'I look it up.' },
    { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Bāsel' } },
    { type: 'tool_use', id: 'toolu_2', name: 'clock', input: {} },
  ],
  stopReason: 'tool_use',
};
const TOOLS = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }];

interface Delta {
  role?: string;
  content?: string;
  reasoning_content?: string;
  reasoning_details?: unknown[];
  tool_calls?: { index: number; id?: string; function: { name?: string; arguments: string } }[];
}
interface Chunk {
  id: string;
  model: string;
  usage?: Record<string, unknown> | null;
  error?: Record<string, unknown>;
  choices: { delta: Delta; finish_reason: string | null }[];
}
const chunksOf = (text: string) =>
  eventsOf(text)
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data) as Chunk);

describe('chat completions from an upstream of Messages', () => {
  const ask = (fields: Record<string, unknown> = {}) => gateway.chat(key, { model: 'claude', ...fields });

  test('whole: the answer in the client’s words, settled at the upstream’s truth', async () => {
    const response = await ask({
      messages: [
        { role: 'developer', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'text', text: 'hi' }] },
      ],
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      object: 'chat.completion',
      model: 'claude',
      choices: [
        {
          index: 0,
          finish_reason: 'stop',
          message: { role: 'assistant', content: 'Hello from the scripted upstream.' },
        },
      ],
      usage: {
        prompt_tokens: 17,
        completion_tokens: 6,
        total_tokens: 23,
        prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 },
      },
    });
    const { path, body, headers } = anthropic.journal.at(-1)!;
    expect(path).toBe('/v1/messages');
    expect(headers['anthropic-version']).toBe('2023-06-01');
    expect(body).toMatchObject({
      model: 'claude-inside',
      system: [{ type: 'text', text: 'Be brief.' }],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
    });
    // The cap that the budget put on the output is what bounds the hold.
    expect(body.max_tokens).toBe(4_096);
    expect(await lastCall()).toMatchObject({ status: 'success', estimated: 0, costNanos: CLAUDE_COST });
  });

  test('streamed: parallel tools, thinking with its signature, usage after the finish, one [DONE]', async () => {
    anthropic.script = THINK_AND_CALL;
    const stream_options = { include_usage: true };
    const text = await (await ask({ stream: true, stream_options, tools: TOOLS, reasoning_effort: 'low' })).text();
    expect(text).toEndWith('data: [DONE]\n\n');
    const chunks = chunksOf(text);
    expect(new Set(chunks.map(({ id, model }) => `${id} ${model}`)).size).toBe(1);
    expect(chunks[0]!.choices[0]!.delta.role).toBe('assistant');
    const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));
    expect(deltas.map(({ content = '' }) => content).join('')).toBe('I look it up.');
    expect(deltas.map(({ reasoning_content: thought = '' }) => thought).join('')).toBe('let me think');
    expect(deltas.flatMap(({ reasoning_details: details = [] }) => details)).toEqual([
      { type: 'reasoning.text', text: 'let me think', signature: 'sig+/=é', format: 'anthropic-claude-v1', index: 0 },
    ]);
    const calls = deltas.flatMap(({ tool_calls: pieces = [] }) => pieces);
    const written = [0, 1].map((index) =>
      calls
        .filter((call) => call.index === index)
        .map((call) => call.function.arguments)
        .join(''),
    );
    expect(written).toEqual(['{"city":"Bāsel"}', '{}']);
    expect(calls.filter(({ id }) => id).map((call) => [call.id, call.function.name])).toEqual([
      ['toolu_1', 'weather'],
      ['toolu_2', 'clock'],
    ]);
    expect(chunks.at(-2)!.choices[0]!.finish_reason).toBe('tool_calls');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 17, completion_tokens: 6 } });
    expect(await lastCall()).toMatchObject({ status: 'success', stream: 1, costNanos: CLAUDE_COST });
  });

  test('reasoning a client drops goes back byte for byte with the tool’s result, to nobody else, and is measured', async () => {
    anthropic.script = {
      ...THINK_AND_CALL,
      content: [{ ...THINK_AND_CALL.content[0], signature: 'S'.repeat(5_000) }, THINK_AND_CALL.content[2]!],
    };
    const first = { tools: TOOLS, reasoning_effort: 'low' };
    const answer = (await (await ask(first)).json()) as { choices: { message: Record<string, unknown> }[] };
    const { tool_calls } = answer.choices[0]!.message;
    const follow = {
      ...first,
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: null, tool_calls },
        { role: 'tool', tool_call_id: 'toolu_1', content: 'sunny' },
      ],
    };
    anthropic.script = {};
    await ask(follow);
    const { messages } = anthropic.journal.at(-1)!.body as { messages: { role: string; content: unknown[] }[] };
    expect(messages[1]!.content).toEqual([
      { type: 'thinking', thinking: 'let me think', signature: 'S'.repeat(5_000) },
      { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Bāsel' } },
    ]);
    expect(messages[2]).toEqual({
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: 'sunny' }] }],
    });
    const withIt = (await lastCall()).promptEstimate;
    const other = await gateway.pass({ max_budget: 5 });
    await gateway.chat(other, { model: 'claude', ...follow });
    const body = anthropic.journal.at(-1)!.body as { messages: { content: { type: string }[] }[] };
    expect(body.messages[1]!.content.map(({ type }) => type)).toEqual(['tool_use']);
    expect(withIt).toBeGreaterThan((await lastCall()).promptEstimate + 1_000);
  });

  test('a stream that breaks off ends with one error and is charged the prompt as told', async () => {
    for (const end of ['cut', 'error'] as const) {
      anthropic.script = { end };
      const text = await (await ask({ stream: true })).text();
      expect(text).not.toContain('[DONE]');
      expect(chunksOf(text).at(-1)!.error).toMatchObject({ code: 'stream_cut', param: null });
      expect(await lastCall()).toMatchObject({ status: 'cut', promptTokens: 17, cachedTokens: 4, estimated: 1 });
    }
  });

  test('an upstream’s error before the stream is the client’s kind of error', async () => {
    anthropic.script = { status: 400 };
    const response = await ask({ stream: true });
    expect([response.status, await response.json()]).toMatchObject([400, { error: { code: 'upstream_rejected' } }]);
    expect(await lastCall()).toMatchObject({ status: 'error', costNanos: 0 });
  });

  test('what Messages cannot express is refused by name, and nothing is sent', async () => {
    const sent = anthropic.journal.length;
    const refused = { seed: 1, n: 2, logprobs: true, presence_penalty: 1, logit_bias: { 5: 1 }, temperature: 1.5 };
    for (const [param, value] of Object.entries({ ...refused, response_format: { type: 'json_object' } })) {
      const response = await ask({ [param]: value });
      expect([response.status, await response.json()]).toMatchObject([
        400,
        { error: { code: 'unsupported_parameter', param } },
      ]);
    }
    expect(anthropic.journal.length).toBe(sent);
  });
});

describe('Messages from an upstream of chat completions', () => {
  const ask = (fields: Record<string, unknown> = {}) =>
    gateway.app.request('/v1/messages', {
      json: { model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }], ...fields },
      headers: { 'x-api-key': key },
    });
  const eventsIn = (text: string) =>
    text
      .split('\n\n')
      .filter(Boolean)
      .map((event) => JSON.parse(event.split('data: ')[1]!) as Record<string, unknown>);

  test('whole: the answer in the client’s words, settled at the upstream’s truth', async () => {
    gateway.upstream.script('m', {
      usage: { prompt_tokens: 11, completion_tokens: 6, prompt_tokens_details: { cached_tokens: 4 } },
    });
    const response = await ask({ system: 'Be brief.', stop_sequences: ['X'] });
    expect(await response.json()).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [{ type: 'text', text: 'Hello from the scripted upstream.' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 7, cache_read_input_tokens: 4, output_tokens: 6 },
    });
    const { body, target } = gateway.upstream.journal.at(-1)!;
    expect(target).toBe('/v1/chat/completions');
    expect(body).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'hi' },
      ],
      max_tokens: 100,
      stop: ['X'],
    });
    expect(await lastCall()).toMatchObject({ status: 'success', estimated: 0, promptTokens: 11, cachedTokens: 4 });
  });

  test('streamed: a block for each call, reasoning, usage with the stop, message_stop last', async () => {
    gateway.upstream.script('m', {
      reasoning: ['let me ', 'think'],
      words: ['I', ' look'],
      toolCalls: [
        { index: 0, id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bāsel"}' } },
        { index: 1, id: 'call_2', type: 'function', function: { name: 'clock', arguments: '{}' } },
      ],
    });
    const events = eventsIn(
      await (await ask({ stream: true, thinking: { type: 'enabled', budget_tokens: 64 } })).text(),
    );
    const kinds = events.filter(({ type }) => type === 'content_block_start').map(({ content_block: block }) => block);
    const caller = { type: 'direct' };
    expect(kinds).toEqual([
      { type: 'thinking', thinking: '', signature: '' },
      { type: 'text', text: '', citations: null },
      { type: 'tool_use', id: 'call_1', name: 'weather', input: {}, caller },
      { type: 'tool_use', id: 'call_2', name: 'clock', input: {}, caller },
    ]);
    expect(events.filter(({ type }) => type === 'content_block_stop').map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(events[0]).toMatchObject({ type: 'message_start', message: { model: 'm', role: 'assistant' } });
    expect(events.at(-2)).toMatchObject({
      type: 'message_delta',
      delta: { stop_reason: 'tool_use' },
      usage: { input_tokens: 11 },
    });
    expect(events.at(-1)).toEqual({ type: 'message_stop' });
    expect(gateway.upstream.journal.at(-1)!.body).toMatchObject({
      reasoning_effort: 'low',
      stream_options: { include_usage: true },
    });
    expect(await lastCall()).toMatchObject({ status: 'success', estimated: 0, promptTokens: 11 });
  });

  test('a stream that breaks off, and one without usage', async () => {
    gateway.upstream.script('m', { end: 'cut' });
    const events = eventsIn(await (await ask({ stream: true })).text());
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { type: 'api_error' } });
    expect(await lastCall()).toMatchObject({ status: 'cut', estimated: 1 });
    gateway.upstream.script('m', { usage: null });
    const counted = eventsIn(await (await ask({ stream: true })).text());
    const { completionTokens } = await lastCall();
    expect(completionTokens).toBeGreaterThan(0);
    expect(counted.at(-2)).toMatchObject({ usage: { output_tokens: completionTokens } });
  }, 30_000);

  test('what chat completions cannot express is refused by name', async () => {
    const document = { type: 'document', source: { type: 'text', data: 'x' } };
    for (const [param, fields] of [
      ['top_k', { top_k: 5 }],
      ['tools.0', { tools: [{ type: 'bash_20250124', name: 'bash' }] }],
      ['messages.0.content.0', { messages: [{ role: 'user', content: [document] }] }],
      [
        'messages',
        {
          messages: [
            { role: 'user', content: 'a' },
            { role: 'assistant', content: 'b' },
          ],
        },
      ],
    ] as const) {
      const response = await ask(fields);
      expect([response.status, await response.json()]).toMatchObject([
        400,
        { type: 'error', error: { code: 'unsupported_parameter', param } },
      ]);
    }
  });
});
