// OpenAI's Responses through its own client, against upstreams of chat completions and of Messages, streamed and whole.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import OpenAI from 'openai';
import type { ResponseCreateParamsNonStreaming, ResponseStreamEvent } from 'openai/resources/responses/responses';

import { checkInvariants } from '../ledger/invariants.ts';
import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';

let gateway: GatewayApp;
let client: OpenAI;
let key: string;

const CALL = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bern"}' } };
const TOOL = {
  type: 'function' as const,
  name: 'weather',
  description: 'The weather',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
  strict: true,
};
const CLAUDE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude',
  content: [
    { type: 'thinking', thinking: 'Let me see.', signature: 'sig+/=é' },
    { type: 'text', text: 'Hello from Claude.' },
    { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Bern' } },
  ],
  stop_reason: 'tool_use',
  stop_sequence: null,
  usage: { input_tokens: 12, output_tokens: 9, cache_read_input_tokens: 3 },
};

beforeAll(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m', { reasoning: ['First', ' think.'] });
  await gateway.addModel('tools', { toolCalls: [CALL], words: [] });
  await gateway.addModel('slow', { words: Array.from({ length: 200 }, () => 'w '), wordDelayMs: 30 });
  await gateway.addModel('cut', { end: 'cut' });
  await gateway.addModel('claude', { rawBody: JSON.stringify(CLAUDE) }, { protocol: 'anthropic-messages' });
  key = await gateway.pass({ max_budget: 5 });
  client = new OpenAI({ apiKey: key, baseURL: `${await gateway.app.listen()}/v1`, maxRetries: 0 });
});
afterAll(async () => {
  expect(await checkInvariants(gateway.app.ctx.db as never)).toEqual([]);
  await gateway[Symbol.asyncDispose]();
});

const sentUpstream = () => gateway.upstream.journal.at(-1)!.body;
const respond = (params: Partial<ResponseCreateParamsNonStreaming>) =>
  client.responses.create({ model: 'm', input: 'hi', ...params });
async function events(params: object): Promise<ResponseStreamEvent[]> {
  const stream = await client.responses.create({ model: 'm', input: 'hi', ...params, stream: true });
  const seen: ResponseStreamEvent[] = [];
  for await (const event of stream) seen.push(event);
  return seen;
}

describe('whole', () => {
  test('text and reasoning come as items, usage as the upstream told it', async () => {
    const response = await respond({ instructions: 'Be brief.', max_output_tokens: 50 });
    expect(response).toMatchObject({ object: 'response', status: 'completed', model: 'm', store: false });
    expect(response.output.map(({ type }) => type)).toEqual(['reasoning', 'message']);
    expect(response.output_text).toBe('Hello from the scripted upstream.');
    expect(response.usage).toMatchObject({ input_tokens: 11, output_tokens: 6, total_tokens: 17 });
    expect(sentUpstream()).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'hi' },
      ],
    });
  });

  test('a tool is called, and its result goes back in the next input', async () => {
    const response = await respond({ model: 'tools', tools: [TOOL], tool_choice: 'required' });
    const call = response.output.find(({ type }) => type === 'function_call');
    expect(call).toMatchObject({
      call_id: 'call_1',
      name: 'weather',
      arguments: '{"city":"Bern"}',
      status: 'completed',
    });
    expect(sentUpstream()).toMatchObject({
      tool_choice: 'required',
      tools: [{ function: { name: 'weather', strict: true } }],
    });
    const output = { type: 'function_call_output' as const, call_id: 'call_1', output: '12 °C' };
    const input = [{ role: 'user' as const, content: 'hi' }, ...response.output, output] as never;
    expect((await respond({ input, tools: [TOOL] })).status).toBe('completed');
    expect(sentUpstream().messages).toEqual([
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: null, tool_calls: [CALL] },
      { role: 'tool', tool_call_id: 'call_1', content: '12 °C' },
    ]);
  });

  test('pictures, a strict schema and effort reach the upstream in its words', async () => {
    const content = [
      { type: 'input_text' as const, text: 'What is it?' },
      { type: 'input_image' as const, image_url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'low' as const },
    ];
    const format = { type: 'json_schema' as const, name: 'answer', schema: { type: 'object' }, strict: true };
    await respond({ input: [{ role: 'user', content }], text: { format }, reasoning: { effort: 'low' }, top_p: 0.5 });
    expect(sentUpstream()).toMatchObject({
      messages: [{ content: [{ type: 'text' }, { type: 'image_url', image_url: { detail: 'low' } }] }],
      response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true } },
      reasoning_effort: 'low',
      top_p: 0.5,
    });
  });

  test('a signed thought of another format comes back byte for byte', async () => {
    const asked = { model: 'claude', tools: [TOOL], include: ['reasoning.encrypted_content' as const] };
    const response = await respond(asked);
    expect(response.output.map(({ type }) => type)).toEqual(['reasoning', 'message', 'function_call']);
    const [reasoning] = response.output as { encrypted_content?: string; summary: { text: string }[] }[];
    expect(reasoning!.summary[0]!.text).toBe('Let me see.');
    const output = { type: 'function_call_output' as const, call_id: 'toolu_1', output: '12 °C' };
    await respond({ ...asked, input: [{ role: 'user', content: 'hi' }, ...response.output, output] as never });
    const { messages } = sentUpstream() as { messages: { role: string; content: object[] }[] };
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(messages[1]!.content).toEqual(CLAUDE.content);
  });
});

