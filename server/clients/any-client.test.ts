// Official clients, unmodified, against upstreams that speak their own format and the other one: a chat, a stream, a
// tool called and its result given back, an error.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic from '@anthropic-ai/sdk';
import { generateText, jsonSchema, type LanguageModel, stepCountIs, streamText, tool } from 'ai';
import OpenAI from 'openai';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { startToolUpstreams, type ToolUpstreams } from '../testing/tool-upstreams.ts';

let gateway: GatewayApp;
let upstreams: ToolUpstreams;
let baseURL: string;
let apiKey: string;

beforeAll(async () => {
  gateway = await createGatewayApp();
  upstreams = startToolUpstreams();
  const prices = { prompt: 1, completion: 2 };
  const anthropic = { base_url: upstreams.baseUrl, protocol: 'anthropic-messages', auth_type: 'x-api-key' };
  await gateway.addModel(
    'messages',
    {},
    { ...anthropic, models: [{ name: 'messages', upstream_model: 'inside', prices }] },
  );
  await gateway.addModel(
    'chat',
    {},
    { base_url: upstreams.baseUrl, models: [{ name: 'chat', upstream_model: 'inside', prices }] },
  );
  apiKey = await gateway.pass({ max_budget: 5 });
  baseURL = await gateway.app.listen();
});
afterAll(async () => {
  upstreams[Symbol.dispose]();
  await gateway[Symbol.asyncDispose]();
});

const SCHEMA = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] };
/** What a client's own kind of promise fails with. */
async function errorOf(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it succeeded');
}

const MODELS = ['chat', 'messages'];

describe.each(MODELS)('@anthropic-ai/sdk against an upstream of %s', (model) => {
  const client = () => new Anthropic({ apiKey, baseURL, maxRetries: 0 });
  const tools = [{ name: 'weather', description: 'The weather', input_schema: SCHEMA }];

  test('says hello, whole and streamed', async () => {
    const ask = { model, max_tokens: 100, messages: [{ role: 'user' as const, content: 'hello' }] };
    const message = await client().messages.create(ask);
    expect(message).toMatchObject({ model, content: [{ type: 'text', text: 'Hello!' }], stop_reason: 'end_turn' });
    expect(message.usage).toMatchObject({ input_tokens: 11, output_tokens: 5 });
    const streamed = await client().messages.stream(ask).finalMessage();
    expect(streamed).toMatchObject({ model, content: [{ type: 'text', text: 'Hello!' }], stop_reason: 'end_turn' });
    expect(streamed.usage).toMatchObject({ input_tokens: 11, output_tokens: 5 });
  });

  test('calls a tool and reads its result', async () => {
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'the weather?' }];
    const first = await client().messages.stream({ model, max_tokens: 100, tools, messages }).finalMessage();
    const use = first.content.find((block) => block.type === 'tool_use')!;
    expect(use).toMatchObject({ name: 'weather', input: { city: 'Bern' } });
    messages.push({ role: 'assistant', content: first.content });
    messages.push({ role: 'user', content: [{ type: 'tool_result', tool_use_id: use.id, content: 'sunny' }] });
    const second = await client().messages.create({ model, max_tokens: 100, tools, messages });
    expect(second.content).toMatchObject([{ type: 'text', text: 'The tool said: sunny' }]);
  });

  test('knows an error before the stream and in it', async () => {
    const ask = (content: string) => ({ model, max_tokens: 100, messages: [{ role: 'user' as const, content }] });
    expect(await errorOf(client().messages.create(ask('fail')))).toBeInstanceOf(Anthropic.BadRequestError);
    const broken = client().messages.stream(ask('break')).finalMessage();
    expect(await errorOf(broken)).toBeInstanceOf(Anthropic.APIError);
  });
});

describe.each(MODELS)('openai against an upstream of %s', (model) => {
  const client = () => new OpenAI({ apiKey, baseURL: `${baseURL}/v1`, maxRetries: 0 });
  const tools = [{ type: 'function' as const, function: { name: 'weather', parameters: SCHEMA } }];

  test('says hello, whole and streamed', async () => {
    const ask = { model, messages: [{ role: 'user' as const, content: 'hello' }] };
    const whole = await client().chat.completions.create(ask);
    expect(whole.choices[0]!.message.content).toBe('Hello!');
    const stream = client().chat.completions.stream({ ...ask, stream_options: { include_usage: true } });
    const streamed = await stream.finalChatCompletion();
    expect(streamed).toMatchObject({ model, choices: [{ message: { content: 'Hello!' }, finish_reason: 'stop' }] });
    expect(streamed.usage).toMatchObject({ prompt_tokens: 11, completion_tokens: 5 });
  });

  test('calls a tool and reads its result', async () => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'the weather?' }];
    const first = await client().chat.completions.stream({ model, tools, messages }).finalChatCompletion();
    const { message, finish_reason: finish } = first.choices[0]!;
    expect(finish).toBe('tool_calls');
    const [call] = message.tool_calls!;
    expect(call).toMatchObject({ function: { name: 'weather' } });
    expect(JSON.parse((call as { function: { arguments: string } }).function.arguments)).toEqual({ city: 'Bern' });
    messages.push(message, { role: 'tool', tool_call_id: call!.id, content: 'sunny' });
    const second = await client().chat.completions.create({ model, tools, messages });
    expect(second.choices[0]!.message.content).toBe('The tool said: sunny');
  });

  test('knows an error before the stream and in it', async () => {
    const ask = (content: string) => ({ model, messages: [{ role: 'user' as const, content }] });
    expect(await errorOf(client().chat.completions.create(ask('fail')))).toBeInstanceOf(OpenAI.BadRequestError);
    const broken = client().chat.completions.stream(ask('break')).finalChatCompletion();
    expect(await errorOf(broken)).toBeInstanceOf(OpenAI.APIError);
  });
});

const PROVIDERS: [string, (model: string) => LanguageModel][] = [
  ['anthropic', (model) => createAnthropic({ apiKey, baseURL: `${baseURL}/v1` })(model)],
  ['openai', (model) => createOpenAI({ apiKey, baseURL: `${baseURL}/v1` }).chat(model)],
  [
    'openai-compatible',
    (model) =>
      createOpenAICompatible({ name: 'hallpass', includeUsage: true, apiKey, baseURL: `${baseURL}/v1` })(model),
  ],
];

describe.each(MODELS.flatMap((model) => PROVIDERS.map(([name, of]) => [name, model, of] as const)))(
  'Vercel’s ai with its provider %s against an upstream of %s',
  (_name, model, of) => {
    test('streams', async () => {
      const { textStream, usage } = streamText({ model: of(model), prompt: 'hello', maxRetries: 0 });
      expect((await Array.fromAsync(textStream)).join('')).toBe('Hello!');
      expect((await usage).outputTokens).toBe(5);
    });

    test('calls a tool and goes on with its result', async () => {
      const weather = tool({
        inputSchema: jsonSchema<{ city: string }>(SCHEMA as never),
        execute: ({ city }) => `sunny in ${city}`,
      });
      const { text, steps } = await generateText({
        model: of(model),
        prompt: 'the weather?',
        tools: { weather },
        stopWhen: stepCountIs(3),
        maxRetries: 0,
      });
      expect(text).toBe('The tool said: sunny in Bern');
      expect(steps).toHaveLength(2);
    });

    test('throws what the gateway refuses', async () => {
      await expect(generateText({ model: of(model), prompt: 'fail', maxRetries: 0 })).rejects.toThrow(/scripted/);
    });
  },
);
