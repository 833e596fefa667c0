import { expect, test } from 'vitest';

import { createThread } from './thread.ts';
import type { Turn } from './turn.ts';

const turn = (id: number) => ({ id, role: 'user', text: `t${id}`, files: [] }) as Turn;
const ids = (thread: ReturnType<typeof createThread>) => thread.turns.value.map(({ id }) => id);

function grown() {
  const thread = createThread();
  const turns = [1, 2, 3, 4].map(turn);
  for (const one of turns) thread.append(one);
  return { thread, turns };
}

test('turns follow one another', () => {
  expect(ids(grown().thread)).toEqual([1, 2, 3, 4]);
});

test('an edited question begins a branch; the old one keeps what followed it', () => {
  const { thread, turns } = grown();
  thread.addBeside(turn(5), turns[2]!);
  expect(ids(thread)).toEqual([1, 2, 5]);
  thread.append(turn(6));
  expect(thread.branchOf(thread.turns.value[2]!)).toEqual({ position: 2, count: 2 });
  thread.show(thread.turns.value[2]!, -1);
  expect(ids(thread)).toEqual([1, 2, 3, 4]);
  thread.show(turns[2]!, 1);
  expect(ids(thread)).toEqual([1, 2, 5, 6]);
});

test('the very first question can be edited too', () => {
  const { thread, turns } = grown();
  thread.addBeside(turn(5), turns[0]!);
  expect(ids(thread)).toEqual([5]);
  thread.show(thread.turns.value[0]!, -1);
  expect(ids(thread)).toEqual([1, 2, 3, 4]);
});

test('there is no branch before the first or after the last', () => {
  const { thread, turns } = grown();
  thread.show(turns[0]!, -1);
  thread.show(turns[0]!, 1);
  expect(ids(thread)).toEqual([1, 2, 3, 4]);
  expect(thread.branchOf(turns[0]!)).toEqual({ position: 1, count: 1 });
});

test('a removed turn leaves the one beside it', () => {
  const { thread, turns } = grown();
  thread.addBeside(turn(5), turns[3]!);
  thread.remove(thread.turns.value[3]!);
  expect(ids(thread)).toEqual([1, 2, 3, 4]);
  thread.remove(turns[0]!);
  expect(ids(thread)).toEqual([]);
});
