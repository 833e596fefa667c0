// Gemini's odd sides, one by one; what whole calls make of them is in `gateway/gemini.test.ts`.
import { describe, expect, test } from 'bun:test';

import type { Prompt } from '../neutral.ts';
import type { AnswerContext } from '../protocol.ts';
import { SignatureMemory } from '../signature-memory.ts';
import { readGoogleError } from './errors.ts';
import { endOf, isBlocked } from './finish.ts';
import { GeminiEvents, readGeminiAnswer } from './read-answer.ts';
import { withoutConst } from './schema.ts';
import { geminiUpstream } from './sides.ts';
import { thinkingOf } from './thinking.ts';
import { readGeminiUsage } from './usage.ts';
import { writeGeminiPrompt } from './write-prompt.ts';

const context = { id: 'call_1', request: { fields: {} } } as AnswerContext;
const prompt = (more: Partial<Prompt> = {}): Prompt => ({
  turns: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
  tools: [],
  stream: false,
  ...more,
});
const written = (asked: Prompt, upstreamModel = 'gemini-3.8-flash') =>
  writeGeminiPrompt(asked, {
    upstreamModel,
    outputTokens: null,
    maxTokensField: 'max_tokens',
    memory: new SignatureMemory(),
    owner: 'o',
  });

describe('usage', () => {
  test.each([
    [
      'thoughts stand beside the output and are billed as it',
      { promptTokenCount: 9, candidatesTokenCount: 13, thoughtsTokenCount: 302, totalTokenCount: 324 },
      { promptTokens: 9, completionTokens: 315, reasoningTokens: 302 },
    ],
    [
      'the cache is a part of the prompt',
      { promptTokenCount: 10, candidatesTokenCount: 1, cachedContentTokenCount: 4 },
      { promptTokens: 10, cachedTokens: 4, completionTokens: 1 },
    ],
    [
      'results of tools that ran upstream are billed as input',
      {
        promptTokenCount: 55,
        candidatesTokenCount: 51,
        toolUsePromptTokenCount: 89,
        thoughtsTokenCount: 56,
        totalTokenCount: 251,
      },
      { promptTokens: 144, completionTokens: 107, reasoningTokens: 56 },
    ],
    [
      'what the total alone tells was written',
      { promptTokenCount: 6, totalTokenCount: 20 },
      { promptTokens: 6, completionTokens: 14 },
    ],
    [
      'a blocked prompt wrote nothing',
      { promptTokenCount: 9, totalTokenCount: 9 },
      { promptTokens: 9, completionTokens: 0 },
    ],
    [
      'audio is a part of the prompt',
      {
        promptTokenCount: 9,
        candidatesTokenCount: 1,
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: 2 },
          { modality: 'AUDIO', tokenCount: 7 },
        ],
      },
      { audioTokens: 7 },
    ],
    [
      'parts larger than their whole are cut to it',
      { promptTokenCount: 3, candidatesTokenCount: 1, cachedContentTokenCount: 9 },
      { cachedTokens: 3 },
    ],
  ])('%s', (_name, told, expected) => {
    expect(readGeminiUsage(told)!.usage).toMatchObject(expected);
  });
  test.each([undefined, null, {}, { promptTokenCount: -1 }, { promptTokenCount: 1.5 }, { promptTokenCount: 1e9 }, 'x'])(
    '%p counts as not reported',
    (told) => expect(readGeminiUsage(told)).toBeUndefined(),
  );
  test('C13 running totals count as soon as they tell the output, and the prompt alone does not', () => {
    const read = (usageMetadata: object) =>
      new GeminiEvents(context).read(JSON.stringify({ candidates: [{ content: { parts: [] } }], usageMetadata }))!;
    expect(read({ promptTokenCount: 9, candidatesTokenCount: 13, thoughtsTokenCount: 302 })).toMatchObject([
      { type: 'usage', final: true, usage: { completionTokens: 315 } },
    ]);
    expect(read({ promptTokenCount: 9, totalTokenCount: 9 })).toMatchObject([{ type: 'usage', final: false }]);
  });
});

