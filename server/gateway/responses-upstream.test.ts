// An upstream of OpenAI's Responses: relayed to its own clients byte for byte, translated for chat and Messages clients.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

import { checkInvariants } from '../ledger/invariants.ts';
import { createGatewayApp, eventually, type GatewayApp, PRICES } from '../testing/gateway-app.ts';
import { type ResponsesUpstream, startResponsesUpstream } from '../testing/scripted-responses.ts';

let gateway: GatewayApp;
let upstream: ResponsesUpstream;
let key: string;
let free: string;
let openai: OpenAI;

beforeAll(async () => {
  gateway = await createGatewayApp();
  upstream = startResponsesUpstream();
  await gateway.addModel('r', {}, { base_url: upstream.baseUrl, protocol: 'openai-responses' });
  const models = [{ name: 'ours', upstream_model: 'gpt-5.2', prices: PRICES }];
  const channel = { base_url: upstream.baseUrl, protocol: 'openai-responses', model_id: undefined, models };
  await gateway.addModel('ours', {}, channel);
  await gateway.addModel('chat-only');
  key = await gateway.pass({ max_budget: 5 });
  free = await gateway.pass();
  openai = new OpenAI({ apiKey: key, baseURL: `${await gateway.app.listen()}/v1`, maxRetries: 0 });
});
beforeEach(() => (upstream.script = {}));
afterAll(async () => {
  expect(await checkInvariants(gateway.app.ctx.db as never)).toEqual([]);
  upstream[Symbol.dispose]();
  await gateway[Symbol.asyncDispose]();
});

const respond = (fields: object, token = free) =>
  gateway.app.request('/v1/responses', { json: { model: 'r', input: 'hi', ...fields }, token });
const sent = () => upstream.journal.at(-1)!.body;
const dataOf = (text: string) =>
  text
    .split('\n\n')
    .filter(Boolean)
    .map((event) => /^event: \S+\ndata: (.*)$/.exec(event)![1]!);
const refusalOf = async (response: Response) => {
  const { error } = (await response.json()) as { error: { code: string; param: string } };
  return [response.status, error.code, error.param];
};
const lastCall = async () => (await gateway.calls()).at(-1)!;

describe('the same format on both sides', () => {
  test('a body travels as it is, and a whole answer comes back byte for byte', async () => {
    const fields = {
      store: true,
      include: ['message.output_text.logprobs'],
      tools: [
        { type: 'web_search' },
        { type: 'code_interpreter', container: { type: 'auto' } },
        { type: 'custom', name: 'patch' },
      ],
      reasoning: { effort: 'high', summary: 'auto' },
      own: { field: 1 },
    };
    const response = await respond(fields);
    expect(upstream.journal.at(-1)!.path).toBe('/v1/responses');
    expect(sent()).toEqual({ model: 'r', input: 'hi', ...fields });
    expect(response.headers.get('x-hallpass-left-out')).toBeNull();
    expect(await response.text()).toBe(upstream.sent[0]!);
  });

  test('events come through unchanged, in order, and the last after the call is settled', async () => {
    const response = await respond({ stream: true });
    expect(dataOf(await response.text())).toEqual(upstream.sent);
    expect(await lastCall()).toMatchObject({ status: 'success', promptTokens: 17, completionTokens: 6, estimated: 0 });
  });

  test('only the model’s name is rewritten where it is called otherwise upstream', async () => {
    const seen = dataOf(await (await respond({ model: 'ours', stream: true })).text());
    const renamed = upstream.sent.map((data) => data.replace('"model":"gpt-5.2"', '"model":"ours"'));
    expect(seen).toEqual(renamed);
    expect(seen).not.toEqual(upstream.sent);
    expect(await (await respond({ model: 'ours' })).json()).toMatchObject({ model: 'ours' });
  });

  test('cached and reasoning tokens are on the row', async () => {
    await (await respond({})).text();
    expect(await lastCall()).toMatchObject({ cachedTokens: 4, reasoningTokens: 2, endpoint: '/v1/responses' });
  });

  test('a budget bounds the output; a web search is then left out and said so, other tools of the upstream refused', async () => {
    const tools = [{ type: 'web_search' }, { type: 'function', name: 'f', parameters: {}, strict: false }];
    const response = await respond({ tools, max_output_tokens: 50 }, key);
    expect(response.headers.get('x-hallpass-left-out')).toBe('web_search');
    expect(sent()).toMatchObject({ max_output_tokens: 50, tools: [tools[1]] });
    const hosted = await respond({ tools: [{ type: 'code_interpreter' }] }, key);
    expect(await refusalOf(hosted)).toEqual([400, 'unsupported_parameter', 'tools']);
    for (const name of ['prompt', 'context_management'])
      expect(await refusalOf(await respond({ [name]: { id: 'pmpt_1' } }, key))).toEqual([
        400,
        'unsupported_parameter',
        name,
      ]);
  });

  test('a stream that fails, or ends without an end, ends with response.failed', async () => {
    for (const end of ['cut', 'failed', 'error'] as const) {
      upstream.script = { end };
      const events = dataOf(await (await respond({ stream: true })).text()).map((data) => JSON.parse(data) as never);
      expect(events.at(-1)).toMatchObject({ type: 'response.failed', response: { status: 'failed' } });
      expect(events.filter(({ type }) => /failed|completed/.test(type))).toHaveLength(1);
      expect((await lastCall()).status).toBe('cut');
    }
  });

  test('a client that leaves stops the upstream', async () => {
    upstream.script = { delayMs: 30 };
    const stream = await openai.responses.create({ model: 'r', input: 'hi', stream: true });
    for await (const event of stream) if (event.type === 'response.output_text.delta') break;
    await eventually(async () => upstream.journal.at(-1)!.aborted);
    await eventually(async () => (await lastCall()).status === 'cancelled');
  });

  test('what points at the upstream’s store is refused by name', async () => {
    const asks: [object, string][] = [
      [{ background: true }, 'background'],
      [{ conversation: 'conv_1' }, 'conversation'],
      [{ previous_response_id: 'resp_of_somebody' }, 'previous_response_id'],
      [{ previous_response_id: 7 }, 'previous_response_id'],
      [
        {
          input: [
            { role: 'user', content: 'a' },
            { type: 'item_reference', id: 'rs_1' },
          ],
        },
        'input.1',
      ],
    ];
    const asked = upstream.journal.length;
    for (const [fields, param] of asks)
      expect(await refusalOf(await respond(fields))).toEqual([400, 'unsupported_parameter', param]);
    expect(upstream.journal.length).toBe(asked);
  });
});

