// R18: what PostgreSQL and the way to it can do to a ledger under load. Nothing is lost, nothing is there twice.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { sql } from 'kysely';

import { testEngine } from '../testing/test-database.ts';
import { checkInvariants } from './invariants.ts';
import { account, bound, open, settle } from './ledger.fixtures.ts';
import type { Ledger } from './ledger.ts';
import { openTestLedgers, type TestLedgers, type TestReplica } from './postgres-ledger.fixtures.ts';
import { type LostCommit, type PostgresProxy, startPostgresProxy } from './testing/postgres-proxy.ts';

const PRICE = 3;

describe.skipIf(testEngine === 'sqlite')('PostgreSQL in trouble (R18)', () => {
  let ledgers: TestLedgers;
  let proxy: PostgresProxy;
  let replica: TestReplica;

  beforeEach(async () => {
    ledgers = await openTestLedgers();
    proxy = await startPostgresProxy(ledgers.url);
    replica = ledgers.open({ url: proxy.url });
    await replica.ledger.recover(Date.now());
  });

  afterEach(async () => {
    expect(await checkInvariants(ledgers.raw)).toEqual([]);
    await replica.close();
    await proxy[Symbol.asyncDispose]();
    await ledgers[Symbol.asyncDispose]();
  });

  test.each(['answer', 'request'] satisfies LostCommit[])(
    'a commit whose %s is lost, again and again: every call is there once',
    async (how) => {
      const load = startLoad(replica.ledger);
      for (let round = 0; round < 25; round += 1) {
        const seen = load.ended.length;
        proxy.lose(how);
        await until(() => proxy.lost() > round && load.ended.length > seen + 20);
      }
      await load.stop();
      expect(proxy.lost()).toBe(25);
      await expectExactly(load.ended);
    },
    60_000,
  );

  test('a connection lost on our side only: what its session has locked is not waited for', async () => {
    await oneCall(replica.ledger);
    proxy.lose('half-open');
    const startedAt = performance.now();
    const id = await oneCall(replica.ledger);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(proxy.lost()).toBe(1);
    expect(await states([id])).toEqual(['settled']);
  });

  test('all sessions ended by the administrator, again and again: no loss, no pool leak', async () => {
    const load = startLoad(replica.ledger);
    for (let round = 0; round < 15; round += 1) {
      const seen = load.ended.length;
      await sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`.execute(ledgers.raw);
      await until(() => load.ended.length > seen + 20);
    }
    await load.stop();
    await expectExactly(load.ended);
    const { rows } = await sql<{ n: number }>`select count(*) as n from pg_stat_activity
      where application_name = ${replica.database.replica.id}`.execute(ledgers.raw);
    expect(rows[0]!.n).toBe(1);
  }, 60_000);

  test('away for a while: calls that are open are settled when it is back, later ones are served', async () => {
    const inputs = Array.from({ length: 20 }, () => open([account('p', 1_000)], bound(PRICE)));
    for (const input of inputs) expect((await replica.ledger.open(input)).ok).toBe(true);
    proxy.setAway(true);
    const settles = inputs.map(({ call }) => replica.ledger.settle(settle(call.id, PRICE)));
    const late = oneCall(replica.ledger);
    await Bun.sleep(1_500);
    proxy.setAway(false);
    expect((await Promise.all(settles)).every(({ settled }) => settled)).toBe(true);
    await expectExactly([...inputs.map(({ call }) => call.id), await late]);
  });

  test('a server whose default isolation is the strictest: calls of two processes on one account all pass', async () => {
    const name = new URL(ledgers.url).pathname.slice(1);
    await sql`alter database ${sql.id(name)} set default_transaction_isolation = 'serializable'`.execute(ledgers.raw);
    const both = [ledgers.open(), ledgers.open()];
    const loads = both.map(({ ledger }) => startLoad(ledger));
    await until(() => loads.every(({ ended }) => ended.length > 300));
    await Promise.all(loads.map(({ stop }) => stop()));
    await expectExactly(loads.flatMap(({ ended }) => ended));
    for (const { close } of both) await close();
  });

  async function states(ids: readonly string[]): Promise<string[]> {
    const { rows } = await sql<{ id: string; state: string }>`select id, state from calls`.execute(ledgers.raw);
    const byId = new Map(rows.map(({ id, state }) => [id, state]));
    return ids.map((id) => byId.get(id) ?? 'missing');
  }

  /** These calls are in the ledger, settled, and no others. */
  async function expectExactly(ids: readonly string[]): Promise<void> {
    expect((await states(ids)).filter((state) => state !== 'settled')).toEqual([]);
    const { rows } = await sql<{ n: number; cost: number }>`
      select count(*) as n, sum(cost_nanos) as cost from calls`.execute(ledgers.raw);
    expect(rows[0]).toEqual({ n: ids.length, cost: ids.length * PRICE });
  }
});

async function oneCall(ledger: Ledger): Promise<string> {
  const input = open([account('p', 1_000_000_000), account('c', null, { partyKind: 'classroom' })], bound(PRICE));
  const reply = await ledger.open(input);
  if (!reply.ok) throw new Error('refused');
  const { settled } = await ledger.settle(settle(input.call.id, PRICE));
  if (!settled) throw new Error(`${input.call.id} had been settled before`);
  return input.call.id;
}

/** Twenty callers, each calling again and again. Any failure of theirs fails `stop`. */
function startLoad(ledger: Ledger) {
  const ended: string[] = [];
  let isOver = false;
  const callers = Array.from({ length: 20 }, async () => {
    while (!isOver) ended.push(await oneCall(ledger));
  });
  const all = Promise.all(callers);
  all.catch(() => {});
  return {
    ended,
    async stop() {
      isOver = true;
      await all;
    },
  };
}

async function until(condition: () => boolean, maxMs = 20_000): Promise<void> {
  for (const deadline = performance.now() + maxMs; !condition(); await Bun.sleep(5))
    if (performance.now() > deadline) throw new Error('it did not happen in time');
}
