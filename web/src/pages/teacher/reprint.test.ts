import { NAMES_MAX } from '@hallpass/shared/lists.ts';
import { expect, test } from 'vitest';

import { Problem } from '@/api/problem.ts';
import type { NewPass } from '@/api/teaching.ts';

import { reprint } from './reprint.ts';

const passes = Array.from({ length: NAMES_MAX * 2 + 1 }, (_, n) => ({ id: `pass_${n}` }));
const made = (ids: readonly string[]) => ids.map((id) => ({ id }) as NewPass);

test('all get new keys, no more of them at once than one request takes', async () => {
  const asked: number[] = [];
  const found = await reprint(passes, async (ids) => {
    asked.push(ids.length);
    return made(ids);
  });
  expect(asked).toEqual([NAMES_MAX, NAMES_MAX, 1]);
  expect(found).toEqual({ made: made(passes.map(({ id }) => id)), problem: '' });
});

test('keys that were made are told, with why the rest have none; a failure of all is one', async () => {
  const refused = new Problem('refused', 'The class is closed.');
  let requests = 0;
  const found = await reprint(passes, async (ids) => {
    if (requests++ === 1) throw refused;
    return made(ids);
  });
  expect([found.made.length, found.problem, requests]).toEqual([NAMES_MAX, 'The class is closed.', 2]);
  await expect(reprint(passes, () => Promise.reject(refused))).rejects.toBe(refused);
});
