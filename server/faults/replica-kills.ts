// R02: kills gateways, PostgreSQL and Redis in turn under load, and compares what the upstream saw and what clients
// saw complete with the ledger. The ledger is never its own witness.
import { startScriptedUpstream } from '../testing/scripted-upstream.ts';
import { setUpModel } from '../testing/server-process.ts';
import { everyGatewayAnswers, inspect, type LedgerReport, startLoad } from './cluster-load.ts';
import { type Cluster, type Part, startCluster } from './replicas.ts';

export interface ReplicaKillReport extends LedgerReport {
  kills: number;
  /** From the moment the last part runs again to a good answer of every gateway, sorted. */
  backMs: number[];
}

export async function runReplicaKills(kills: number, random: () => number): Promise<ReplicaKillReport> {
  using upstream = startScriptedUpstream();
  upstream.script('fast', { wordDelayMs: 3 });
  await using cluster = await startCluster(3);
  const key = await setUpModel(cluster.urls()[0]!, upstream.baseUrl, 'fast');
  await everyGatewayAnswers(cluster, key);
  const load = startLoad(cluster, key);
  const backMs: number[] = [];
  try {
    for (let i = 0; i < kills; i += 1) backMs.push(await oneKill(cluster, partOf(cluster, i), key, random));
  } finally {
    await load.stop();
  }
  const upstreamIds = upstream.journal.map(({ headers }) => headers['x-request-id'] ?? '');
  return { kills, backMs: backMs.toSorted((a, b) => a - b), ...(await inspect(cluster, load.seen, upstreamIds)) };
}

/** Each gateway, then PostgreSQL, then Redis, and again. */
function partOf({ gateways, postgres, redis }: Cluster, turn: number): Part {
  const parts = [...gateways, postgres, redis];
  return parts[turn % parts.length]!;
}

async function oneKill(cluster: Cluster, part: Part, key: string, random: () => number): Promise<number> {
  await Bun.sleep(30 + random() * 300);
  await part.kill();
  await Bun.sleep(random() * 200);
  await part.start();
  const startedAt = performance.now();
  await everyGatewayAnswers(cluster, key);
  return performance.now() - startedAt;
}
