// The writer thread: what is answered when, what one failure may take along, and the bounds of its queue.
import { Database } from 'bun:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { account, bound, open, settle } from '../../ledger/ledger.fixtures.ts';
import { openTestLedger, type TestLedger } from '../../ledger/sqlite-ledger.fixtures.ts';
import { countRows, failureOf, opened, spending } from '../../ledger/suite/read.ts';
import { WRITER_QUEUE_MAX } from './writer.ts';

let folder: string;
let path: string;
let store: TestLedger;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hallpass-writer-'));
  path = join(folder, 'hallpass.db');
  store = await openTestLedger(path, { busyTimeoutMs: 300 });
});

afterEach(async () => {
  await store.handle.close();
  await rm(folder, { recursive: true, force: true });
});

const setting = (key: string) =>
  store.handle.writer.exec(`insert into settings (key, value, updated_at) values (?, '1', 0)`, [key]);

const settings = async () =>
  (await store.handle.db.selectFrom('settings').select('key').orderBy('key').execute()).map(({ key }) => key);

describe('a group', () => {
  test('is not harmed by a statement that fails', async () => {
    const { ledger } = store;
    const results = await Promise.allSettled([
      setting('a'),
      setting('a'),
      store.handle.writer.exec('insert into nowhere values (1)', []),
      ledger.open(open([account('p', 100)], bound(10))),
      setting('b'),
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(results[1]).toMatchObject({ reason: { problem: 'unique', column: 'settings.key' } });
    expect(await settings()).toEqual(['a', 'b']);
  });

  test('shows a statement the balances of the calls before it, and calls what a statement has changed', async () => {
    const { ledger, handle } = store;
    const call = open([account('p', 100)], bound(60));
    const [, seen, , refused] = await Promise.all([
      ledger.open(call),
      handle.writer.exec(`update accounts set updated_at = 7 where held_nanos = 60 returning held_nanos`, []),
      handle.writer.exec(`update accounts set settled_nanos = 30, carried_nanos = 30`, []),
      ledger.open(open([account('p', 100)], bound(11))),
    ]);
    expect(seen.rows).toEqual([{ held_nanos: 60 }]);
    expect(refused).toMatchObject({ ok: false, refusal: { settledNanos: 30, heldNanos: 60 } });
    await ledger.settle(settle(call.call.id, 5));
    expect((await spending(handle.raw))['pass:p']).toMatchObject({ settled: 35, held: 0 });
  });

  test('sees what another process has written meanwhile', async () => {
    const { ledger, handle } = store;
    const { id } = await opened(ledger, open([account('p', 100)], bound(10)));
    await ledger.settle(settle(id, 10));
    const other = new Database(path);
    other.run('update accounts set settled_nanos = 95, carried_nanos = 85');
    other.close();
    expect(await ledger.open(open([account('p', 100)], bound(6)))).toMatchObject({ refusal: { settledNanos: 95 } });
    expect((await spending(handle.raw))['pass:p']).toMatchObject({ settled: 95, held: 0 });
  });
});

describe('an interactive transaction', () => {
  test('has the database to itself, and the ledger sees what it changed', async () => {
    const { ledger, handle } = store;
    await opened(ledger, open([account('p', 100)], bound(10)));
    let during: Promise<unknown> | undefined;
    await handle.db.transaction().execute(async (transaction) => {
      await transaction.updateTable('accounts').set({ settledNanos: 80, carriedNanos: 80 }).execute();
      during = ledger.open(open([account('p', 100)], bound(11)));
      await Bun.sleep(30);
      expect(await countRows(handle.raw, 'calls')).toBe(1);
    });
    expect(await during).toMatchObject({ ok: false, refusal: { settledNanos: 80, heldNanos: 10 } });
  });

  test('that is rolled back leaves nothing', async () => {
    const { handle } = store;
    const failed = handle.db.transaction().execute(async (transaction) => {
      await transaction
        .insertInto('settings')
        .values({ key: 'x', value: '1', updatedAt: 0, updatedBy: null })
        .execute();
      throw new Error('changed my mind');
    });
    expect(await failureOf(failed)).toMatchObject({ message: 'changed my mind' });
    expect(await settings()).toEqual([]);
  });

  test('that takes too long is rolled back and cannot write into the next one', async () => {
    const { writer } = store.handle;
    const slow = await writer.begin();
    await writer.query(slow, `insert into settings (key, value, updated_at) values ('slow', '1', 0)`, []);
    const next = await writer.begin();
    const late = writer.query(slow, `insert into settings (key, value, updated_at) values ('late', '1', 0)`, []);
    expect(await failureOf(late)).toMatchObject({ problem: 'busy' });
    expect(await failureOf(writer.commit(slow))).toMatchObject({ problem: 'busy' });
    await writer.query(next, `insert into settings (key, value, updated_at) values ('next', '1', 0)`, []);
    await writer.commit(next);
    expect(await settings()).toEqual(['next']);
  }, 15_000);
});

describe('the queue', () => {
  test(`takes ${WRITER_QUEUE_MAX} operations; the next is refused, a settle never`, async () => {
    const { ledger, handle } = store;
    const { id } = await opened(ledger, open([account('p', 100)], bound(10)));
    const transaction = await handle.writer.begin();
    const fill = Array.from({ length: WRITER_QUEUE_MAX }, () => handle.writer.exec('select 1', []));
    expect(await failureOf(handle.writer.exec('select 1', []))).toMatchObject({ problem: 'busy' });
    expect(await failureOf(ledger.open(open([account('p', 100)], bound(1))))).toMatchObject({
      name: 'LedgerUnavailable',
    });
    const settled = ledger.settle(settle(id, 7));
    await handle.writer.commit(transaction);
    expect(await settled).toMatchObject({ settled: true, costNanos: 7 });
    await Promise.all(fill);
  }, 20_000);

  test('closing answers everyone', async () => {
    const { ledger, handle } = await openTestLedger(join(folder, 'other.db'));
    await opened(ledger, open([account('p', 100)], bound(90)));
    const inLine = ledger.open(open([account('p', 100)], bound(20), { waitMs: 20_000 }));
    const written = handle.writer.exec(`insert into settings (key, value, updated_at) values ('x', '1', 0)`, []);
    await Bun.sleep(20);
    const [closed, waited] = await Promise.allSettled([handle.close(), inLine, written]);
    expect(closed.status).toBe('fulfilled');
    expect(waited).toMatchObject({ status: 'rejected', reason: { name: 'LedgerUnavailable' } });
    expect(await failureOf(ledger.settle(settle('call_x', 1)))).toMatchObject({ name: 'LedgerUnavailable' });
  });
});

describe('a database that cannot be opened', () => {
  test('is refused with a reason', async () => {
    await Bun.write(join(folder, 'text.db'), 'this is not a database, but it is long enough to look at'.repeat(20));
    expect(await failureOf(openTestLedger(join(folder, 'text.db')))).toMatchObject({ problem: 'unavailable' });
    expect(await failureOf(openTestLedger(join(folder, 'no/such/folder.db')))).toMatchObject({
      problem: 'unavailable',
    });
  });
});
