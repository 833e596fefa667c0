import { expect, test } from 'bun:test';

import { FairShare } from './fair-share.ts';

const piecesUntilSpent = (share: FairShare): number => {
  for (let pieces = 1; pieces < 10_000; pieces += 1) if (share.isSpent()) return pieces;
  return Infinity;
};

test('a share is so many pieces, and begins anew with each breath', async () => {
  const share = new FairShare();
  expect(piecesUntilSpent(share)).toBe(128);
  await share.breathe();
  expect(piecesUntilSpent(share)).toBe(128);
});

test('a breath lets in what waits for the loop, which promises alone do not', async () => {
  let isIn = false;
  setImmediate(() => (isIn = true));
  for (let i = 0; i < 1_000; i += 1) await Promise.resolve();
  expect(isIn).toBe(false);
  await new FairShare().breathe();
  expect(isIn).toBe(true);
});
