import { expect, test } from 'bun:test';

import { MAX_NESTING, nestsTooDeep } from './nesting.ts';

const nested = (depth: number, open = '[', close = ']') => `${open.repeat(depth)}1${close.repeat(depth)}`;

test.each([
  ['lists', '[', ']'],
  ['objects', '{"a":', '}'],
])('%s at the bound and one beyond', (_, open, close) => {
  expect(nestsTooDeep(nested(MAX_NESTING, open, close))).toBe(false);
  expect(nestsTooDeep(nested(MAX_NESTING + 1, open, close))).toBe(true);
});

test('what is beside each other is not within each other', () => {
  expect(nestsTooDeep(`[${'[{}],'.repeat(10_000)}1]`)).toBe(false);
});

test('brackets in strings count for nothing, after any escapes', () => {
  const brackets = '[{'.repeat(MAX_NESTING);
  for (const text of [brackets, `"${brackets}`, `\\${brackets}`, `\\"${brackets}\\\\`, `${'\\'.repeat(9)}"${brackets}`])
    expect([text.slice(0, 12), nestsTooDeep(JSON.stringify({ text }))]).toEqual([text.slice(0, 12), false]);
  expect(nestsTooDeep(`{"a":"\\\\",${'"b":['.repeat(MAX_NESTING)}`)).toBe(true);
  expect(nestsTooDeep(`"${brackets}`)).toBe(false);
});