describe('how hard to think', () => {
  const asked = (reasoning: Prompt['reasoning'], model: string, maxTokens?: number) =>
    thinkingOf(prompt({ ...(reasoning ? { reasoning } : {}) }), model, maxTokens);
  test.each([
    ['gemini-3.8-flash', undefined, undefined, undefined],
    ['gemini-3.8-flash', { effort: 'none' }, undefined, { thinkingLevel: 'LOW' }],
    ['gemini-3.8-flash', { effort: 'minimal' }, undefined, { includeThoughts: true, thinkingLevel: 'LOW' }],
    ['gemini-3.6-flash', { effort: 'minimal' }, undefined, { includeThoughts: true, thinkingLevel: 'MINIMAL' }],
    ['gemini-3.7-flash-lite', { effort: 'none' }, undefined, { thinkingLevel: 'MINIMAL' }],
    ['gemini-3.1-pro-preview', { effort: 'none' }, undefined, { thinkingLevel: 'LOW' }],
    ['gemini-3.1-pro-preview', { effort: 'medium' }, undefined, { includeThoughts: true, thinkingLevel: 'MEDIUM' }],
    ['gemini-3-pro-preview', { effort: 'medium' }, undefined, { includeThoughts: true, thinkingLevel: 'HIGH' }],
    ['gemini-4-argon', { effort: 'max' }, undefined, { includeThoughts: true, thinkingLevel: 'HIGH' }],
    ['gemini-3.8-flash', { budgetTokens: 1_500 }, 4_000, { includeThoughts: true, thinkingBudget: 1_500 }],
    ['gemini-2.5-flash', { effort: 'none' }, 4_000, { thinkingBudget: 0 }],
    ['gemini-2.5-pro', { effort: 'none' }, 4_000, { thinkingBudget: 128 }],
    ['gemini-2.5-flash-lite', { effort: 'low' }, 1_000, { includeThoughts: true, thinkingBudget: 512 }],
    ['gemini-2.5-flash', { effort: 'high' }, undefined, { includeThoughts: true, thinkingBudget: 24_576 }],
    ['gemini-2.5-flash', { effort: 'high' }, 1_000, { includeThoughts: true, thinkingBudget: 800 }],
    ['gemini-2.5-pro', { budgetTokens: 90_000 }, undefined, { includeThoughts: true, thinkingBudget: 32_768 }],
    ['gemini-2.5-flash', { budgetTokens: 5_000 }, 4_000, { includeThoughts: true, thinkingBudget: 3_999 }],
    ['gemini-2.0-flash', { effort: 'none' }, undefined, undefined],
  ] as const)('%s asked %j with at most %p', (model, reasoning, maxTokens, expected) => {
    expect(asked(reasoning, model, maxTokens)).toEqual(expected);
  });
  test('a model that does not think is not asked to', () => {
    expect(() => asked({ effort: 'high' }, 'gemini-2.0-flash')).toThrow();
    expect(() => asked({ effort: 'high' }, 'gemini-1.5-pro')).toThrow();
  });
});

describe('why it ended', () => {
  test.each([
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['CONTINUATION', 'length'],
    ['SAFETY', 'content_filter'],
    ['RECITATION', 'content_filter'],
    ['BLOCKLIST', 'content_filter'],
    ['PROHIBITED_CONTENT', 'content_filter'],
    ['SPII', 'content_filter'],
  ] as const)('%s → %s', (finishReason, finish) => expect(endOf({ finishReason })).toEqual({ finish }));
  test.each([undefined, '', 'FINISH_REASON_UNSPECIFIED'])('%p: it goes on', (finishReason) =>
    expect(endOf({ finishReason })).toBeUndefined(),
  );
  test.each(['MALFORMED_FUNCTION_CALL', 'MALFORMED_RESPONSE', 'MISSING_THOUGHT_SIGNATURE', 'OTHER', 'constructor'])(
    '%s is a failure, with Gemini’s own words',
    (finishReason) =>
      expect(endOf({ finishReason, finishMessage: 'why' })).toEqual({
        failure: `Gemini stopped with ${finishReason}: why`,
      }),
  );
  test('a prompt is blocked only where a reason is told', () => {
    expect(isBlocked({ promptFeedback: { blockReason: 'SAFETY' } })).toBe(true);
    for (const blockReason of [undefined, '', 'BLOCK_REASON_UNSPECIFIED', 'BLOCKED_REASON_UNSPECIFIED'])
      expect(isBlocked({ promptFeedback: { blockReason } })).toBe(false);
    expect(isBlocked({ promptFeedback: {} })).toBe(false);
  });
});

describe('an error of google.rpc', () => {
  const error = (more: object) => JSON.stringify({ error: { code: 429, status: 'RESOURCE_EXHAUSTED', ...more } });
  const retry = (retryDelay: unknown) =>
    error({ details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay }] });
  test.each([
    ['34.4s', 34_400],
    ['0s', 0],
    ['3600s', 3_600_000],
    ['soon', undefined],
    [5, undefined],
    [undefined, undefined],
  ])('RetryInfo %p is %p ms', (delay, ms) => expect(readGoogleError(retry(delay)).retryAfterMs).toBe(ms));
  test('in a list of one, as the compatible door sends it', () => {
    expect(readGoogleError(`[${retry('2s')}]`)).toMatchObject({ httpStatus: 429, retryAfterMs: 2_000 });
  });
  test.each(['', 'x', '[]', 'null', '{"error":"x"}', '{"error":{"code":"rate_limit"}}', '{"error":{"code":42}}'])(
    '%p tells nothing',
    (text) =>
      expect(readGoogleError(text)).toEqual({
        httpStatus: undefined,
        isBadKey: false,
        isBadProject: false,
        retryAfterMs: undefined,
      }),
  );
  test('a bad key by its detail, else by its sentence; a bad project by its status', () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }];
    expect(readGoogleError(error({ details })).isBadKey).toBe(true);
    const message = 'API key expired. Please renew the API key.';
    expect(readGoogleError(error({ status: 'INVALID_ARGUMENT', message })).isBadKey).toBe(true);
    expect(readGoogleError(error({ status: 'INVALID_ARGUMENT', message: 'x' })).isBadKey).toBe(false);
    expect(readGoogleError(error({ status: 'FAILED_PRECONDITION' })).isBadProject).toBe(true);
  });
});

