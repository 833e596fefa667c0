// Clients of every format answered by an upstream of Gemini's own: through the whole gateway, with what was charged.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';

import { createGatewayApp, eventsOf, type GatewayApp } from '../testing/gateway-app.ts';
import { sealReasoning } from './protocols/openai-responses/sealed-reasoning.ts';
import { startMessagesUpstream } from '../testing/scripted-messages.ts';
import { type GeminiUpstream, OVERLOADED, startGeminiUpstream } from '../testing/scripted-gemini.ts';

let gateway: GatewayApp;
let gemini: GeminiUpstream;
let key: string;
let channelId: string;

beforeAll(async () => {
  gateway = await createGatewayApp();
  gemini = startGeminiUpstream();
  const prices = { prompt: 2, completion: 8, cached: 1 };
  const models = [{ name: 'gem', upstream_model: 'gemini-3.8-flash', prices }];
  const channel = await gateway.addModel('gem', {}, { ...channelFields(), models });
  channelId = channel.id as string;
  key = await gateway.pass({ max_budget: 5 });
});
afterAll(async () => {
  gemini[Symbol.dispose]();
  await gateway[Symbol.asyncDispose]();
});
beforeEach(() => {
  gemini.script = {};
});

const channelFields = () => ({ base_url: gemini.baseUrl, protocol: 'gemini', auth_type: 'x-goog-api-key' });
const lastCall = async () => (await gateway.calls()).at(-1)!;
const ask = (fields: Record<string, unknown> = {}) => gateway.chat(key, { model: 'gem', ...fields });
const TOOLS = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }];
const COST = 7 * 2_000 + 4 * 1_000 + 8 * 8_000;
const CALLS = [
  { functionCall: { name: 'weather', args: { city: 'Bāsel' } }, thoughtSignature: 'sig+/=é' },
  { functionCall: { name: 'clock', args: {} } },
];

interface Piece {
  index: number;
  id?: string;
  function: { name?: string; arguments: string };
}
interface Chunk {
  choices: { delta: Record<string, unknown>; finish_reason: string | null }[];
  usage?: object | null;
  error?: Record<string, unknown>;
}
const chunksOf = (text: string) =>
  eventsOf(text)
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data) as Chunk);

