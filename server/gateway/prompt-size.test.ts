import { describe, expect, test } from 'bun:test';
import { countTokens } from 'gpt-tokenizer';

import { estimateText, measurePrompt } from './prompt-size.ts';
import { checkChatRequest } from './request-body.ts';

const sizeOf = (messages: unknown[], more: object = {}, model = 'gpt-4o') =>
  measurePrompt(checkChatRequest({ model, messages, ...more }), [model]);

const SAMPLES: [string, string][] = [
  [
    'English',
    'The quick brown fox jumps over the lazy dog, and then it goes home to read about photosynthesis. '.repeat(20),
  ],
  ['Simplified Chinese', '光合作用是植物利用光能把二氧化碳和水变成糖和氧气的过程，发生在叶绿体里。'.repeat(20)],
  ['Traditional Chinese', '為什麼傍晚的天空是紅色的？因為陽光要穿過比較厚的空氣，藍光被散射掉了。'.repeat(20)],
  ['code', 'function add(a, b) {\n  return a + b; // sum\n}\n'.repeat(20)],
  ['emoji', '👩‍🏫🎉👍🏽'.repeat(50)],
  ['digits', '31415926535897932384626433832795'.repeat(20)],
];

describe('the size of a prompt', () => {
  test.each(SAMPLES)('%s: the bound is never below what a tokenizer counts', (_name, text) => {
    const tokens = countTokens(text);
    expect(sizeOf([{ role: 'user', content: text }]).boundTokens).toBeGreaterThanOrEqual(tokens + 7);
  });

  test.each(SAMPLES.slice(0, 4))('%s: the estimate is within a third of what a tokenizer counts', (_name, text) => {
    const tokens = countTokens(text);
    expect(estimateText(text) / tokens).toBeGreaterThan(0.67);
    expect(estimateText(text) / tokens).toBeLessThan(1.7);
  });

  test('tools, names and tool calls count', () => {
    const plain = sizeOf([{ role: 'user', content: 'hi' }]).boundTokens;
    const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }];
    expect(sizeOf([{ role: 'user', content: 'hi' }], { tools }).boundTokens).toBeGreaterThan(
      plain + JSON.stringify(tools).length,
    );
    expect(sizeOf([{ role: 'user', content: 'hi', name: 'x'.repeat(500) }]).boundTokens).toBeGreaterThan(plain + 500);
  });

  test('fields nobody knows may be read by the model, so they count', () => {
    const plain = sizeOf([{ role: 'user', content: 'hi' }], { user: 'x'.repeat(900) }).boundTokens;
    const documents = [{ title: 'x'.repeat(900) }];
    for (const more of [{ documents }, { chat_template_kwargs: { documents } }, { system: 'x'.repeat(900) }])
      expect(sizeOf([{ role: 'user', content: 'hi' }], more).boundTokens).toBeGreaterThanOrEqual(plain + 900);
  });

  test('over several routes the dearest rule for images counts', () => {
    const content = [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }];
    const request = checkChatRequest({ model: 'm', messages: [{ role: 'user', content }] });
    const mini = measurePrompt(request, ['gpt-4o-mini']).boundTokens;
    expect(measurePrompt(request, ['gpt-4o', 'gpt-4o-mini']).boundTokens).toBe(mini);
  });

  test('an image costs its family’s published most, an unknown family the dearest', () => {
    const message = [
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] },
    ];
    const text = sizeOf([{ role: 'user', content: '' }]).boundTokens;
    expect(sizeOf(message, {}, 'gpt-4o').boundTokens - text).toBe(1_445);
    expect(sizeOf(message, {}, 'gpt-4o-mini').boundTokens - text).toBe(48_169);
    expect(sizeOf(message, {}, 'some-new-model').boundTokens - text).toBe(48_169);
  });

  test('audio is counted by its bytes, other media are named', () => {
    const data = 'A'.repeat(40_000);
    const size = sizeOf([
      {
        role: 'user',
        content: [
          { type: 'input_audio', input_audio: { data } },
          { type: 'file', file: {} },
        ],
      },
    ]);
    expect(size.audioTokens).toBe(300);
    expect(size.unknownMedia).toEqual(['file']);
  });
});
