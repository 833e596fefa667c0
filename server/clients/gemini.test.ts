// Google's own SDK, unmodified, against our pretend upstream: what the pretend one says is Gemini, or the proofs that
// stand on it are worth nothing.
import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test';

import { ApiError, type Content, GoogleGenAI } from '@google/genai';

import { type GeminiUpstream, OVERLOADED, startGeminiUpstream } from '../testing/scripted-gemini.ts';
import { startToolGemini } from '../testing/tool-gemini.ts';

const MODEL = 'gemini-3.8-flash';
let upstream: GeminiUpstream;

beforeAll(() => {
  upstream = startGeminiUpstream();
});
afterAll(() => upstream[Symbol.dispose]());
beforeEach(() => {
  upstream.script = {};
});

const clientOf = ({ baseUrl }: GeminiUpstream) =>
  new GoogleGenAI({ apiKey: 'k', vertexai: false, httpOptions: { baseUrl: new URL(baseUrl).origin } });

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it succeeded');
}

test('says hello, whole and streamed, with its usage', async () => {
  const ask = { model: MODEL, contents: 'hello', config: { systemInstruction: 'Be brief.', maxOutputTokens: 50 } };
  const whole = await clientOf(upstream).models.generateContent(ask);
  expect(whole.text).toBe('Hello from the scripted upstream.');
  expect(whole.usageMetadata).toMatchObject({ promptTokenCount: 11, candidatesTokenCount: 5, thoughtsTokenCount: 3 });
  const chunks = await Array.fromAsync(await clientOf(upstream).models.generateContentStream(ask));
  expect(chunks.map(({ text }) => text ?? '').join('')).toBe('Hello from the scripted upstream.');
  expect(chunks.at(-1)!.candidates![0]!.finishReason as string).toBe('STOP');
  expect(chunks.at(-1)!.usageMetadata).toMatchObject({ totalTokenCount: 19 });
});

test('calls a tool and goes on with its result', async () => {
  using tools = startToolGemini();
  const { models } = clientOf(tools);
  const config = { tools: [{ functionDeclarations: [{ name: 'weather', parametersJsonSchema: { type: 'object' } }] }] };
  const contents: Content[] = [{ role: 'user', parts: [{ text: 'the weather?' }] }];
  const first = await models.generateContent({ model: MODEL, contents, config });
  expect(first.functionCalls).toMatchObject([{ name: 'weather', args: { city: 'Bern' } }]);
  const response = { output: 'sunny' };
  contents.push(first.candidates![0]!.content!);
  contents.push({ role: 'user', parts: [{ functionResponse: { name: 'weather', response } }] });
  expect((await models.generateContent({ model: MODEL, contents, config })).text).toBe('The tool said: sunny');
  // As the real one, it takes no call back without its signature.
  delete contents[1]!.parts![0]!.thoughtSignature;
  const refused = await errorOf(models.generateContent({ model: MODEL, contents, config }));
  expect(refused).toMatchObject({ status: 400, message: expect.stringContaining('thought_signature') });
});

test('knows what was blocked, and an error before the stream and in it', async () => {
  const ask = { model: MODEL, contents: 'hello' };
  upstream.script = { blockReason: 'PROHIBITED_CONTENT' };
  const { promptFeedback } = await clientOf(upstream).models.generateContent(ask);
  expect(promptFeedback?.blockReason as string).toBe('PROHIBITED_CONTENT');
  upstream.script = { error: OVERLOADED };
  expect(await errorOf(clientOf(upstream).models.generateContent(ask))).toBeInstanceOf(ApiError);
  for (const end of ['error', 'bare'] as const) {
    upstream.script = { end };
    const stream = clientOf(upstream).models.generateContentStream(ask);
    expect(await errorOf(stream.then((chunks) => Array.fromAsync(chunks)))).toBeInstanceOf(Error);
  }
});

test('lists its models', async () => {
  const pager = await clientOf(upstream).models.list();
  expect(pager.page.map(({ name }) => name)).toContain(`models/${MODEL}`);
});
