import { expect, test } from 'bun:test';

import { runChaos } from './chaos.ts';

test('a thousand calls through three flapping channels and five dying keys: every answer right, every try one row', async () => {
  const report = await runChaos(1_000, 4);
  expect(report.wrong).toEqual([]);
  expect(report.answered).toBeGreaterThan(300);
  expect(report.failed + report.cut).toBeGreaterThan(0);
  expect(report.deadKeys).toBe(5);
}, 60_000);