describe('chat completions from an upstream of Gemini', () => {
  test('whole: asked at its own address with its own key header, settled with thoughts as output', async () => {
    const messages = [
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content: 'hi' },
    ];
    const response = await ask({ messages, stop: 'X', seed: 7 });
    expect([response.status, await response.json()]).toMatchObject([
      200,
      {
        model: 'gem',
        choices: [{ message: { content: 'Hello from the scripted upstream.' }, finish_reason: 'stop' }],
        usage: {
          prompt_tokens: 11,
          completion_tokens: 8,
          total_tokens: 19,
          prompt_tokens_details: { cached_tokens: 4 },
          completion_tokens_details: { reasoning_tokens: 3 },
        },
      },
    ]);
    const { target, headers, body } = gemini.journal.at(-1)!;
    expect(target).toBe('/v1beta/models/gemini-3.8-flash:generateContent');
    expect([headers['x-goog-api-key'], headers.authorization]).toEqual([expect.stringMatching(/.+/), undefined]);
    expect(body).toEqual({
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
      // The cap that the budget put on the output is what bounds the hold.
      generationConfig: { maxOutputTokens: 4_096, stopSequences: ['X'], seed: 7 },
    });
    expect(await lastCall()).toMatchObject({ status: 'success', estimated: 0, costNanos: COST });
  });

  test('a caller who takes one call at a time gets the first, whole and streamed, and what the model wrote is charged', async () => {
    gemini.script = { parts: CALLS };
    const one = { tools: TOOLS, parallel_tool_calls: false };
    const { choices } = (await (await ask(one)).json()) as { choices: { message: { tool_calls: Piece[] } }[] };
    expect(choices[0]!.message.tool_calls.map((call) => call.function.name)).toEqual(['weather']);
    const text = await (await ask({ ...one, stream: true })).text();
    const pieces = chunksOf(text).flatMap(({ choices: [choice] }) => (choice?.delta.tool_calls ?? []) as Piece[]);
    expect(new Set(pieces.map(({ index }) => index))).toEqual(new Set([0]));
    expect(text).toContain('"finish_reason":"tool_calls"');
    expect(await lastCall()).toMatchObject({ status: 'success', costNanos: COST });
  });

  test('streamed: thoughts, text, parallel tools each in one piece, usage after the finish, one [DONE]', async () => {
    gemini.script = { parts: [{ text: 'let me think', thought: true }, { text: 'I look it up.' }, ...CALLS] };
    const more = { stream: true, stream_options: { include_usage: true }, tools: TOOLS, reasoning_effort: 'low' };
    const text = await (await ask(more)).text();
    expect(text).toEndWith('data: [DONE]\n\n');
    const chunks = chunksOf(text);
    const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));
    expect(deltas.map(({ content = '' }) => content).join('')).toBe('I look it up.');
    expect(deltas.map(({ reasoning_content: thought = '' }) => thought).join('')).toBe('let me think');
    const calls = deltas.flatMap(({ tool_calls: pieces = [] }) => pieces as Piece[]);
    const ids = calls.filter(({ id }) => id).map(({ id, index, function: { name } }) => [index, id, name]);
    expect(ids).toEqual([
      [0, expect.stringMatching(/^call_.+_0$/), 'weather'],
      [1, expect.stringMatching(/^call_.+_1$/), 'clock'],
    ]);
    expect(calls.filter(({ id }) => !id).map(({ index, function: { arguments: json } }) => [index, json])).toEqual([
      [0, '{"city":"Bāsel"}'],
      [1, '{}'],
    ]);
    expect(deltas.flatMap(({ reasoning_details: details = [] }) => details)).toEqual([
      { type: 'reasoning.encrypted', data: 'sig+/=é', format: 'google-gemini-v1', index: 0, id: ids[0]![1] },
    ]);
    expect(chunks.at(-2)!.choices[0]!.finish_reason).toBe('tool_calls');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 11, completion_tokens: 8 } });
    const { target, body } = gemini.journal.at(-1)!;
    expect(target).toBe('/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse');
    expect(body).toMatchObject({
      generationConfig: { thinkingConfig: { includeThoughts: true, thinkingLevel: 'LOW' } },
    });
    expect(await lastCall()).toMatchObject({ status: 'success', stream: 1, costNanos: COST });
  });

  test('a signature that the client drops goes back byte for byte, is measured, and reaches nobody else', async () => {
    const signature = 'S'.repeat(5_000);
    gemini.script = { parts: [{ ...CALLS[0], thoughtSignature: signature }, CALLS[1]!] };
    const answer = (await (await ask({ tools: TOOLS })).json()) as {
      choices: { message: { tool_calls: { id: string; extra_content?: object }[] } }[];
    };
    const kept = answer.choices[0]!.message.tool_calls;
    const tool_calls = kept.map((call) => ({ ...call, extra_content: undefined }));
    const results = tool_calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: `for ${id}` }));
    const messages = [{ role: 'user', content: 'hi' }, { role: 'assistant', content: null, tool_calls }, ...results];
    gemini.script = {};
    expect((await ask({ tools: TOOLS, messages })).status).toBe(200);
    const [first, second] = tool_calls;
    expect(gemini.journal.at(-1)!.body.contents).toEqual([
      { role: 'user', parts: [{ text: 'hi' }] },
      {
        role: 'model',
        parts: [
          { functionCall: { id: first!.id, ...CALLS[0]!.functionCall }, thoughtSignature: signature },
          { functionCall: { id: second!.id, ...CALLS[1]!.functionCall } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { id: first!.id, name: 'weather', response: { output: `for ${first!.id}` } } },
          { functionResponse: { id: second!.id, name: 'clock', response: { output: `for ${second!.id}` } } },
        ],
      },
    ]);
    const withIt = (await lastCall()).promptEstimate;
    const other = await gateway.pass({ max_budget: 5 });
    expect((await gateway.chat(other, { model: 'gem', tools: TOOLS, messages })).status).toBe(200);
    expect(JSON.stringify(gemini.journal.at(-1)!.body)).not.toContain(signature);
    const keeps = messages.map((message) => ('tool_calls' in message ? { ...message, tool_calls: kept } : message));
    expect((await gateway.chat(other, { model: 'gem', tools: TOOLS, messages: keeps })).status).toBe(200);
    expect(JSON.stringify(gemini.journal.at(-1)!.body)).toContain(signature);
    expect((await gateway.chat(other, { model: 'gem', tools: TOOLS, messages })).status).toBe(200);
    // Without one, and without the word that Google documents for that, the upstream would have refused.
    expect(JSON.stringify(gemini.journal.at(-1)!.body)).toContain('"skip_thought_signature_validator"');
    expect(withIt).toBeGreaterThan((await lastCall()).promptEstimate + 1_000);
  });

  test.each([
    ['SAFETY', {}, 'content_filter'],
    ['RECITATION', {}, 'content_filter'],
    ['PROHIBITED_CONTENT', {}, 'content_filter'],
    ['MAX_TOKENS', {}, 'length'],
    [undefined, { blockReason: 'PROHIBITED_CONTENT' }, 'content_filter'],
  ])('%s %j ends as %s, whole and streamed', async (finishReason, more, expected) => {
    gemini.script = { ...(finishReason ? { finishReason } : {}), ...more };
    const whole = (await (await ask()).json()) as Chunk;
    expect(whole.choices[0]!.finish_reason).toBe(expected);
    expect(await lastCall()).toMatchObject({ status: 'success', estimated: 0 });
    const chunks = chunksOf(await (await ask({ stream: true })).text());
    expect(chunks.findLast(({ choices }) => choices.length > 0)!.choices[0]!.finish_reason).toBe(expected);
    expect(await lastCall()).toMatchObject({ status: 'success', estimated: 0 });
  });

  test.each(['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', 'OTHER', 'A_REASON_OF_TOMORROW'])(
    '%s is an error and not a good answer, and is charged as the upstream charges it',
    async (finishReason) => {
      gemini.script = { finishReason, parts: [] };
      const response = await ask();
      expect([response.status, await response.json()]).toMatchObject([502, { error: { code: 'upstream_error' } }]);
      const { status, costNanos } = await lastCall();
      // Tried again, for another draw may do better: each try is paid for.
      expect([status, costNanos % COST, costNanos > 0]).toEqual(['error', 0, true]);
      const chunks = chunksOf(await (await ask({ stream: true })).text());
      expect(chunks.at(-1)!.error).toMatchObject({ code: 'stream_cut' });
      expect(await lastCall()).toMatchObject({ status: 'cut', costNanos: COST, estimated: 0 });
    },
  );

  test.each(['cut', 'error', 'bare'] as const)('a stream that ends by %s is no success', async (end) => {
    gemini.script = { end };
    const text = await (await ask({ stream: true })).text();
    expect(text).not.toContain('[DONE]');
    expect(chunksOf(text).at(-1)!.error).toMatchObject({ code: 'stream_cut', param: null });
    expect(await lastCall()).toMatchObject({ status: 'cut', promptTokens: 11 });
  });

  test('what Gemini cannot express is refused by name, and nothing is sent', async () => {
    const sent = gemini.journal.length;
    const begun = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
    ];
    const image = [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://a.example/x' } }] }];
    const refused: [string, Record<string, unknown>][] = [
      ['n', { n: 2 }],
      ['logprobs', { logprobs: true }],
      ['logit_bias', { logit_bias: { 5: 1 } }],
      ['stop', { stop: ['1', '2', '3', '4', '5', '6'] }],
      ['response_format', { tools: TOOLS, tool_choice: 'required', response_format: { type: 'json_object' } }],
      ['messages', { messages: begun }],
      ['messages', { messages: image }],
      ['messages', { messages: [{ role: 'tool', tool_call_id: 'unknown', content: 'x' }] }],
      ['messages', { messages: [{ role: 'system', content: 'x' }] }],
    ];
    for (const [param, fields] of refused) {
      const response = await ask(fields);
      expect([response.status, await response.json()]).toMatchObject([
        400,
        { error: { code: 'unsupported_parameter', param } },
      ]);
    }
    expect(gemini.journal.length).toBe(sent);
  });
});

