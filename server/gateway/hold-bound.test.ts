import { describe, expect, test } from 'bun:test';

import type { UnitPrices } from '../ledger/ledger.ts';
import type { CatalogModel } from '../models/catalog.ts';
import { dearestPrices, holdBound } from './hold-bound.ts';
import { measurePrompt } from './prompt-size.ts';
import { checkChatRequest } from './request-body.ts';

const PRICES: UnitPrices = {
  promptNanos: 2_000_000_000,
  completionNanos: 8_000_000_000,
  cachedNanos: null,
  cacheWriteNanos: null,
  reasoningNanos: null,
  imageNanos: null,
  audioNanos: null,
  requestNanos: null,
  source: 'test',
  version: '1',
};

const MODEL: CatalogModel = {
  id: 'model_1',
  publicName: 'm',
  displayName: 'M',
  type: 'chat',
  provider: null,
  description: null,
  capabilities: [],
  contextWindow: null,
  maxOutputTokens: null,
  createdAt: 0,
  routes: [],
};

function boundOf(
  body: object,
  more: { model?: Partial<CatalogModel>; prices?: Partial<UnitPrices>; max?: number | null } = {},
) {
  const request = checkChatRequest({ model: 'm', messages: [{ role: 'user', content: 'hi' }], ...body });
  return holdBound({
    request,
    model: { ...MODEL, ...more.model },
    size: measurePrompt(request, ['gpt-4o']),
    prices: { ...PRICES, ...more.prices },
    maxOutputTokens: more.max ?? null,
  });
}

describe('the bound of a call', () => {
  test('the output is the smallest of default, permission, client, model and context', () => {
    expect(boundOf({}).wantedOutputTokens).toBe(4_096);
    expect(boundOf({}, { max: 16_384 }).wantedOutputTokens).toBe(16_384);
    expect(boundOf({ max_tokens: 100 }).wantedOutputTokens).toBe(100);
    expect(boundOf({ max_completion_tokens: 90, max_tokens: 100 }).wantedOutputTokens).toBe(90);
    expect(boundOf({}, { model: { maxOutputTokens: 512 } }).wantedOutputTokens).toBe(512);
    expect(boundOf({}, { model: { contextWindow: 200 } }).wantedOutputTokens).toBeLessThan(200);
  });

  test('at least 16 tokens, or the client’s own smaller cap, must be affordable', () => {
    expect(boundOf({}).minOutputTokens).toBe(16);
    expect(boundOf({ max_tokens: 3 }).minOutputTokens).toBe(3);
  });

  test('several answers multiply the output', () => {
    expect(boundOf({ n: 5 }).answers).toBe(5);
  });

  test('the dearer of two kinds decides: cache writes for the prompt, reasoning for the output', () => {
    const plain = boundOf({});
    expect(boundOf({}, { prices: { cacheWriteNanos: 3_000_000_000 } }).fixedMicros).toBe((plain.fixedMicros * 3n) / 2n);
    expect(boundOf({}, { prices: { reasoningNanos: 9_000_000_000 } }).outputNanos).toBe(9_000_000_000);
  });

  test('a price per request is in the bound', () => {
    expect(boundOf({}, { prices: { requestNanos: 5 } }).fixedMicros - boundOf({}).fixedMicros).toBe(5_000_000n);
  });

  test.each(['web_search_options', 'prediction', 'audio'])('%s is refused by name: its cost has no bound', (name) => {
    expect(() => boundOf({ [name]: {} })).toThrow('unsupported_parameter');
  });

  test.each([
    ['plugins', { plugins: [{ id: 'web' }] }],
    ['search_parameters', { search_parameters: { mode: 'on' } }],
    ['enable_search', { enable_search: true }],
    ['enable_enhancement', { enable_enhancement: true }],
    ['web_search', { web_search: { enable: true } }],
    ['models', { models: ['openai/o1-pro'] }],
    ['tools', { tools: [{ type: 'function', function: { name: 'f' } }, { type: 'web_search' }] }],
  ])('%s has no bound and is refused by name', (param, body) => {
    expect(() => boundOf(body)).toThrow(expect.objectContaining({ code: 'unsupported_parameter' }));
    expect(() => boundOf(body)).toThrow(expect.objectContaining({ options: expect.objectContaining({ param }) }));
  });

  test('tools the caller runs, and what is switched off, are not refused', () => {
    boundOf({ tools: [{ type: 'function' }, { type: 'custom' }, {}], enable_search: false, plugins: null });
  });

  test('unknown media and a prompt longer than the context are refused', () => {
    const file = [{ role: 'user', content: [{ type: 'file', file: {} }] }];
    expect(() => boundOf({ messages: file })).toThrow('unsupported_media');
    const long = [{ role: 'user', content: 'word '.repeat(2_000) }];
    expect(() => boundOf({ messages: long }, { model: { contextWindow: 1_000 } })).toThrow('context_length_exceeded');
  });

  test('over several routes the dearest price of each kind is held', () => {
    const cheap = { ...PRICES, promptNanos: 1, completionNanos: 9_000_000_000, cachedNanos: 4 };
    expect(dearestPrices([PRICES, cheap])).toMatchObject({
      promptNanos: 2_000_000_000,
      completionNanos: 9_000_000_000,
      cachedNanos: 4,
    });
    expect(dearestPrices([])).toBeNull();
  });
});