describe('streamed', () => {
  test('events are numbered, every item opens and closes, and the last one is the whole response', async () => {
    const seen = await events({});
    expect(seen.map((event) => event.sequence_number)).toEqual(seen.map((_, i) => i));
    expect(seen.slice(0, 2).map(({ type }) => type)).toEqual(['response.created', 'response.in_progress']);
    const opened = seen.filter(({ type }) => type === 'response.output_item.added').length;
    expect([opened, seen.filter(({ type }) => type === 'response.output_item.done').length]).toEqual([2, 2]);
    const text = seen.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');
    expect(text).toBe('Hello from the scripted upstream.');
    const last = seen.at(-1)!;
    if (last.type !== 'response.completed') throw new Error(last.type);
    expect(last.response.output.map(({ type }) => type)).toEqual(['reasoning', 'message']);
    expect(last.response.usage!.output_tokens).toBe(6);
  });

  test('a tool’s arguments arrive piece by piece and whole', async () => {
    const seen = await events({ model: 'tools', tools: [TOOL] });
    const pieces = seen.map((event) => (event.type === 'response.function_call_arguments.delta' ? event.delta : ''));
    expect(pieces.join('')).toBe('{"city":"Bern"}');
    expect(seen.find(({ type }) => type === 'response.function_call_arguments.done')).toMatchObject({
      arguments: '{"city":"Bern"}',
    });
  });

  test('a stream that breaks ends as failed, with its error, after what had come', async () => {
    const last = (await events({ model: 'cut' })).at(-1)!;
    if (last.type !== 'response.failed') throw new Error(last.type);
    expect(last.response.status).toBe('failed');
    expect(last.response.error).toMatchObject({ code: 'server_error', reason: 'stream_cut' } as object);
  });

  test('who hangs up is charged for what was said', async () => {
    const stream = await client.responses.create({ model: 'slow', input: 'hi', stream: true });
    for await (const event of stream) if (event.type === 'response.output_text.delta') break;
    for (let i = 0; i < 100 && (await gateway.calls()).at(-1)!.state === 'open'; i += 1) await Bun.sleep(20);
    const row = (await gateway.calls()).at(-1)!;
    expect([row.status, Number(row.costNanos) > 0]).toEqual(['cancelled', true]);
  });
});

describe('refused by name', () => {
  const REFUSED: [object, string][] = [
    [{ input: '' }, 'input'],
    [{ input: [] }, 'input'],
    [{ input: [{ content: 'x' }] }, 'input.0.role'],
    [{ max_output_tokens: 0 }, 'max_output_tokens'],
    [{ previous_response_id: 'resp_1' }, 'previous_response_id'],
    [{ conversation: 'conv_1' }, 'conversation'],
    [{ store: true }, 'store'],
    [{ background: true }, 'background'],
    [{ truncation: 'auto' }, 'truncation'],
    [{ include: ['file_search_call.results'] }, 'include'],
    [{ tools: [{ type: 'file_search', vector_store_ids: [] }] }, 'tools.0'],
    [{ tool_choice: { type: 'web_search' } }, 'tool_choice'],
    [{ input: [{ type: 'item_reference', id: 'x' }] }, ''],
    [{ input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'f' }] }] }, ''],
    [{ invented: 1 }, 'invented'],
  ];
  test.each(REFUSED)('%p', async (fields, param) => {
    const asked = gateway.upstream.journal.length;
    const response = await gateway.app.request('/v1/responses', {
      json: { model: 'm', input: 'hi', ...fields },
      token: key,
    });
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: { param: string; message: string } };
    if (param) expect(error.param).toBe(param);
    expect(gateway.upstream.journal.length).toBe(asked);
  });

  test('what runs elsewhere at a price of its own, to a pass with a budget and to one without', async () => {
    const json = { model: 'm', input: 'hi', tools: [{ type: 'code_interpreter' }] };
    for (const token of [key, await gateway.pass()])
      expect((await gateway.app.request('/v1/responses', { json, token })).status).toBe(400);
  });
});

describe('an agent’s tools', () => {
  const NAMESPACE = { type: 'namespace', name: 'agents', description: 'd', tools: [TOOL] };

  test('those of a namespace are called under it, and go back under it', async () => {
    const joined = { ...CALL, function: { ...CALL.function, name: 'agents__weather' } };
    await gateway.addModel('spaced', { toolCalls: [joined], words: [] });
    const tools = [TOOL, NAMESPACE] as never;
    const response = await respond({ model: 'spaced', tools });
    expect(response.output.at(-1)).toMatchObject({ type: 'function_call', name: 'weather', namespace: 'agents' });
    const sent = (sentUpstream().tools as { function: { name: string } }[]).map((tool) => tool.function.name);
    expect(sent).toEqual(['weather', 'agents__weather']);
    const output = { type: 'function_call_output' as const, call_id: 'call_1', output: 'ok' };
    await respond({ tools, input: [{ role: 'user', content: 'hi' }, ...response.output, output] as never });
    expect(sentUpstream()).toMatchObject({ messages: [{}, { tool_calls: [joined] }, {}] });
    const seen = await events({ model: 'spaced', tools });
    expect(seen.findLast(({ type }) => type === 'response.output_item.done')).toMatchObject({
      item: { name: 'weather', namespace: 'agents' },
    });
  });

  test('a search that only OpenAI runs is left out, and said so', async () => {
    const json = { model: 'm', input: 'hi', tools: [TOOL, { type: 'web_search', external_web_access: false }] };
    const response = await gateway.app.request('/v1/responses', { json, token: key });
    expect(response.headers.get('x-hallpass-left-out')).toBe('web_search');
    const { tools } = (await response.json()) as { tools: { type: string }[] };
    expect(tools.map(({ type }) => type)).toEqual(['function']);
    expect((sentUpstream().tools as unknown[]).length).toBe(1);
  });
});
