// Time-outs that share one timer.
import { expect, test } from 'bun:test';

import { coarseTimeout, within } from './coarse-timer.ts';

const late = () => new Error('late');

test('each runs once, in order of time, never early, and at most a few ticks late', async () => {
  const startedAt = performance.now();
  const ran: [name: string, ms: number][] = [];
  const done = Promise.withResolvers<void>();
  coarseTimeout(() => (ran.push(['later', performance.now() - startedAt]), done.resolve()), 120);
  coarseTimeout(() => ran.push(['sooner', performance.now() - startedAt]), 30);
  await done.promise;
  expect(ran.map(([name]) => name)).toEqual(['sooner', 'later']);
  expect(ran[0]![1]).toBeGreaterThanOrEqual(30);
  expect(ran[1]![1]).toBeGreaterThanOrEqual(120);
});

test('what is cancelled never runs, twice cancelled is cancelled, and the others of its tick run', async () => {
  let ran = 0;
  const cancels = Array.from({ length: 1_000 }, () => coarseTimeout(() => (ran += 1), 40));
  for (const cancel of cancels.slice(1)) cancel();
  for (const cancel of cancels.slice(1)) cancel();
  const done = Promise.withResolvers<void>();
  coarseTimeout(done.resolve, 90);
  await done.promise;
  expect(ran).toBe(1);
});

test('one that is set while others run is kept', async () => {
  const done = Promise.withResolvers<void>();
  coarseTimeout(() => void coarseTimeout(done.resolve, 1), 1);
  await done.promise;
});

test('a promise in time keeps its value or its error; a slow one is late', async () => {
  expect(await within(Promise.resolve(7), 1_000, late)).toBe(7);
  expect(within(Promise.reject(new Error('own')), 1_000, late)).rejects.toThrow('own');
  const never = new Promise(() => {});
  expect(within(never, 30, late)).rejects.toThrow('late');
});
