// The official OpenAI SDK for JavaScript, unmodified, against a real listening server.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import OpenAI, { APIUserAbortError, AuthenticationError, NotFoundError, RateLimitError } from 'openai';

import { createGatewayApp, eventually, type GatewayApp } from '../testing/gateway-app.ts';

let gateway: GatewayApp;
let url: string;
let client: OpenAI;

const messages = [{ role: 'user' as const, content: 'hi' }];

beforeAll(async () => {
  gateway = await createGatewayApp();
  url = await gateway.app.listen();
  await gateway.addModel('m');
  await gateway.addModel('slow', { wordDelayMs: 100, words: Array.from({ length: 50 }, () => ' word') });
  client = new OpenAI({ apiKey: await gateway.pass({ max_budget: 5 }), baseURL: `${url}/v1` });
});
afterAll(() => gateway[Symbol.asyncDispose]());

describe('the OpenAI SDK for JavaScript', () => {
  test('lists models and retrieves one', async () => {
    const models = await client.models.list();
    expect(models.data.map(({ id }) => id)).toEqual(['m', 'slow']);
    expect((await client.models.retrieve('m')).object).toBe('model');
  });

  test('chats', async () => {
    const answer = await client.chat.completions.create({ model: 'm', messages });
    expect(answer.choices[0]!.message.content).toBe('Hello from the scripted upstream.');
    expect(answer.usage?.completion_tokens).toBe(6);
  });

  test('streams without usage', async () => {
    let text = '';
    for await (const chunk of await client.chat.completions.create({ model: 'm', messages, stream: true })) {
      expect(chunk.usage).toBeUndefined();
      text += chunk.choices[0]?.delta.content ?? '';
    }
    expect(text).toBe('Hello from the scripted upstream.');
  });

  test('streams with usage', async () => {
    const stream = await client.chat.completions.create({
      model: 'm',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await Array.fromAsync(stream);
    expect(chunks.at(-1)!.usage?.total_tokens).toBe(17);
    expect(chunks.at(-1)!.choices).toEqual([]);
  });

  test('aborts in the middle, and what was delivered is charged', async () => {
    const stream = await client.chat.completions.create({ model: 'slow', messages, stream: true });
    let words = 0;
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content) words += 1;
      if (words === 3) stream.controller.abort();
    }
    const call = await eventually(async () =>
      (await gateway.calls()).findLast(({ model, state }) => model === 'slow' && state === 'settled'),
    );
    expect(call).toMatchObject({ status: 'cancelled', estimated: 1 });
    expect(call.costNanos).toBeGreaterThan(0);
    const control = new AbortController();
    const whole = client.chat.completions.create({ model: 'slow', messages }, { signal: control.signal });
    control.abort();
    expect(await whole.catch((thrown: unknown) => thrown)).toBeInstanceOf(APIUserAbortError);
  });

  test('a bad key is an AuthenticationError and is not retried', async () => {
    const stranger = new OpenAI({ apiKey: 'sk-hp-wrong-0000000000000000000000000', baseURL: `${url}/v1` });
    const error = await stranger.chat.completions.create({ model: 'm', messages }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AuthenticationError);
    expect((error as AuthenticationError).code).toBe('invalid_api_key');
  });

  test('an unknown model is a NotFoundError', async () => {
    const error = await client.chat.completions.create({ model: 'nope', messages }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NotFoundError);
  });

  test('over the limit is a RateLimitError that carries the wait', async () => {
    const limited = new OpenAI({ apiKey: await gateway.pass({ rpm_limit: 1 }), baseURL: `${url}/v1`, maxRetries: 0 });
    await limited.chat.completions.create({ model: 'm', messages });
    const error = await limited.chat.completions.create({ model: 'm', messages }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RateLimitError);
    expect(Number((error as RateLimitError).headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('over budget is a RateLimitError with insufficient_quota, and the SDK does not try again', async () => {
    const poor = new OpenAI({ apiKey: await gateway.pass({ max_budget: 0 }), baseURL: `${url}/v1`, maxRetries: 5 });
    const startedAt = performance.now();
    const error = await poor.chat.completions.create({ model: 'm', messages }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RateLimitError);
    expect((error as RateLimitError).code).toBe('insufficient_quota');
    expect(performance.now() - startedAt).toBeLessThan(400);
  });
});
