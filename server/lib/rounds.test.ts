import { expect, test } from 'bun:test';

import { startRounds } from './rounds.ts';

test('rounds do not overlap, a failed one does not end them, and stop waits for the one under way', async () => {
  let running = 0;
  let most = 0;
  let ended = 0;
  const failures: unknown[] = [];
  const rounds = startRounds(
    2,
    async () => {
      most = Math.max(most, ++running);
      await Bun.sleep(10);
      running -= 1;
      ended += 1;
      if (ended === 1) throw new Error('first');
    },
    (error) => failures.push(error),
  );
  while (ended < 3) await Bun.sleep(5);
  await rounds.stop();
  expect({ running, most, failures: failures.length }).toEqual({ running: 0, most: 1, failures: 1 });
  const atStop = ended;
  await Bun.sleep(20);
  expect(ended).toBe(atStop);
});

test('the round under way is told when the process leaves', async () => {
  let told = false;
  let begun = false;
  const rounds = startRounds(
    1,
    async (signal) => {
      begun = true;
      while (!signal.aborted) await Bun.sleep(1);
      told = true;
    },
    () => {},
  );
  while (!begun) await Bun.sleep(1);
  await rounds.stop();
  expect(told).toBe(true);
});
