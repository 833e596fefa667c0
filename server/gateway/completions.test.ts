// The old text completions through OpenAI's own client, whole and streamed, over chat upstreams.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import OpenAI from 'openai';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';

let gateway: GatewayApp;
let client: OpenAI;
let key: string;
beforeAll(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m', { reasoning: ['hm'] });
  await gateway.addModel('cut', { end: 'cut' });
  key = await gateway.pass({ max_budget: 1 });
  client = new OpenAI({ apiKey: key, baseURL: `${await gateway.app.listen()}/v1`, maxRetries: 0 });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const HELLO = 'Hello from the scripted upstream.';

test('a prompt is answered as a text, and charged once', async () => {
  const answer = await client.completions.create({
    model: 'm',
    prompt: 'Say hello',
    max_tokens: 50,
    temperature: 0.2,
    stop: ['X'],
  });
  expect(answer).toMatchObject({
    object: 'text_completion',
    model: 'm',
    choices: [{ text: HELLO, finish_reason: 'stop' }],
  });
  expect(answer.usage).toMatchObject({ prompt_tokens: 11, completion_tokens: 6 });
  expect(gateway.upstream.journal.at(-1)!.body).toMatchObject({
    messages: [{ role: 'user', content: 'Say hello' }],
    temperature: 0.2,
    stop: ['X'],
  });
  expect((await gateway.calls()).at(-1)).toMatchObject({
    endpoint: '/v1/completions',
    status: 'success',
    completionTokens: 6,
  });
});

test('streamed, with usage where it is asked for', async () => {
  const stream = await client.completions.create({
    model: 'm',
    prompt: ['Say hello'],
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks = await Array.fromAsync(stream);
  expect(chunks.map(({ choices }) => choices[0]?.text ?? '').join('')).toBe(HELLO);
  expect(chunks.at(-1)!.usage).toMatchObject({ prompt_tokens: 11, completion_tokens: 6 });
});

test('a stream that breaks says so', async () => {
  const stream = await client.completions.create({ model: 'cut', prompt: 'x', stream: true });
  await expect(Array.fromAsync(stream)).rejects.toThrow();
});

const REFUSED: [object, string][] = [
  [{ prompt: undefined }, 'prompt'],
  [{ prompt: '' }, 'prompt'],
  [{ prompt: ['a', 'b'] }, 'prompt'],
  [{ prompt: [1, 2] }, 'prompt'],
  [{ max_tokens: 0 }, 'max_tokens'],
  [{ n: 2 }, 'n'],
  [{ best_of: 3 }, 'best_of'],
  [{ echo: true }, 'echo'],
  [{ logprobs: 1 }, 'logprobs'],
  [{ suffix: 'end' }, 'suffix'],
  [{ invented: 1 }, 'invented'],
];
test.each(REFUSED)('%p is refused by name', async (fields, param) => {
  const json = { model: 'm', prompt: 'hi', ...fields };
  const response = await gateway.app.request('/v1/completions', { json, token: key });
  expect([response.status, ((await response.json()) as { error: { param: string } }).error.param]).toEqual([
    400,
    param,
  ]);
});