describe('an answer', () => {
  const whole = (parts: object[]) => JSON.stringify({ candidates: [{ content: { parts }, finishReason: 'STOP' }] });
  test('one that is none, or that never ended, is not read', () => {
    for (const text of ['x', '{}', '[]', '{"candidates":[]}', '{"candidates":[{"content":{"parts":[{"text":"a"}]}}]}'])
      expect(readGeminiAnswer(text, context)).toBeUndefined();
  });
  test.each([
    [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }, 'inlineData'],
    [{ executableCode: { code: '1' } }, 'executableCode'],
    [{ functionCall: { name: 'a', partialArgs: [] } }, 'in pieces'],
  ])('%j cannot be passed on, and says so', (part, word) => {
    expect(readGeminiAnswer(whole([part]), context)!.failure).toContain(word);
    expect(new GeminiEvents(context).read(whole([part]))).toMatchObject([
      { type: 'error', error: { message: expect.stringContaining(word) } },
    ]);
  });
  test('the signature of a text, alone in a last empty part as Gemini streams it, goes back onto that text', () => {
    const answer = readGeminiAnswer(whole([{ text: '4' }, { text: '', thoughtSignature: 'sig+/=' }]), context)!;
    const { contents } = written(
      prompt({
        turns: [
          ...prompt().turns,
          { role: 'assistant', parts: answer.parts },
          { role: 'user', parts: [{ type: 'text', text: 'and?' }] },
        ],
      }),
    ) as { contents: object[] };
    expect(contents[1]).toEqual({ role: 'model', parts: [{ text: '4', thoughtSignature: 'sig+/=' }] });
  });
  test('a signed thought goes back whole, a thought without a signature stays behind', () => {
    const parts = [{ text: 'hm', thought: true, thoughtSignature: 's' }, { text: 'so', thought: true }, { text: '4' }];
    const answer = readGeminiAnswer(whole(parts), context)!;
    const turns = [...prompt().turns, { role: 'assistant' as const, parts: answer.parts }, ...prompt().turns];
    const { contents } = written(prompt({ turns })) as { contents: object[] };
    expect(contents[1]).toEqual({ role: 'model', parts: [parts[0]!, { text: '4' }] });
  });
});

describe('a request', () => {
  test('a model by its name, or in a folder of its own', () => {
    expect(geminiUpstream.path('gemini-3.8-flash', false)).toBe('/models/gemini-3.8-flash:generateContent');
    expect(geminiUpstream.path('tunedModels/a b?', true)).toBe('/tunedModels/a%20b%3F:streamGenerateContent?alt=sse');
  });
  test('what 2.5 cannot do together is refused by name', () => {
    const tools = [{ name: 'a' }];
    const refused = (more: Partial<Prompt>) => () => written(prompt(more), 'gemini-2.5-flash');
    expect(refused({ tools, output: { type: 'json' } })).toThrow();
    expect(refused({ presencePenalty: 1 })).toThrow();
    expect(written(prompt({ tools, output: { type: 'json' } }))).toMatchObject({ tools: [{}] });
  });
  test('one detail for all pictures, or none', () => {
    const image = (detail: string) => ({ type: 'image' as const, mediaType: 'image/png', data: 'AAAA', detail });
    const of = (...details: string[]) => prompt({ turns: [{ role: 'user', parts: details.map(image) }] });
    expect(written(of('low', 'low'))).toMatchObject({ generationConfig: { mediaResolution: 'MEDIA_RESOLUTION_LOW' } });
    expect(written(of('high'))).toMatchObject({ generationConfig: {} });
    expect(() => written(of('low', 'high'))).toThrow();
  });
  test('`const` in a schema becomes the enum that Gemini knows; names and data stay', () => {
    const schema = {
      properties: { const: { const: 'a' }, b: { anyOf: [{ const: 1 }, { type: 'null' }] } },
      enum: [{ const: 'data' }],
      required: ['const'],
    };
    expect(withoutConst(schema)).toEqual({
      properties: { const: { enum: ['a'] }, b: { anyOf: [{ enum: [1] }, { type: 'null' }] } },
      enum: [{ const: 'data' }],
      required: ['const'],
    });
  });
});
