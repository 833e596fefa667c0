import { describe, expect, test } from 'bun:test';

import { readUsage } from './usage.ts';

describe('reported usage', () => {
  test('OpenAI: cached and reasoning are parts', () => {
    expect(
      readUsage({
        prompt_tokens: 100,
        completion_tokens: 50,
        prompt_tokens_details: { cached_tokens: 60 },
        completion_tokens_details: { reasoning_tokens: 20 },
      }),
    ).toEqual({ promptTokens: 100, cachedTokens: 60, cacheWriteTokens: 0, completionTokens: 50, reasoningTokens: 20 });
  });

  test('DeepSeek: cache hits beside the details', () => {
    expect(readUsage({ prompt_tokens: 10, completion_tokens: 1, prompt_cache_hit_tokens: 4 })?.cachedTokens).toBe(4);
  });

  test('an explicit zero is a report', () => {
    expect(readUsage({ prompt_tokens: 0, completion_tokens: 0 })).toMatchObject({
      promptTokens: 0,
      completionTokens: 0,
    });
  });

  test.each([
    ['absent', undefined],
    ['null', null],
    ['partial', { prompt_tokens: 5 }],
    ['negative', { prompt_tokens: -1, completion_tokens: 5 }],
    ['fractional', { prompt_tokens: 1.5, completion_tokens: 5 }],
    ['absurd', { prompt_tokens: 2 ** 53, completion_tokens: 5 }],
    ['text', { prompt_tokens: '5', completion_tokens: 5 }],
  ])('%s counts as not reported', (_name, usage) => {
    expect(readUsage(usage)).toBeUndefined();
  });

  test('parts larger than their whole are cut to it', () => {
    expect(
      readUsage({
        prompt_tokens: 10,
        completion_tokens: 5,
        prompt_tokens_details: { cached_tokens: 99, cache_write_tokens: 99 },
        completion_tokens_details: { reasoning_tokens: 99 },
      }),
    ).toEqual({ promptTokens: 10, cachedTokens: 10, cacheWriteTokens: 0, completionTokens: 5, reasoningTokens: 5 });
  });
});
