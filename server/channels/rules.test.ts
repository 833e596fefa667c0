import { describe, expect, test } from 'bun:test';

import { AppError } from '../lib/app-error.ts';
import { channelOptions, keyHint, modelTypeOf, parseBaseUrl } from './rules.ts';

describe('a base URL', () => {
  test.each([
    ['https://api.openai.com/v1/', 'https://api.openai.com/v1'],
    ['https://api.openai.com///', 'https://api.openai.com'],
    ['HTTPS://API.OpenAI.com:443/V1', 'https://api.openai.com/V1'],
    ['http://[::1]:11434/v1', 'http://[::1]:11434/v1'],
    ['http://0x7f.1:80/a/../b/', 'http://127.0.0.1/b'],
    ['https://bücher.example/v1', 'https://xn--bcher-kva.example/v1'],
  ])('%s is kept as %s', (text, kept) => {
    expect(parseBaseUrl(text, true)).toBe(kept);
  });

  test('that is refused names the field, and the host only where it may be read', () => {
    expect(() => parseBaseUrl('http://169.254.169.254/x', true)).toThrow(
      new AppError('base_url_forbidden', { param: 'base_url', params: { host: '169.254.169.254' } }),
    );
    expect(() => parseBaseUrl('https://user:secret@example.com', true)).toThrow(
      new AppError('base_url_invalid', { param: 'base_url' }),
    );
  });
});

test.each([
  ['sk-0123456789abcdefghij', 'sk-…ghij'],
  ['12345678901234567890', '123…7890'],
  ['1234567890123456789', '…'],
  ['x', '…'],
])('the hint of %s is %s', (secret, hint) => {
  expect(keyHint(secret)).toBe(hint);
});

test.each([
  ['gpt-4o', 'chat'],
  ['deepseek-reasoner', 'chat'],
  ['anthropic/claude-sonnet-4-5', 'chat'],
  ['text-embedding-3-small', 'embedding'],
  ['BAAI/bge-m3', 'embedding'],
  ['bge-reranker-base', 'embedding'],
  ['cohere-rerank-v3', 'rerank'],
  ['omni-moderation-latest', 'moderation'],
  ['whisper-1', 'audio'],
  ['gpt-4o-mini-tts', 'audio'],
  ['gpt-image-1', 'image'],
  ['dall-e-3', 'image'],
  ['sora-2', 'video'],
] as const)('a model named %s is for %s', (name, type) => {
  expect(modelTypeOf(name)).toBe(type);
});

test('options have defaults, and OpenAI gets its newer name for the output cap', () => {
  expect(channelOptions('{}', 'http://127.0.0.1/v1')).toEqual({
    firstByteTimeoutMs: 120_000,
    stallTimeoutMs: 120_000,
    longestStreamMs: 3_600_000,
    maxTokensField: 'max_tokens',
    maxResponseBytes: 16 * 1024 * 1024,
    query: '',
    body: undefined,
    thinkTags: undefined,
  });
  for (const host of ['api.openai.com', 'school.openai.azure.com'])
    expect(channelOptions('{}', `https://${host}/v1`).maxTokensField).toBe('max_completion_tokens');
  const own = '{"max_tokens_field":"max_tokens","stall_timeout_ms":5000}';
  expect(channelOptions(own, 'https://api.openai.com/v1')).toMatchObject({
    maxTokensField: 'max_tokens',
    stallTimeoutMs: 5_000,
    longestStreamMs: 3_600_000,
  });
  expect(channelOptions('{}', 'https://api.openai.com.evil.example').maxTokensField).toBe('max_tokens');
});

test('a rename that was stored before it was forbidden is left out, and the rest is kept', () => {
  const stored = JSON.stringify({ rename_params: { max_tokens: 'lost', seed: 'random_seed' }, drop_params: ['user'] });
  const { body } = channelOptions(stored, 'https://example.com/v1');
  expect(body).toMatchObject({ rename: { seed: 'random_seed' }, drop: ['user'] });
  expect(body!.rename).not.toHaveProperty('max_tokens');
});

test('a field with a price of its own that was stored before it was forbidden is not sent, and the rest is', () => {
  const stored = JSON.stringify({ extra_body: { web_search_options: {}, n: 4, enable_search: false, top_k: 20 } });
  const { body } = channelOptions(stored, 'https://example.com/v1');
  expect(body?.extra).toEqual({ enable_search: false, top_k: 20 });
});
