// The ledger alone, without HTTP, on both engines with commits that reach the disk:
// `node scripts/bun.mjs bench/ledger/run.ts [seconds] [repeats] [callers]`. Prints one table of medians.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startPostgres } from '../../scripts/lib/postgres.mjs';
import { migrate } from '../../server/db/migrate.ts';
import { openLedger } from '../../server/db/open-ledger.ts';
import { openPostgres, type PostgresHandle } from '../../server/db/postgres.ts';
import type { PostgresConnection } from '../../server/db/postgres/connection.ts';
import { openSqlite } from '../../server/db/sqlite.ts';
import type { Ledger } from '../../server/ledger/ledger.ts';
import { systemClock } from '../../server/lib/clock.ts';
import { createLogger } from '../../server/lib/logger.ts';
import { type Accounts, runLoad } from './load.ts';

const [seconds = 5, repeats = 3, callers = 256] = process.argv.slice(2).map(Number);
/** Clock ticks of /proc, in microseconds. */
const TICK_US = 10_000;
const WARM_UP_SECONDS = 1;

/** What PostgreSQL was asked, and by which of its processes. */
interface Counts {
  roundTrips: number;
  groups: number;
  pid: number;
}

const log = createLogger((line) => process.stderr.write(`${line}\n`));
const counts: Counts = { roundTrips: 0, groups: 0, pid: 0 };
const rows: Record<string, string | number>[] = [];

await onSqlite();
await onPostgres();
console.table(rows);

async function onSqlite(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hallpass-bench-'));
  const database = await openSqlite({ path: join(folder, 'bench.db'), sync: 'full', busyTimeoutMs: 5_000 });
  await migrate(database.raw);
  const ledger = openLedger(database, { clock: systemClock, log });
  await measure('SQLite', ledger);
  await database.close();
  await rm(folder, { recursive: true });
}

async function onPostgres(): Promise<void> {
  const server = await startPostgres({ durable: true });
  const database = openPostgres(server.url);
  try {
    await migrate(database.raw);
    const counted: PostgresHandle = { ...database, connect: async () => countedOf(await database.connect()) };
    const ledger = openLedger(counted, { clock: systemClock, log });
    await measure('PostgreSQL', ledger);
  } finally {
    await database.close();
    await server.stop();
  }
}

async function measure(engine: string, ledger: Ledger): Promise<void> {
  for (const accounts of ['hot', 'spread'] satisfies Accounts[]) {
    await runLoad(ledger, { accounts, callers, seconds: WARM_UP_SECONDS });
    const results: Record<string, number>[] = [];
    for (let i = 0; i < repeats; i += 1) results.push(await once(ledger, accounts));
    const median = (name: string) => results.map((one) => one[name]!).toSorted((a, b) => a - b)[repeats >> 1]!;
    const names = Object.keys(results[0]!);
    rows.push({
      engine,
      accounts,
      ...Object.fromEntries(names.map((name) => [name, Number(median(name).toFixed(1))])),
    });
  }
}

async function once(ledger: Ledger, accounts: Accounts): Promise<Record<string, number>> {
  const before = { ...counts, ticks: ticksOf(counts.pid), cpu: process.cpuUsage() };
  const { calls, seconds: elapsed, p50Ms, p99Ms } = await runLoad(ledger, { accounts, callers, seconds });
  const cpu = process.cpuUsage(before.cpu);
  const groups = counts.groups - before.groups;
  return {
    'calls/s': Math.round(calls / elapsed),
    'p50 ms': p50Ms,
    'p99 ms': p99Ms,
    'our CPU µs/call': (cpu.user + cpu.system) / calls,
    'server CPU µs/call': ((ticksOf(counts.pid) - before.ticks) * TICK_US) / calls,
    'steps/group': groups === 0 ? 0 : (calls * 2) / groups,
    'round trips/group': groups === 0 ? 0 : (counts.roundTrips - before.roundTrips) / groups,
    'ms/group': groups === 0 ? 0 : (elapsed * 1_000) / groups,
  };
}

function countedOf(connection: PostgresConnection): PostgresConnection {
  counts.pid = connection.pid;
  return {
    ...connection,
    query: (text, values) => {
      counts.roundTrips += 1;
      return connection.query(text, values);
    },
    run: (text) => {
      counts.roundTrips += 1;
      if (text === 'commit') counts.groups += 1;
      return connection.run(text);
    },
  };
}

/** Processor time of a process so far; 0 where /proc does not tell. */
function ticksOf(pid: number): number {
  if (pid === 0) return 0;
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
}