describe('previous_response_id', () => {
  const idOf = async (response: Response) => ((await response.json()) as { id: string }).id;

  test('goes on from one’s own response, whole or streamed, and what it carries is prompt', async () => {
    const id = await idOf(await respond({}));
    expect((await respond({ previous_response_id: id })).status).toBe(200);
    expect(sent().previous_response_id).toBe(id);
    expect((await lastCall()).promptEstimate).toBeGreaterThanOrEqual(23);
    const streamed = dataOf(await (await respond({ stream: true })).text());
    const { response } = JSON.parse(streamed.at(-1)!) as { response: { id: string } };
    expect((await respond({ previous_response_id: response.id })).status).toBe(200);
  });

  test('is refused to another pass, on another model, and where nothing was stored', async () => {
    const id = await idOf(await respond({}));
    const refused = [400, 'unsupported_parameter', 'previous_response_id'];
    expect(await refusalOf(await respond({ previous_response_id: id }, key))).toEqual(refused);
    expect(await refusalOf(await respond({ model: 'ours', previous_response_id: id }))).toEqual(refused);
    expect(await refusalOf(await respond({ model: 'chat-only', previous_response_id: id }))).toEqual(refused);
    const unstored = await idOf(await respond({ store: false }));
    expect(await refusalOf(await respond({ previous_response_id: unstored }))).toEqual(refused);
  });

  test('is known for thirty days', async () => {
    const id = await idOf(await respond({}));
    const { db, clock } = gateway.app.ctx;
    const age = (ms: number) =>
      db
        .updateTable('issuedResponses')
        .set({ createdAt: clock.now() - ms })
        .where('responseId', '=', id)
        .execute();
    await age(29 * 24 * 3_600_000);
    expect((await respond({ previous_response_id: id })).status).toBe(200);
    await age(31 * 24 * 3_600_000);
    expect((await respond({ previous_response_id: id })).status).toBe(400);
  });

  test('stays on the route and the key that made it', async () => {
    const twin = (api_key: string) => ({
      base_url: upstream.baseUrl,
      protocol: 'openai-responses',
      api_key,
      name: `twin ${api_key}`,
    });
    await gateway.addModel('twin', {}, twin('sk-one'));
    await gateway.addModel('twin', {}, twin('sk-two'));
    const id = await idOf(await respond({ model: 'twin' }));
    const { authorization } = upstream.journal.at(-1)!.headers;
    for (let i = 0; i < 12; i += 1) {
      expect((await respond({ model: 'twin', previous_response_id: id })).status).toBe(200);
      expect(upstream.journal.at(-1)!.headers.authorization).toBe(authorization!);
    }
  });
});

