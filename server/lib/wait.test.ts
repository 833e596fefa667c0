import { expect, test } from 'bun:test';

import { waitAtMost } from './wait.ts';

const never = new Promise<never>(() => {});
const took = async (work: Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await work;
  return performance.now() - startedAt;
};

test('the first to end ends the wait', async () => {
  expect(await took(waitAtMost(5_000, never, Promise.resolve()))).toBeLessThan(1_000);
});

test('time ends it too', async () => {
  expect(await took(waitAtMost(50, never))).toBeGreaterThanOrEqual(49);
});

test('a failure is passed on, and the process is not kept alive by the rest of the time', async () => {
  const script = `import { waitAtMost } from ${JSON.stringify(`${import.meta.dir}/wait.ts`)};
    await waitAtMost(60_000, Promise.reject(new Error('no'))).catch((error) => console.log(error.message));`;
  const child = Bun.spawn([process.execPath, '-e', script], { stdout: 'pipe' });
  expect(await took(child.exited)).toBeLessThan(5_000);
  expect(await new Response(child.stdout).text()).toBe('no\n');
});
