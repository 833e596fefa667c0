// Clients that call every gateway of a cluster in turn, and what must be true of the ledger afterwards. What the
// upstream saw and what clients saw whole are the witnesses; the ledger is never its own.
import { sql } from 'kysely';

import { openPostgres } from '../db/postgres.ts';
import { checkInvariants } from '../ledger/invariants.ts';
import { jsonInit } from '../testing/server-process.ts';
import type { Cluster } from './replicas.ts';

export interface LedgerReport {
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
}

const CLIENTS = 24;
const ORPHANS_MAX_MS = 25_000;

export interface ClusterLoad {
  /** Ids of the calls whose answers were seen whole. */
  seen: ReadonlySet<string>;
  stop(): Promise<void>;
}

/** Half of the clients stream. */
export function startLoad(cluster: Cluster, key: string): ClusterLoad {
  const seen = new Set<string>();
  const stop = new AbortController();
  const clients = Array.from({ length: CLIENTS }, (_, i) => client(cluster, { key, stream: i % 2 === 0, seen }, stop));
  return {
    seen,
    async stop() {
      stop.abort();
      await Promise.all(clients);
    },
  };
}

/** @throws when one does not within 20 s. */
export async function everyGatewayAnswers(cluster: Cluster, key: string): Promise<void> {
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

/** @param upstreamIds the request id of every call the upstream has seen. */
export async function inspect(
  cluster: Cluster,
  seen: ReadonlySet<string>,
  upstreamIds: string[],
): Promise<LedgerReport> {
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
