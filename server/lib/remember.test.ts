import { expect, test } from 'bun:test';

import { remember } from './remember.ts';

test('at the bound the oldest goes, and what is known already takes no other’s place', () => {
  const map = new Map<string, number>();
  for (const [i, key] of ['a', 'b', 'c'].entries()) expect(remember(map, key, i, 3)).toBe(i);
  remember(map, 'b', 7, 3);
  expect([...map]).toEqual([
    ['a', 0],
    ['b', 7],
    ['c', 2],
  ]);
  remember(map, 'd', 3, 3);
  expect([...map.keys()]).toEqual(['b', 'c', 'd']);
});
