import { expect, test } from 'bun:test';

import { DeliveredText, MAX_COUNTED_CHARS } from './delivered-text.ts';
import { estimateText } from './prompt-size.ts';

test('a text is kept up to the length that is counted, and counted whole beyond it', () => {
  const delivered = DeliveredText.of('a'.repeat(MAX_COUNTED_CHARS));
  expect(delivered.text).toHaveLength(MAX_COUNTED_CHARS);
  delivered.add('教');
  expect(delivered.text).toBeUndefined();
  for (let i = 0; i < 99; i += 1) delivered.add('a'.repeat(MAX_COUNTED_CHARS));
  expect(delivered.bytes).toBe(100 * MAX_COUNTED_CHARS + 3);
  expect(delivered.roughTokens).toBe(estimateText(`教${'a'.repeat(100 * MAX_COUNTED_CHARS)}`));
});

test('nothing delivered is nothing', () => {
  const delivered = new DeliveredText();
  delivered.add('');
  expect([delivered.text, delivered.bytes, delivered.roughTokens]).toEqual(['', 0, 0]);
});
