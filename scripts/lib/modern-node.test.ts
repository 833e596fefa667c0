import { expect, test } from 'bun:test';

import { modernNode } from './modern-node.mjs';
import { capture } from './run.mjs';

test('under Bun, which claims to be a modern Node, a real one is found', async () => {
  const { code, output } = await capture(await modernNode(), [
    '-p',
    'process.versions.bun ?? process.versions.node.split(".")[0]',
  ]);
  expect(code).toBe(0);
  expect(Number(output.trim())).toBeGreaterThanOrEqual(22);
}, 120_000);
