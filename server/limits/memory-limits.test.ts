import { expect, test } from 'bun:test';

import { TestClock } from '../testing/test-clock.ts';
import type { LimitScope } from './limits.ts';
import { limitsSuite } from './limits.suite.ts';
import { MemoryLimits } from './memory-limits.ts';

limitsSuite('memory', async (clock, leaseMs) => ({
  limits: new MemoryLimits(clock, { leaseMs }),
  [Symbol.asyncDispose]: async () => {},
}));

const party = (id: number, fields: Partial<LimitScope> = {}): LimitScope => ({
  key: `guest:${id}`,
  name: 'guest',
  rpm: 1,
  tpm: null,
  maxParallel: null,
  ...fields,
});

test('parties are tracked up to the bound; the one unused for longest goes, open calls keep theirs', async () => {
  const clock = new TestClock();
  const limits = new MemoryLimits(clock, { maxTracked: 100 });
  await limits.acquire([party(0, { maxParallel: 1 })], 0);
  for (let id = 1; id <= 99; id++) await limits.acquire([party(id)], 0);
  expect(limits.tracked).toBe(100);
  expect((await limits.acquire([party(1)], 0)).ok).toBe(false);
  await limits.acquire([party(100)], 0);
  expect(limits.tracked).toBe(100);
  expect((await limits.acquire([party(0, { maxParallel: 1 })], 0)).ok).toBe(false);
  expect((await limits.acquire([party(1)], 0)).ok).toBe(false);
  expect((await limits.acquire([party(2)], 0)).ok).toBe(true);
});

test('the bound holds even when everybody has a call open', async () => {
  const limits = new MemoryLimits(new TestClock(), { maxTracked: 100 });
  for (let id = 0; id < 1_000; id++) await limits.acquire([party(id, { maxParallel: 1 })], 0);
  expect(limits.tracked).toBe(100);
});

test('parties with nothing left to count are forgotten as new ones come', async () => {
  const clock = new TestClock();
  const limits = new MemoryLimits(clock);
  for (let id = 0; id < 1_000; id++) await limits.acquire([party(id)], 0);
  clock.advance(61_000);
  for (let id = 1_000; id < 1_600; id++) await limits.acquire([party(id)], 0);
  expect(limits.tracked).toBe(600);
});

test('a lease that outlives its counter ends without harm', async () => {
  const limits = new MemoryLimits(new TestClock(), { maxTracked: 1 });
  const first = await limits.acquire([party(1, { rpm: 5 })], 10);
  await limits.acquire([party(2)], 0);
  if (first.ok) first.lease.refund();
  expect((await limits.peek(party(1, { rpm: 5 }))).requests).toMatchObject({ remaining: 5 });
});
