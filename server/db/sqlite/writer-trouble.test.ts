// R16 of the money rules: another process holds the lock. Waits are bounded, nothing is let in that cannot be
// written, settles are kept, reads go on.
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { checkInvariants } from '../../ledger/invariants.ts';
import { account, bound, open, settle } from '../../ledger/ledger.fixtures.ts';
import { openTestLedger, type TestLedger } from '../../ledger/sqlite-ledger.fixtures.ts';
import { callRow, failureOf, opened, spending } from '../../ledger/suite/read.ts';

const PATIENCE_MS = 400;

let folder: string;
let path: string;
let store: TestLedger;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hallpass-trouble-'));
  path = join(folder, 'hallpass.db');
  store = await openTestLedger(path, { busyTimeoutMs: PATIENCE_MS, durableMaxMs: 1_000 });
});

afterEach(async () => {
  expect(await checkInvariants(store.handle.raw)).toEqual([]);
  await store.handle.close();
  await rm(folder, { recursive: true, force: true });
});

const LOCKING = `
  const db = new (require('bun:sqlite').Database)(process.argv[1]);
  db.run('begin immediate');
  console.log('locked');
  process.stdin.once('data', () => { db.run('rollback'); process.exit(); });
`;

/** Another process that holds the write lock until told. */
async function lockElsewhere(): Promise<{ release(): Promise<void> }> {
  const child = Bun.spawn([process.execPath, '-e', LOCKING, path], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  });
  for await (const chunk of child.stdout) if (new TextDecoder().decode(chunk).includes('locked')) break;
  return {
    async release() {
      await child.stdin.write('go');
      await child.stdin.end();
      await child.exited;
    },
  };
}

const call = (nanos = 10) => open([account('p', 1_000)], bound(nanos));

async function took(work: Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work;
  return performance.now() - start;
}

test('a short lock is waited for', async () => {
  const lock = await lockElsewhere();
  const calls = [call(), call(), call()].map((input) => opened(store.ledger, input));
  const write = store.handle.writer.exec(`insert into settings (key, value, updated_at) values ('x', '1', 0)`, []);
  await Bun.sleep(PATIENCE_MS / 4);
  await lock.release();
  await Promise.all([...calls, write]);
});

test('a long lock: opens wait their time, then are refused at once; settles are kept; reads answer', async () => {
  const { ledger, handle } = store;
  const running = await opened(ledger, call(100));
  const lock = await lockElsewhere();

  const first = await Promise.all([
    took(failureOf(ledger.open(call()))),
    took(failureOf(handle.writer.exec(`insert into settings (key, value, updated_at) values ('x', '1', 0)`, []))),
    took(failureOf(handle.db.transaction().execute(async () => {}))),
  ]);
  for (const waited of first) {
    expect(waited).toBeGreaterThanOrEqual(PATIENCE_MS - 20);
    expect(waited).toBeLessThan(PATIENCE_MS + 900);
  }

  const settling = ledger.settle(settle(running.id, 70));
  const refusals = [1, 2, 3].map(() => took(failureOf(ledger.open(call()))));
  for (const waited of await Promise.all(refusals)) expect(waited).toBeLessThan(PATIENCE_MS / 2);
  expect(await failureOf(ledger.open(call()))).toMatchObject({ name: 'LedgerUnavailable' });

  const read = performance.now();
  expect(await callRow(handle.raw, running.id)).toMatchObject({ state: 'open' });
  expect(performance.now() - read).toBeLessThan(100);

  expect(await failureOf(settling)).toMatchObject({ name: 'LedgerUnavailable' });
  await lock.release();
  const next = await letIn();
  expect(await callRow(handle.raw, running.id)).toMatchObject({ state: 'settled', cost_nanos: 70 });
  await ledger.settle(settle(next, 1));
  expect((await spending(handle.raw))['pass:p']).toEqual({ settled: 71, held: 0, cap: 1_000, calls: 2 });
}, 15_000);

test('those in line are sent away when the ledger cannot write', async () => {
  const { ledger } = store;
  const running = await opened(ledger, open([account('p', 100)], bound(100)));
  const waiting = ledger.open(open([account('p', 100)], bound(50), { waitMs: 30_000 }));
  await Bun.sleep(20);
  const lock = await lockElsewhere();
  const settling = ledger.settle(settle(running.id, 5));
  await failureOf(ledger.open(call()));
  expect(await failureOf(waiting)).toMatchObject({ name: 'LedgerUnavailable' });
  await lock.release();
  expect(await settling).toMatchObject({ settled: true, costNanos: 5 });
}, 15_000);

test('a full database refuses calls, keeps the settle and goes on when there is room', async () => {
  const { ledger, handle } = store;
  const running = await opened(ledger, call(100));
  const { rows } = await handle.writer.exec('pragma page_count', []);
  await handle.writer.exec(`pragma max_page_count = ${(rows[0] as { page_count: number }).page_count}`, []);
  const long = { ...call(), call: { ...call().call, model: 'm'.repeat(2_000_000) } };
  expect(await failureOf(ledger.open(long))).toMatchObject({ name: 'LedgerUnavailable' });
  expect(await ledger.settle(settle(running.id, 70))).toMatchObject({ settled: true, costNanos: 70 });
  await ledger.settle(settle(await letIn(), 1));
  expect((await spending(handle.raw))['pass:p']).toEqual({ settled: 71, held: 0, cap: 1_000, calls: 2 });
}, 15_000);

test('progress marks and leaving are no reason to fail while the database is locked', async () => {
  const { ledger } = store;
  const running = await opened(ledger, call(100));
  const lock = await lockElsewhere();
  ledger.progress(running.id, 10);
  const leaver = new AbortController();
  const leaving = ledger.open(call(), leaver.signal);
  leaver.abort(new Error('gone'));
  expect(await failureOf(leaving)).toBeInstanceOf(Error);
  await lock.release();
  expect(await ledger.settle(settle(running.id, 1))).toMatchObject({ settled: true });
}, 15_000);

/** The first call that is let in again. */
async function letIn(): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    const input = call();
    try {
      const reply = await store.ledger.open(input);
      if (reply.ok) return input.call.id;
    } catch {
      await Bun.sleep(20);
    }
  }
  throw new Error('never let in again');
}

test('closing while the database is locked gives up after a while', async () => {
  const other = await openTestLedger(join(folder, 'other.db'), { busyTimeoutMs: PATIENCE_MS });
  await opened(other.ledger, call());
  path = join(folder, 'other.db');
  const lock = await lockElsewhere();
  const settling = other.ledger.settle(settle('call_unknown', 1));
  const [closing, settled] = await Promise.allSettled([took(other.handle.close()), settling]);
  expect((closing as PromiseFulfilledResult<number>).value).toBeLessThan(PATIENCE_MS + 1_500);
  expect(settled).toMatchObject({ status: 'rejected', reason: { name: 'LedgerUnavailable' } });
  await lock.release();
}, 15_000);
