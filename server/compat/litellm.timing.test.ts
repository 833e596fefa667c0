// Hostile test S10: how long a refusal takes tells nothing about how near a key was.
import { expect, test } from 'bun:test';

import { generate } from '../testing/litellm.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

const TRIES = 1_000;
/** A busy machine makes noise; a leak shows in every round. */
const ROUNDS = 4;
/** What one more query would exceed. */
const RATIO_MAX = 1.15;

const median = (times: number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!;

async function timed(app: TestApp, token: string): Promise<number> {
  const started = performance.now();
  const { status } = await app.request('/key/info', { token });
  const took = performance.now() - started;
  expect(status).toBe(401);
  return took;
}

/** How far apart keys are refused that are wrong from the start and that are wrong at the end only. */
async function ratio(app: TestApp, key: string, round: number): Promise<number> {
  const stem = key.slice(0, -5);
  const [far, near]: [number[], number[]] = [[], []];
  for (let index = 0; index < TRIES; index++) {
    // Never asked before, and never the key: its last five are not upper-case.
    const end = `${round}${String(index).padStart(3, '0')}X`;
    const groups: [number[], string][] = [
      [far, `${'x'.repeat(stem.length)}${end}`],
      [near, `${stem}${end}`],
    ];
    for (const [times, token] of index % 2 === 0 ? groups : groups.toReversed()) times.push(await timed(app, token));
  }
  return Math.max(median(far) / median(near), median(near) / median(far));
}

test('unknown keys take the same time, whether nothing or all but the end is right (1000 tries)', async () => {
  await using app = await createTestApp();
  const { key } = await generate(app);
  await ratio(app, key, 0);
  const ratios: number[] = [];
  for (let round = 1; round <= ROUNDS && !ratios.some((one) => one < RATIO_MAX); round++)
    ratios.push(await ratio(app, key, round));
  expect(Math.min(...ratios)).toBeLessThan(RATIO_MAX);
}, 60_000);
