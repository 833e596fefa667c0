// Hostile test S10: how long a refusal takes tells nothing about how near a key was.
import { expect, test } from 'bun:test';

import { generate } from '../testing/litellm.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

const TRIES = 1_000;
const CHUNK = 50;

/** The middle of the means of twenty chunks, in ms, so that one hiccup of the machine counts for nothing. */
function middle(times: number[]): number {
  const means: number[] = [];
  for (let from = 0; from < times.length; from += CHUNK)
    means.push(times.slice(from, from + CHUNK).reduce((sum, one) => sum + one, 0) / CHUNK);
  return means.toSorted((a, b) => a - b)[Math.floor(means.length / 2)]!;
}

async function timed(app: TestApp, token: string): Promise<number> {
  const started = performance.now();
  const { status } = await app.request('/key/info', { token });
  const took = performance.now() - started;
  expect(status).toBe(401);
  return took;
}

test('unknown keys take the same time, whether nothing or all but the end is right (1000 tries)', async () => {
  await using app = await createTestApp();
  const { key } = await generate(app);
  const stem = key.slice(0, -4);
  const times: [far: number[], near: number[]] = [[], []];
  for (let index = 0; index < TRIES; index++) {
    const end = String(index).padStart(4, '0');
    if (key.endsWith(end)) continue;
    times[0].push(await timed(app, `${'x'.repeat(stem.length)}${end}`));
    times[1].push(await timed(app, `${stem}${end}`));
  }
  const [far, near] = times.map(middle) as [number, number];
  // A comparison byte by byte differs by nanoseconds; what shows here is another path, such as one more query.
  expect(Math.max(far, near) / Math.min(far, near)).toBeLessThan(1.5);
}, 60_000);
