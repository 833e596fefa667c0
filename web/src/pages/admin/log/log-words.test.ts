import { expect, test } from 'vitest';

import { switchLocale } from '@/i18n/texts.ts';

import { usedText } from './log-words.ts';

test.each([
  ['tokens', '1,200 + 34'],
  ['characters', '1,200 characters'],
  ['seconds', '1,200 s of audio'],
] as const)('what was used, in %s', async (prompt_unit, text) => {
  await switchLocale('en');
  expect(usedText({ prompt_unit, prompt_tokens: 1200, completion_tokens: 34 })).toBe(text);
});
