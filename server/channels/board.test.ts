import { expect, test } from 'bun:test';

import { TestClock } from '../testing/test-clock.ts';
import { MAX_REST_MS, MemoryBoard } from './board.ts';

test('what rests comes back by itself; a shorter rest does not cut a longer one', () => {
  const clock = new TestClock();
  const board = new MemoryBoard(clock);
  board.rest('k', 7_000);
  board.rest('k', 1_000);
  expect(board.restingMs('k')).toBe(7_000);
  clock.advance(6_999);
  expect(board.restingMs('k')).toBe(1);
  clock.advance(1);
  expect(board.restingMs('k')).toBe(0);
});

test('no rest is longer than an hour, and waking one leaves the others at rest', () => {
  const board = new MemoryBoard(new TestClock());
  board.rest('a', Infinity);
  board.rest('b', 5_000);
  expect(board.restingMs('a')).toBe(MAX_REST_MS);
  board.wake(['a']);
  expect([board.restingMs('a'), board.restingMs('b')]).toEqual([0, 5_000]);
});

test('every channel turns by itself', () => {
  const board = new MemoryBoard(new TestClock());
  expect([board.nextTurn('a'), board.nextTurn('a'), board.nextTurn('b')]).toEqual([0, 1, 0]);
});

test('ten thousand rests at most are remembered; those that are over go first', () => {
  const clock = new TestClock();
  const board = new MemoryBoard(clock);
  for (let i = 0; i < 9_999; i += 1) board.rest(`old ${i}`, 1_000);
  board.rest('long', 60_000);
  clock.advance(2_000);
  board.rest('new', 5_000);
  expect([board.restingMs('long'), board.restingMs('new')]).toEqual([58_000, 5_000]);
});
