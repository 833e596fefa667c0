// Official clients, unmodified, against upstreams that speak their own format and the other ones: a chat, a stream, a
// tool called and its result given back, an error.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic from '@anthropic-ai/sdk';
import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { Agent, OpenAIProvider, Runner, setTracingDisabled, tool as agentTool } from '@openai/agents';
import { generateText, jsonSchema, type LanguageModel, stepCountIs, streamText, tool } from 'ai';
import OpenAI from 'openai';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import type { GeminiUpstream } from '../testing/scripted-gemini.ts';
import { startToolGemini } from '../testing/tool-gemini.ts';
import { startToolUpstreams, type ToolUpstreams } from '../testing/tool-upstreams.ts';

let gateway: GatewayApp;
let upstreams: ToolUpstreams;
let google: GeminiUpstream;
let baseURL: string;
let apiKey: string;

beforeAll(async () => {
  gateway = await createGatewayApp();
  upstreams = startToolUpstreams();
  google = startToolGemini();
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
  await gateway.addModel(
    'responses',
    {},
    {
      base_url: upstreams.baseUrl,
      protocol: 'openai-responses',
      models: [{ name: 'responses', upstream_model: 'inside', prices }],
    },
  );
  const gemini = { base_url: google.baseUrl, protocol: 'gemini', auth_type: 'x-goog-api-key' };
  await gateway.addModel(
    'gemini',
    {},
    { ...gemini, models: [{ name: 'gemini', upstream_model: 'gemini-3.8-flash', prices }] },
  );
  apiKey = await gateway.pass({ max_budget: 5 });
  baseURL = await gateway.app.listen();
});
afterAll(async () => {
  upstreams[Symbol.dispose]();
  google[Symbol.dispose]();
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

const MODELS = ['chat', 'messages', 'responses', 'gemini'];

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

describe.each(MODELS)('openai’s Responses against an upstream of %s', (model) => {
  const client = () => new OpenAI({ apiKey, baseURL: `${baseURL}/v1`, maxRetries: 0 });
  const tools = [{ type: 'function' as const, name: 'weather', parameters: SCHEMA, strict: false }];

  test('says hello, whole and streamed', async () => {
    const whole = await client().responses.create({ model, input: 'hello' });
    expect(whole.output_text).toBe('Hello!');
    const streamed = await client().responses.stream({ model, input: 'hello' }).finalResponse();
    expect(streamed.output_text).toBe('Hello!');
    expect(streamed.usage).toMatchObject({ input_tokens: 11, output_tokens: 5 });
  });

  test('calls a tool and reads its result', async () => {
    const input: OpenAI.Responses.ResponseInputItem[] = [{ role: 'user', content: 'the weather?' }];
    const first = await client().responses.stream({ model, tools, input }).finalResponse();
    const call = first.output.find((item) => item.type === 'function_call')!;
    expect(JSON.parse(call.arguments)).toEqual({ city: 'Bern' });
    input.push(...(first.output as OpenAI.Responses.ResponseInputItem[]));
    input.push({ type: 'function_call_output', call_id: call.call_id, output: 'sunny' });
    expect((await client().responses.create({ model, tools, input })).output_text).toBe('The tool said: sunny');
  });

  test('knows an error before the stream and in it', async () => {
    expect(await errorOf(client().responses.create({ model, input: 'fail' }))).toBeInstanceOf(OpenAI.BadRequestError);
    const broken = await client().responses.create({ model, input: 'break', stream: true });
    const last = (await Array.fromAsync(broken)).at(-1)!;
    expect(last.type).toBe('response.failed');
  });
});

describe.each(MODELS)('@openai/agents against an upstream of %s', (model) => {
  test.each(['responses', 'chat_completions'] as const)('an agent over %s calls its tool and finishes', async (api) => {
    setTracingDisabled(true);
    const openAIClient = new OpenAI({ apiKey, baseURL: `${baseURL}/v1`, maxRetries: 0 }) as never;
    const provider = new OpenAIProvider({ openAIClient, useResponses: api === 'responses' });
    const weather = agentTool({
      name: 'weather',
      description: 'The weather',
      parameters: { ...SCHEMA, additionalProperties: false } as never,
      strict: false,
      execute: async (input) => `sunny in ${(input as { city: string }).city}`,
    });
    const agent = new Agent({ name: 'helper', instructions: 'Help.', model, tools: [weather] });
    const runner = new Runner({ modelProvider: provider });
    expect((await runner.run(agent, 'the weather?')).finalOutput).toBe('The tool said: sunny in Bern');
    const stream = await runner.run(agent, 'the weather?', { stream: true });
    await stream.completed;
    expect(stream.finalOutput).toBe('The tool said: sunny in Bern');
  });
});

describe.each(MODELS)('LangChain.js against an upstream of %s', (model) => {
  const chat = (useResponsesApi: boolean) =>
    new ChatOpenAI({ model, apiKey, useResponsesApi, maxRetries: 0, configuration: { baseURL: `${baseURL}/v1` } });

  test.each([false, true])('streams and calls a tool (Responses: %p)', async (useResponsesApi) => {
    let text = '';
    for await (const chunk of await chat(useResponsesApi).stream('hello')) text += chunk.text;
    expect(text).toBe('Hello!');
    const weather = { type: 'function' as const, function: { name: 'weather', parameters: SCHEMA } };
    const answer = await chat(useResponsesApi).bindTools([weather]).invoke('the weather?');
    expect(answer.tool_calls).toMatchObject([{ name: 'weather', args: { city: 'Bern' } }]);
    const result = new ToolMessage({ tool_call_id: answer.tool_calls![0]!.id!, content: 'sunny' });
    const last = await chat(useResponsesApi)
      .bindTools([weather])
      .invoke([new HumanMessage('the weather?'), answer, result]);
    expect(last.text).toBe('The tool said: sunny');
  });
});

const PROVIDERS: [string, (model: string) => LanguageModel][] = [
  ['anthropic', (model) => createAnthropic({ apiKey, baseURL: `${baseURL}/v1` })(model)],
  ['openai (chat)', (model) => createOpenAI({ apiKey, baseURL: `${baseURL}/v1` }).chat(model)],
  ['openai (responses)', (model) => createOpenAI({ apiKey, baseURL: `${baseURL}/v1` }).responses(model)],
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
