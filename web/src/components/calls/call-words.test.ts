import { expect, test } from 'vitest';

import { switchLocale } from '@/i18n/texts.ts';

import { usedText } from './call-words.ts';

test.each([
  ['tokens', null, '1,200 + 34 tokens'],
  ['characters', null, '1,200 characters'],
  ['seconds', null, '1,200 s of audio'],
  ['images', 3, 'Pictures: 3'],
  ['images', 0, 'Pictures: 0'],
  ['images', null, '—'],
  ['searches', 2, 'Searches: 2'],
] as const)('what was used, in %s: %s', async (prompt_unit, units, text) => {
  await switchLocale('en');
  expect(usedText({ prompt_unit, units, prompt_tokens: 1200, completion_tokens: 34 })).toBe(text);
});