describe('an error of Google', () => {
  test('400 for the request is the client’s, with Google’s own sentence', async () => {
    gemini.script = { error: { code: 400, message: 'Unknown field.', status: 'INVALID_ARGUMENT' } };
    const response = await ask();
    expect([response.status, await response.json()]).toMatchObject([400, { error: { code: 'upstream_rejected' } }]);
    expect(await lastCall()).toMatchObject({ status: 'error', costNanos: 0 });
  });

  test('503 before the stream is tried again, and then said', async () => {
    gemini.script = { error: OVERLOADED };
    const sent = gemini.journal.length;
    const response = await ask({ stream: true });
    expect([response.status, await response.json()]).toMatchObject([502, { error: { code: 'upstream_error' } }]);
    expect(gemini.journal.length).toBeGreaterThan(sent + 1);
  });
});

describe('Messages and Responses from an upstream of Gemini', () => {
  test('a client of Messages that thinks gets the signature sealed, and its return opens it', async () => {
    gemini.script = { parts: [{ text: 'hm', thought: true }, ...CALLS] };
    const headers = { 'x-api-key': key };
    const tools = [{ name: 'weather', input_schema: { type: 'object' } }];
    const more = { model: 'gem', max_tokens: 4_000, tools, thinking: { type: 'enabled', budget_tokens: 1_500 } };
    const user = { role: 'user', content: 'hi' };
    const first = await gateway.app.request('/v1/messages', { headers, json: { ...more, messages: [user] } });
    const { content } = (await first.json()) as { content: Record<string, string>[] };
    expect(content.map(({ type }) => type)).toEqual(['thinking', 'redacted_thinking', 'tool_use', 'tool_use']);
    const results = content
      .filter(({ type }) => type === 'tool_use')
      .map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: 'no such city', is_error: true }));
    const messages = [user, { role: 'assistant', content }, { role: 'user', content: results }];
    // Another pass has none of it in memory: only what the client brought can be sent.
    const other = { 'x-api-key': await gateway.pass({ max_budget: 5 }) };
    gemini.script = {};
    const second = await gateway.app.request('/v1/messages', { headers: other, json: { ...more, messages } });
    expect(second.status).toBe(200);
    const { contents, generationConfig } = gemini.journal.at(-1)!.body as {
      contents: { parts: object[] }[];
      generationConfig: object;
    };
    expect(contents[1]!.parts[0]).toMatchObject({ functionCall: { name: 'weather' }, thoughtSignature: 'sig+/=é' });
    expect(contents[2]!.parts[0]).toMatchObject({ functionResponse: { response: { error: 'no such city' } } });
    expect(generationConfig).toMatchObject({ thinkingConfig: { includeThoughts: true, thinkingBudget: 1_500 } });
  });

  test('what is sealed for Gemini stays behind where an upstream of Messages answers', async () => {
    using anthropic = startMessagesUpstream();
    const speaks = { base_url: anthropic.baseUrl, protocol: 'anthropic-messages', auth_type: 'x-api-key' };
    await gateway.addModel('claude', {}, speaks);
    const seal = sealReasoning({ type: 'reasoning', text: '', signature: 's', redacted: true, from: 'gemini' });
    const own = { type: 'thinking', thinking: 'hm', signature: 'sig+/=é' };
    const text = { type: 'text', text: 'a' };
    const user = { role: 'user', content: 'hi' };
    const ask = async (content: object[]) => {
      const messages = [user, { role: 'assistant', content }, user];
      const json = { model: 'claude', max_tokens: 100, messages };
      expect((await gateway.app.request('/v1/messages', { headers: { 'x-api-key': key }, json })).status).toBe(200);
      return anthropic.journal.at(-1)!.body.messages;
    };
    const sealed = [
      { type: 'redacted_thinking', data: seal },
      { type: 'thinking', thinking: 'so', signature: seal },
    ];
    expect(await ask([own, ...sealed, text])).toEqual([user, { role: 'assistant', content: [own, text] }, user]);
    expect(await ask(sealed)).toEqual([user, user]);
  });

  test('a client of Responses is answered, whole and streamed', async () => {
    const request = (stream: boolean) =>
      gateway.app.request('/v1/responses', {
        json: { model: 'gem', input: 'hi', stream },
        headers: { authorization: `Bearer ${key}` },
      });
    expect(await (await request(false)).json()).toMatchObject({ status: 'completed', usage: { output_tokens: 8 } });
    expect(await (await request(true)).text()).toContain('response.completed');
  });
});

