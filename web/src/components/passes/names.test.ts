import { expect, test } from 'vitest';

import { namesIn, wrongNames } from './names.ts';

test('names as they are copied from a list: one a line, the first column, empty lines away', () => {
  expect(namesIn('王小明\t7\r\n\r\n  Lee, Ann  \n\t\n陳')).toEqual(['王小明', 'Lee, Ann', '陳']);
  // Marks of direction and spaces without width are not part of a name; what joins an emoji is.
  expect(namesIn('\uFEFFZoe\u0308\n\u202EZoë\u202C\u200B\n👩\u200D🎓 Ann')).toEqual(['Zoë', 'Zoë', '👩\u200D🎓 Ann']);
});

test('no more names than are made at once, and the sentence says how many those are', () => {
  expect(wrongNames(['A', 'B'], 2)).toBeUndefined();
  expect(wrongNames(['A', 'B', 'C'], 2)).toBe('At most 2 names at once; these are 3.');
});
