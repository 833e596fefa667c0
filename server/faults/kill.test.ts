import { expect, test } from 'bun:test';

import { runKills } from './kill.ts';
import { seededRandom } from '../testing/seeded-random.ts';

const KILLS = 30;

test('R01: no answer seen complete is missing from the ledger after kill -9, none is there twice', async () => {
  const seed = Date.now() % 1_000_000;
  const report = await runKills(KILLS, seededRandom(seed));
  const context = `seed ${seed}: ${JSON.stringify({ ...report, lost: report.lost.length, unheld: report.unheld.length })}`;
  expect(report.lost, context).toEqual([]);
  expect(report.unheld, context).toEqual([]);
  expect(report.duplicates, context).toBe(0);
  expect(report.problems, context).toEqual([]);
  // Enough to lose some of; how many it is depends on what else the machine does.
  expect(report.complete, context).toBeGreaterThan(KILLS * 5);
  // The middle one: a machine that is busy with other tests may hold a single start up.
  expect(report.readyMs[KILLS / 2], context).toBeLessThan(2_000);
}, 240_000);