describe('the administrator’s ways to a channel of Gemini', () => {
  const admin = (path: string, json: object) =>
    gateway.app.request(path, { method: 'POST', token: gateway.admin, json });

  test('its test asks it and tells the answer', async () => {
    const results = await (await admin(`/api/admin/channels/${channelId}/test`, {})).json();
    expect(results).toMatchObject([{ ok: true, answer: 'Hello from the scripted upstream.', error: null }]);
  });

  test('its models are listed, of the stored channel and of one not saved yet', async () => {
    const unsaved = { base_url: gemini.baseUrl, api_key: 'k', protocol: 'gemini', auth_type: 'x-goog-api-key' };
    for (const query of [{ channel_id: channelId }, unsaved]) {
      const response = await admin('/api/admin/upstream-models', query);
      expect(await response.json()).toEqual({ models: ['gemini-3.8-flash'] });
    }
  });
});

describe('what Google says of a key or a project', () => {
  const BAD_KEY = {
    code: 400,
    message: 'API key not valid. Please pass a valid API key.',
    status: 'INVALID_ARGUMENT',
    details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }],
  };
  const BUSY = {
    code: 429,
    message: 'You exceeded your current quota.',
    status: 'RESOURCE_EXHAUSTED',
    details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.4s' }],
  };

  test('a 429 cools the key for as long as RetryInfo says', async () => {
    await gateway.addModel(
      'busy',
      {},
      {
        ...channelFields(),
        models: [{ name: 'busy', upstream_model: 'gemini-3.8-flash', prices: { prompt: 1, completion: 1 } }],
      },
    );
    gemini.script = { error: BUSY };
    const response = await gateway.chat(key, { model: 'busy' });
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '35']);
  });

  test('an error that comes as a stream’s first event counts by its own status', async () => {
    for (const end of ['error', 'bare'] as const) {
      const models = [{ name: end, upstream_model: 'gemini-3.8-flash', prices: { prompt: 1, completion: 1 } }];
      await gateway.addModel(end, {}, { ...channelFields(), models });
      gemini.script = { end, lateError: BUSY };
      const response = await gateway.chat(key, { model: end, stream: true });
      expect([end, response.status]).toEqual([end, 429]);
    }
  });

  test('a 400 for the key takes the key out of use, and is no fault of the client', async () => {
    await gateway.addModel(
      'keyed',
      {},
      {
        ...channelFields(),
        models: [{ name: 'keyed', upstream_model: 'gemini-3.8-flash', prices: { prompt: 1, completion: 1 } }],
      },
    );
    gemini.script = { error: BAD_KEY };
    const response = await gateway.chat(key, { model: 'keyed' });
    expect([response.status, await response.json()]).toMatchObject([502, { error: { code: 'upstream_error' } }]);
    const sent = gemini.journal.length;
    gemini.script = {};
    await gateway.chat(key, { model: 'keyed' });
    expect(gemini.journal.length).toBe(sent);
  });
});
