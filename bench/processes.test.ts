// Reading /proc: CPU and memory of a process and of all that came from it.
import { expect, test } from 'bun:test';

import { descriptorsMax, familyOf, parseStat, usageOf } from './processes.ts';
import { SIZES, withinDescriptors } from './rows.ts';

test('a line of /proc/PID/stat, with brackets and blanks in the name', () => {
  const line =
    '42 (a) b (c) S 7 42 42 0 -1 4194304 100 0 0 0 150 50 30 20 20 0 9 0 1000 99999 250 18446744073709551615 1 1';
  expect(parseStat(line)).toEqual({ pid: 42, parent: 7, cpuUs: 2_500_000, rssBytes: 250 * 4_096 });
});

test('a family is the process, its children and theirs, in whatever order they are listed', () => {
  const stat = (pid: number, parent: number) => ({ pid, parent, cpuUs: 1, rssBytes: 1 });
  const all = [stat(30, 20), stat(20, 10), stat(10, 1), stat(40, 1)];
  expect(familyOf([10], all).map(({ pid }) => pid)).toEqual([30, 20, 10]);
});

test.if(process.platform === 'linux')('this process uses memory, and a process that is not there uses nothing', () => {
  expect(usageOf([process.pid]).rssBytes).toBeGreaterThan(10_000_000);
  expect(usageOf([2 ** 30])).toEqual({ cpuUs: 0, rssBytes: 0 });
});

test('idle streams are as many as there are descriptors for, two each', () => {
  const line = (hard: string) =>
    `Max cpu time  unlimited  unlimited  seconds\nMax open files            1024                 ${hard}               files\n`;
  expect(withinDescriptors(SIZES.whole, descriptorsMax(line('20000'))).idleStreams).toBe(9_750);
  expect(withinDescriptors(SIZES.whole, descriptorsMax(line('unlimited'))).idleStreams).toBe(10_000);
});
