import { expect, test } from 'bun:test';

import { runPoison } from './poison.ts';

test('R24: generated poison on every address that takes a body: never our fault, and the loop goes on', async () => {
  const report = await runPoison(1_500, 24);
  expect(report.faults).toEqual([]);
  expect(report.requests).toBe(1_500);
}, 60_000);
