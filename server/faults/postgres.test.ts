// R18 with a real server process: PostgreSQL is restarted under load, and is away for thirty seconds.
import { expect, test } from 'bun:test';
import { sql } from 'kysely';

import { openPostgres } from '../db/postgres.ts';
import { startScriptedUpstream } from '../testing/scripted-upstream.ts';
import { jsonInit, setUpModel } from '../testing/server-process.ts';
import { testEngine } from '../testing/test-database.ts';
import { everyGatewayAnswers, inspect, startLoad } from './cluster-load.ts';
import { type Cluster, startCluster } from './replicas.ts';

const AWAY_MS = 30_000;
/** The pool of the stores, and the ledger's own. */
const CONNECTIONS_MAX = 11;

test.skipIf(testEngine === 'sqlite')(
  'R18: PostgreSQL restarted under load, then away for 30 s: nothing lost, nothing twice, no connection leaked',
  async () => {
    using upstream = startScriptedUpstream();
    upstream.script('fast', { wordDelayMs: 3 });
    upstream.script('slow', { words: Array.from({ length: 50 }, () => ' word'), wordDelayMs: 100 });
    await using cluster = await startCluster(1);
    const { postgres } = cluster;
    const [url] = cluster.urls() as [string];
    const key = await setUpModel(url, upstream.baseUrl, 'fast');
    await setUpModel(url, upstream.baseUrl, 'slow');
    const load = startLoad(cluster, key);
    for (let round = 0; round < 3; round += 1) {
      await Bun.sleep(500);
      await postgres.kill();
      await postgres.start();
      await everyGatewayAnswers(cluster, key);
    }
    const ask = (fields: object) =>
      fetch(`${url}/v1/chat/completions`, jsonInit({ messages: [{ role: 'user', content: 'hi' }], ...fields }, key));
    const running = await ask({ model: 'slow', stream: true });
    await postgres.kill();
    const awayAt = performance.now();
    const refused = await ask({ model: 'fast' });
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).not.toBeNull();
    expect(performance.now() - awayAt).toBeLessThan(12_000);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const text = running.text();
    await Bun.sleep(Math.max(0, AWAY_MS - (performance.now() - awayAt)));
    await postgres.start();
    const backAt = performance.now();
    await everyGatewayAnswers(cluster, key);
    expect(performance.now() - backAt).toBeLessThan(5_000);
    // Its words had all arrived; that it is not booked yet is said rather than waited for. The row follows.
    const events = (await text).trimEnd().split('\n\n');
    expect(events.filter((event) => event.includes(' word'))).toHaveLength(50);
    expect(events.at(-1)).toContain('"code":"ledger_unavailable"');
    await load.stop();
    const seen = new Set([...load.seen, running.headers.get('x-hallpass-call-id')!]);
    const upstreamIds = upstream.journal.map(({ headers }) => headers['x-request-id'] ?? '');
    const { complete, lost, unheld, duplicates, open, problems } = await inspect(cluster, seen, upstreamIds);
    expect({ lost, unheld, duplicates, open, problems }).toEqual({
      lost: [],
      unheld: [],
      duplicates: 0,
      open: 0,
      problems: [],
    });
    expect(complete).toBeGreaterThan(100);
    expect(await connections(cluster)).toBeLessThanOrEqual(CONNECTIONS_MAX);
  },
  150_000,
);

/** How many the server has, besides the one that asks. */
async function connections({ databaseUrl }: Cluster): Promise<number> {
  const database = openPostgres(databaseUrl);
  const { rows } = await sql<{ n: number }>`select count(*) as n from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`.execute(database.raw);
  await database.close();
  return rows[0]!.n;
}
