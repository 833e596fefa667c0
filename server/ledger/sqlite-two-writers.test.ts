// R35 of the money rules: two ledgers on one SQLite file. The start refuses a second server; should it ever
// happen all the same, both stay right.
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { checkInvariants } from './invariants.ts';
import { account, bound, open, settle } from './ledger.fixtures.ts';
import { openTestLedger, type TestLedger } from './sqlite-ledger.fixtures.ts';
import { opened, spending } from './suite/read.ts';

let folder: string;
let path: string;
let stores: TestLedger[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hallpass-two-'));
  path = join(folder, 'hallpass.db');
  stores = [await openTestLedger(path)];
});

afterEach(async () => {
  expect(await checkInvariants(stores[0]!.handle.raw)).toEqual([]);
  for (const { handle } of stores) await handle.close();
  await rm(folder, { recursive: true, force: true });
});

test('two writers on one file spend a budget once', async () => {
  stores.push(await openTestLedger(path));
  let admitted = 0;
  const calls = Array.from({ length: 200 }, async (_, index) => {
    const { ledger } = stores[index % 2]!;
    const input = open([account('p', 37 * 7)], bound(7));
    const reply = await ledger.open(input);
    if (!reply.ok) return;
    admitted += 1;
    await Bun.sleep(index % 9);
    await ledger.settle(settle(input.call.id, 7));
  });
  await Promise.all(calls);
  expect(admitted).toBe(37);
  expect(await spending(stores[0]!.handle.raw)).toEqual({ 'pass:p': { settled: 259, held: 0, cap: 259, calls: 37 } });
}, 20_000);

test('a call opened by one can be settled by the other, once', async () => {
  stores.push(await openTestLedger(path));
  const [first, second] = stores as [TestLedger, TestLedger];
  const { id } = await opened(first.ledger, open([account('p', 100)], bound(40)));
  const replies = await Promise.all([second.ledger.settle(settle(id, 30)), first.ledger.settle(settle(id, 30))]);
  expect(replies.filter(({ settled }) => settled)).toHaveLength(1);
  expect(await spending(first.handle.raw)).toEqual({ 'pass:p': { settled: 30, held: 0, cap: 100, calls: 1 } });
});
