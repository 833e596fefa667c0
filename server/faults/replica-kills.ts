// R02: kills gateways, PostgreSQL and Redis in turn under load, and compares what the upstream saw and what clients
// saw complete with the ledger. The ledger is never its own witness.
import { sql } from 'kysely';

import { openPostgres } from '../db/postgres.ts';
import { checkInvariants } from '../ledger/invariants.ts';
import { startScriptedUpstream } from '../testing/scripted-upstream.ts';
import { jsonInit, setUpModel } from '../testing/server-process.ts';
import { type Cluster, type Part, startCluster } from './replicas.ts';

export interface ReplicaKillReport {
  kills: number;
  complete: number;
  upstreamCalls: number;
  /** Answers a client saw complete that have no settled row. */
  lost: string[];
  /** Upstream calls without any row. */
  unheld: string[];
  duplicates: number;
  /** Calls that still hold money after the last part came back and the leases were over. */
  open: number;
  problems: string[];
  /** From the moment the last part runs again to a good answer of every gateway, sorted. */
  backMs: number[];
}

const CLIENTS = 24;
const ORPHANS_MAX_MS = 25_000;

export async function runReplicaKills(kills: number, random: () => number): Promise<ReplicaKillReport> {
  using upstream = startScriptedUpstream();
  upstream.script('fast', { wordDelayMs: 3 });
  await using cluster = await startCluster(3);
  const key = await setUpModel(cluster.urls()[0]!, upstream.baseUrl, 'fast');
  const seen = new Set<string>();
  const stop = new AbortController();
  await everyGatewayAnswers(cluster, key);
  const clients = Array.from({ length: CLIENTS }, (_, i) => client(cluster, { key, stream: i % 2 === 0, seen }, stop));
  const backMs: number[] = [];
  try {
    for (let i = 0; i < kills; i += 1) backMs.push(await oneKill(cluster, partOf(cluster, i), key, random));
  } finally {
    stop.abort();
    await Promise.all(clients);
  }
  const upstreamIds = upstream.journal.map(({ headers }) => headers['x-request-id'] ?? '');
  return { kills, backMs: backMs.toSorted((a, b) => a - b), ...(await inspect(cluster, seen, upstreamIds)) };
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

async function everyGatewayAnswers(cluster: Cluster, key: string): Promise<void> {
  const body = { model: 'fast', max_tokens: 5, messages: [{ role: 'user', content: 'hi' }] };
  for (const url of cluster.urls()) {
    for (const deadline = performance.now() + 20_000; ; await Bun.sleep(20)) {
      const response = await fetch(`${url}/v1/chat/completions`, jsonInit(body, key)).catch(() => undefined);
      const text = await response?.text();
      if (response?.ok) break;
      if (performance.now() > deadline)
        throw new Error(`${url} does not come back: ${response?.status} ${text}\n${cluster.lastWords(url)}`);
    }
  }
}

interface Journal {
  key: string;
  stream: boolean;
  seen: Set<string>;
}

/** Calls one gateway after the other; notes the call id of each answer it saw whole. */
async function client(cluster: Cluster, { key, stream, seen }: Journal, { signal }: AbortController): Promise<void> {
  const body = { model: 'fast', stream, max_tokens: 50, messages: [{ role: 'user', content: 'hi' }] };
  for (let turn = 0; !signal.aborted; turn += 1) {
    const urls = cluster.urls();
    try {
      const response = await fetch(`${urls[turn % urls.length]}/v1/chat/completions`, jsonInit(body, key));
      const text = await response.text();
      const isWhole = stream ? text.includes('data: [DONE]') : text.endsWith('}');
      if (response.ok && isWhole) seen.add(response.headers.get('x-hallpass-call-id')!);
      else await Bun.sleep(20);
    } catch {
      // The gateway was killed under this call; whatever it had answered was not whole.
      await Bun.sleep(20);
    }
  }
}

async function inspect(cluster: Cluster, seen: Set<string>, upstreamIds: string[]) {
  const database = openPostgres(cluster.databaseUrl);
  try {
    const open = await openCalls(database.raw);
    const { rows } = await sql<{ id: string; requestId: string; state: string }>`
      select id, request_id as "requestId", state from calls`.execute(database.raw);
    const settled = new Set(rows.filter(({ state }) => state === 'settled').map(({ id }) => id));
    const requests = new Set(rows.map(({ requestId }) => requestId));
    return {
      complete: seen.size,
      upstreamCalls: upstreamIds.length,
      lost: [...seen].filter((id) => !settled.has(id)),
      unheld: upstreamIds.filter((id) => !requests.has(id)),
      duplicates: rows.length - requests.size,
      open,
      problems: await checkInvariants(database.raw),
    };
  } finally {
    await database.close();
  }
}

/** How many calls are open once the living have had the time to settle those of the dead. */
async function openCalls(raw: ReturnType<typeof openPostgres>['raw']): Promise<number> {
  for (const deadline = performance.now() + ORPHANS_MAX_MS; ; await Bun.sleep(200)) {
    const { rows } = await sql<{ n: number }>`select count(*) as n from calls where state = 'open'`.execute(raw);
    const n = rows[0]!.n;
    if (n === 0 || performance.now() > deadline) return n;
  }
}
