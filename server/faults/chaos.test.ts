import { expect, test } from 'bun:test';

import { testEngine } from '../testing/test-database.ts';
import { runChaos } from './chaos.ts';

/** The whole ten thousand where the suite runs first; the same on PostgreSQL in small. */
const CALLS = testEngine === 'sqlite' ? 10_000 : 1_000;

test('ten thousand calls through three flapping channels and five dying keys: every answer right, every try one row', async () => {
  const report = await runChaos(CALLS, 4);
  expect(report.wrong).toEqual([]);
  expect(report.answered).toBeGreaterThan(CALLS * 0.3);
  expect(report.failed + report.cut).toBeGreaterThan(0);
  expect(report.deadKeys).toBe(5);
}, 300_000);
