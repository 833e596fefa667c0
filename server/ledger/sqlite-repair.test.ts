// What the ledger finds at start, or meanwhile, when someone has meddled with its tables.
import { Database } from 'bun:sqlite';
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { checkInvariants } from './invariants.ts';
import { account, bound, header, NOON, open, settle } from './ledger.fixtures.ts';
import { openTestLedger, type TestLedger } from './sqlite-ledger.fixtures.ts';
import { callRow, opened, spending } from './suite/read.ts';

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

test('recovery corrects a hold that belongs to no open call, and says so', async () => {
  const [store] = stores as [TestLedger];
  const { id } = await opened(store.ledger, open([account('p', 100), account('q', 100)], bound(40)));
  await store.ledger.settle(settle(id, 30));
  await store.handle.writer.exec(`update accounts set held_nanos = 55 where party_id = 'p'`, []);
  await store.handle.close();
  stores = [await openTestLedger(path)];
  expect(await stores[0]!.ledger.recover(NOON)).toBe(0);
  expect(await spending(stores[0]!.handle.raw)).toMatchObject({ 'pass:p': { held: 0 }, 'pass:q': { held: 0 } });
  expect(stores[0]!.logs).toMatchObject([{ level: 'error', heldNanos: 55, correctNanos: 0 }]);
});

test('an orphan whose prices cannot be read is charged its hold', async () => {
  const [store] = stores as [TestLedger];
  const call = header({ promptEstimate: 3 });
  await opened(store.ledger, open([account('p', 100)], bound(40), { call }));
  await store.handle.writer.exec(`update calls set hold_prices = '{"promptNanos":'`, []);
  await store.handle.close();
  stores = [await openTestLedger(path)];
  expect(await stores[0]!.ledger.recover(NOON)).toBe(1);
  expect(await callRow(stores[0]!.handle.raw, call.id)).toMatchObject({
    state: 'orphaned',
    cost_nanos: 40,
    estimated: 1,
  });
});

test('an account whose row was deleted does not keep its calls from being settled', async () => {
  const [store] = stores as [TestLedger];
  const { id } = await opened(store.ledger, open([account('p', 100)], bound(40)));
  const db = new Database(path);
  db.run('delete from accounts');
  db.close();
  expect(await store.ledger.settle(settle(id, 30))).toMatchObject({ settled: true, costNanos: 30 });
  await store.handle.writer.exec('delete from calls', []);
  await store.handle.writer.exec('delete from usage_rollups', []);
});
