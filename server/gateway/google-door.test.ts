// Google's own door for chat completions as an upstream: its signatures reach every client, and come back from each.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

import { createGatewayApp, eventsOf, type GatewayApp } from '../testing/gateway-app.ts';

const SIGNATURE = 'CrIC+/=Adé';
const SIGNED = { extra_content: { google: { thought_signature: SIGNATURE } } };
const BARE = { id: 'fc_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bern"}' } };
const SECOND = { id: 'fc_2', type: 'function', function: { name: 'clock', arguments: '{}' } };
const TOOLS = ['weather', 'clock'].map((name) => ({ type: 'function', function: { name, parameters: {} } }));

let gateway: GatewayApp;
let key: string;

beforeAll(async () => {
  gateway = await createGatewayApp();
  const script = { words: ['So'], toolCalls: [{ ...BARE, ...SIGNED }, SECOND] };
  for (const inside of ['gemini-3-flash', 'other'])
    await gateway.addModel(inside, script, {
      model_id: undefined,
      models: [{ name: `my ${inside}`, upstream_model: inside }],
    });
  key = await gateway.pass({ max_budget: 50 });
});
afterAll(() => gateway[Symbol.asyncDispose]());

type Fields = Record<string, unknown>;
const sent = () => gateway.upstream.journal.at(-1)!.body as { messages: Fields[] };
const callsSent = () => sent().messages.find(({ role }) => role === 'assistant')!.tool_calls;
const historyOf = (calls: unknown) => [
  { role: 'user', content: 'hi' },
  { role: 'assistant', content: null, tool_calls: calls },
  { role: 'tool', tool_call_id: 'fc_1', content: 'sunny' },
  { role: 'tool', tool_call_id: 'fc_2', content: 'noon' },
];
const ask = (fields: Fields = {}, pass = key) =>
  gateway.chat(pass, { model: 'my gemini-3-flash', tools: TOOLS, ...fields });

describe('a client of chat completions', () => {
  test('gets the signature as it came, whole and streamed, and what it sends back goes on as it is', async () => {
    const whole = (await (await ask()).json()) as { choices: { message: { tool_calls: unknown } }[] };
    expect(whole.choices[0]!.message.tool_calls).toEqual([{ ...BARE, ...SIGNED }, SECOND]);
    const streamed = eventsOf(await (await ask({ stream: true })).text());
    expect(streamed.filter((data) => data.includes(JSON.stringify(SIGNED.extra_content)))).toHaveLength(1);
    await ask({ messages: historyOf([{ ...BARE, ...SIGNED }, SECOND]) });
    expect(callsSent()).toEqual([{ ...BARE, ...SIGNED }, SECOND]);
  });

  test.each([false, true])(
    'that drops it has it carried, byte for byte and measured (streamed: %p)',
    async (stream) => {
      const own = await gateway.pass({ max_budget: 5 });
      const messages = historyOf([BARE, SECOND]);
      await (await ask({ messages }, own)).text();
      expect(callsSent()).toEqual([BARE, SECOND]);
      const before = (await gateway.calls()).at(-1)!.promptEstimate;
      await (await ask({ stream }, own)).text();
      await (await ask({ messages }, own)).text();
      expect(callsSent()).toEqual([{ ...BARE, ...SIGNED }, SECOND]);
      expect((await gateway.calls()).at(-1)!.promptEstimate).toBeGreaterThan(before);
      // Nobody else's, and no model that may refuse what it does not know.
      await ask({ messages }, await gateway.pass({ max_budget: 5 }));
      expect(callsSent()).toEqual([BARE, SECOND]);
      await ask({ messages, model: 'my other' }, own);
      expect(callsSent()).toEqual([BARE, SECOND]);
    },
  );
});

const messagesTools = ['weather', 'clock'].map((name) => ({ name, input_schema: { type: 'object' } }));
const askMessages = async (fields: Fields, pass: string) => {
  const json = { model: 'my gemini-3-flash', max_tokens: 100, tools: messagesTools, messages: [], ...fields };
  const response = await gateway.app.request('/v1/messages', { json, token: pass });
  expect(response.status).toBe(200);
  return (await response.json()) as { content: Fields[] };
};
const HI = { role: 'user', content: 'hi' };
const RESULTS = {
  role: 'user',
  content: ['fc_1', 'fc_2'].map((id) => ({ type: 'tool_result', tool_use_id: id, content: 'sunny' })),
};

test.each([
  [
    'that keeps thinking brings it back',
    { thinking: { type: 'adaptive' } },
    ['redacted_thinking', 'tool_use', 'tool_use'],
  ],
  ['that asked for none has it carried', {}, ['tool_use', 'tool_use']],
])('a client of Messages %s', async (_name, fields, kinds) => {
  const own = await gateway.pass({ max_budget: 5 });
  const { content } = await askMessages({ ...fields, messages: [HI] }, own);
  expect(content.map(({ type }) => type)).toEqual(['text', ...kinds]);
  await askMessages({ ...fields, messages: [HI, { role: 'assistant', content }, RESULTS] }, own);
  expect(callsSent()).toEqual([{ ...BARE, ...SIGNED }, SECOND]);
});

test('a client of Responses brings it back in its encrypted reasoning', async () => {
  const tools = ['weather', 'clock'].map((name) => ({ type: 'function', name, parameters: {}, strict: false }));
  const json = { model: 'my gemini-3-flash', tools, include: ['reasoning.encrypted_content'], store: false };
  const respond = (input: unknown) => gateway.app.request('/v1/responses', { json: { ...json, input }, token: key });
  const { output } = (await (await respond('hi')).json()) as { output: Fields[] };
  expect(output.map(({ type }) => type)).toContain('reasoning');
  const results = ['fc_1', 'fc_2'].map((id) => ({ type: 'function_call_output', call_id: id, output: 'sunny' }));
  await respond([{ role: 'user', content: 'hi' }, ...output, ...results]);
  const signed = (sent().messages as { tool_calls?: Fields[] }[]).flatMap(({ tool_calls = [] }) => tool_calls);
  expect(signed).toEqual([{ ...BARE, ...SIGNED }, SECOND]);
});

test('what signs a text goes out and comes back with it', async () => {
  const choices = [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hello', ...SIGNED } }];
  const rawBody = JSON.stringify({ id: 'c', object: 'chat.completion', created: 7, model: 'gemini-text', choices });
  await gateway.addModel('gemini-text', { rawBody, headers: { 'content-type': 'application/json' } });
  const fields = { model: 'gemini-text', tools: [], thinking: { type: 'adaptive' } };
  const { content } = await askMessages({ ...fields, messages: [HI] }, key);
  expect(content.map(({ type }) => type)).toEqual(['text', 'redacted_thinking']);
  await askMessages({ ...fields, messages: [HI, { role: 'assistant', content }, HI] }, key);
  expect(sent().messages[1]).toEqual({ role: 'assistant', content: 'Hello', ...SIGNED });
});
