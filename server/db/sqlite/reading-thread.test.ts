// The reading thread: what it reads, what becomes of those who wait, and its bound.
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { failureOf } from '../../ledger/suite/read.ts';
import { openSqlite, type SqliteHandle } from '../sqlite.ts';
import { READS_WAITING_MAX, ReadingThread } from './reading-thread.ts';

const LONG =
  'with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000000) select count(*) as c from n';

let folder: string;
let handle: SqliteHandle;
let thread: ReadingThread;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hallpass-reading-'));
  const path = join(folder, 'hallpass.db');
  handle = await openSqlite({ path, sync: 'normal', busyTimeoutMs: 300 });
  await handle.writer.exec('create table things (id text primary key, size real, bytes blob)', []);
  thread = new ReadingThread(path, 200);
});

afterEach(async () => {
  thread[Symbol.dispose]();
  await handle.close();
  await rm(folder, { recursive: true, force: true });
});

test('reads what was committed, whatever its kind, and writes nothing', async () => {
  const bytes = new Uint8Array([0, 255]);
  await handle.writer.exec('insert into things values (?, ?, ?)', ['a', 0.5, bytes]);
  const { rows } = await thread.query('select * from things where id = ?', ['a']);
  expect(rows).toEqual([{ id: 'a', size: 0.5, bytes }]);
  expect(await failureOf(thread.query('delete from things', []))).toMatchObject({ name: 'DatabaseError' });
  expect(await failureOf(thread.query('select nothing from things', []))).toMatchObject({ problem: 'other' });
});

test('a long read stops neither this thread nor a write', async () => {
  await thread.query('select 1', []);
  const long = thread.query(LONG, []);
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 5);
  await handle.writer.exec(`insert into things (id) values ('b')`, []);
  expect((await long).rows).toEqual([{ c: 3_000_000 }]);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(5);
});

test('leaves when nothing has been asked for a while, and comes again', async () => {
  await thread.query('select 1', []);
  expect(thread.isRunning).toBe(true);
  while (thread.isRunning) await Bun.sleep(20);
  expect((await thread.query('select 2 as two', [])).rows).toEqual([{ two: 2 }]);
});

test('one more than the bound is refused, and nothing that waits is lost', async () => {
  const waiting = Array.from({ length: READS_WAITING_MAX }, () => thread.query('select 1', []));
  expect(await failureOf(thread.query('select 1', []))).toMatchObject({ problem: 'busy' });
  expect((await Promise.all(waiting)).length).toBe(READS_WAITING_MAX);
});

test('closing tells everybody who waits, and later ones', async () => {
  const waiting = thread.query(LONG, []);
  thread[Symbol.dispose]();
  expect(await failureOf(waiting)).toMatchObject({ problem: 'unavailable' });
  expect(await failureOf(thread.query('select 1', []))).toMatchObject({ problem: 'unavailable' });
  expect(thread.isRunning).toBe(false);
});
