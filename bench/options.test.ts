// What a command line of the benchmark asks for.
import { expect, test } from 'bun:test';

import { readOptions } from './options.ts';
import { inTurn } from './run.ts';

const known = { targets: ['nginx', 'hallpass', 'portkey'], rows: ['whole', 'stream'] };

test('everything, unless told otherwise', () => {
  expect(readOptions([], known)).toEqual({ ...known, quick: false, write: false, rounds: undefined });
});

test('chosen targets and rows keep the order of the table', () => {
  const options = readOptions(['--only', 'hallpass,nginx', '--rows', 'stream', '--quick', '--rounds', '3'], known);
  expect(options).toEqual({ targets: ['nginx', 'hallpass'], rows: ['stream'], quick: true, write: false, rounds: 3 });
});

test.each([
  [['--only', 'apache'], 'no target named apache'],
  [['--only'], 'no target named nothing'],
  [['--rows', 'whole,tea'], 'no row named tea'],
  [['--rounds', '0'], 'from 1 to 20'],
  [['--fast'], 'I do not understand --fast'],
])('%p is refused in words', (args, message) => {
  expect(() => readOptions(args, known)).toThrow(message);
});

test('each round begins with another target and leaves none out', () => {
  expect([0, 1, 2, 3].map((round) => inTurn(['a', 'b', 'c'], round).join(''))).toEqual(['abc', 'bca', 'cab', 'abc']);
});