const REASONING = {
  id: 'rs_1',
  type: 'reasoning',
  summary: [{ type: 'summary_text', text: 'hm' }],
  encrypted_content: 'enc+/=é',
};
const CALL = {
  id: 'fc_1',
  type: 'function_call',
  status: 'completed',
  call_id: 'call_1',
  name: 'weather',
  arguments: '{"city":"Bern"}',
};
const CARRIED = [{ role: 'user' }, REASONING, { type: 'function_call', call_id: 'call_1' }, { output: '12 °C' }];

describe('translated', () => {
  const schema = { type: 'object' as const, properties: { city: { type: 'string' } } };

  test('a chat client that drops the reasoning gets it put back before the call, byte for byte', async () => {
    upstream.script = { output: [REASONING, CALL] };
    const tools = [{ type: 'function' as const, function: { name: 'weather', parameters: schema } }];
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'hi' }];
    const first = await openai.chat.completions.create({ model: 'ours', messages, tools });
    expect(sent()).toMatchObject({
      model: 'gpt-5.2',
      store: false,
      include: ['reasoning.encrypted_content'],
      tools: [{ type: 'function', name: 'weather', strict: false }],
    });
    const [call] = first.choices[0]!.message.tool_calls!;
    expect(first.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { reasoning_content: 'hm' },
    } as never);
    messages.push({ role: 'assistant', content: null, tool_calls: [call!] });
    messages.push({ role: 'tool', tool_call_id: 'call_1', content: '12 °C' });
    await openai.chat.completions.create({ model: 'ours', messages, tools });
    expect(sent().input).toMatchObject(CARRIED);
  });

  test('a Messages client carries it sealed in its thinking block', async () => {
    upstream.script = { output: [REASONING, CALL] };
    const baseURL = await gateway.app.listen();
    const client = (apiKey: string) => new Anthropic({ apiKey, baseURL, maxRetries: 0 });
    const tools = [{ name: 'weather', input_schema: schema }];
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'hi' }];
    const ask = {
      model: 'ours',
      max_tokens: 2_000,
      tools,
      thinking: { type: 'enabled', budget_tokens: 1_024 },
    } as const;
    const first = await client(key)
      .messages.stream({ ...ask, messages })
      .finalMessage();
    expect(first.stop_reason).toBe('tool_use');
    // Nothing is remembered for another pass: what the client carries is enough.
    messages.push({ role: 'assistant', content: first.content });
    messages.push({ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: '12 °C' }] });
    await client(free).messages.create({ ...ask, messages });
    expect(sent().input).toMatchObject(CARRIED);
  });

  test('models that do not think are not asked for encrypted reasoning', async () => {
    await openai.chat.completions.create({ model: 'r', messages: [{ role: 'user', content: 'hi' }] });
    expect(sent()).not.toHaveProperty('include');
  });

  test('a stream that fails half way is an error to chat and Messages clients', async () => {
    for (const end of ['cut', 'failed', 'error'] as const) {
      upstream.script = { end };
      const chat = await gateway.chat(key, { model: 'r', stream: true });
      const text = await chat.text();
      expect(text).not.toContain('[DONE]');
      expect(JSON.parse(text.trim().split('\n\n').at(-1)!.slice('data: '.length))).toHaveProperty('error');
    }
  });

  test('a first event that is an error is an answer with a status', async () => {
    upstream.script = { status: 429 };
    expect((await gateway.chat(key, { model: 'r' })).status).toBe(429);
  });

  test('what it cannot express is refused by name before anything is sent', async () => {
    const asked = upstream.journal.length;
    for (const [fields, param] of [
      [{ stop: ['END'] }, 'stop'],
      [{ seed: 7 }, 'seed'],
      [{ n: 2 }, 'n'],
      [{ presence_penalty: 1 }, 'presence_penalty'],
    ] as const)
      expect(await refusalOf(await gateway.chat(key, { model: 'r', ...fields }))).toEqual([
        400,
        'unsupported_parameter',
        param,
      ]);
    expect(upstream.journal.length).toBe(asked);
  });

  test('an administrator’s test asks it in its own words', async () => {
    const list = (await (await gateway.app.request('/api/admin/channels', { token: gateway.admin })).json()) as {
      channels?: { id: string; name: string }[];
    };
    const channel = (list.channels ?? (list as never as { id: string; name: string }[])).find(
      ({ name }) => name === 'channel of r',
    )!;
    const path = `/api/admin/channels/${channel.id}/test`;
    const result = await gateway.app.request(path, { json: {}, token: gateway.admin });
    expect(await result.text()).toContain('Hello from the scripted upstream.');
  });
});
