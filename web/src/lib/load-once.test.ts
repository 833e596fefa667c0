import { expect, test } from 'vitest';

import { loadOnce } from './load-once.ts';

test('a part is loaded once, however often it is asked for', async () => {
  let loads = 0;
  const load = loadOnce(async () => ++loads);
  expect(await Promise.all([load(), load()])).toEqual([1, 1]);
  expect(await load()).toBe(1);
});

test('one that cannot be fetched is none, and is tried again at the next call', async () => {
  let loads = 0;
  const load = loadOnce(async () => {
    if (++loads === 1) throw new TypeError('Failed to fetch dynamically imported module');
    return loads;
  });
  expect(await load()).toBeUndefined();
  expect(await load()).toBe(2);
});
