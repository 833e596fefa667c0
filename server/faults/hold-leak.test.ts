import { expect, test } from 'bun:test';

import { seededRandom } from '../testing/seeded-random.ts';
import { runHoldLeak } from './hold-leak.ts';

/** R09 asks for 10,000: `bun server/faults/run-hold-leak.ts`. */
const CALLS = 1_500;

test('R09: after many calls and many faults nothing is held, and nobody with money was refused', async () => {
  const seed = Date.now() % 1_000_000;
  const report = await runHoldLeak(CALLS, seededRandom(seed));
  const context = `seed ${seed}: ${JSON.stringify(report)}`;
  expect(report.problems, context).toEqual([]);
  expect(report.falseRefusals, context).toBe(0);
  expect(report.answered, context).toBeGreaterThan(CALLS / 2);
  expect(report.answered + report.failed + report.gone, context).toBe(CALLS);
}, 120_000);
