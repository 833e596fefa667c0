// R01: kills the server at random moments under load and compares three journals: what the upstream saw, what the
// clients saw complete, and what the ledger has. The ledger is never its own witness.
import { brokenPromises, query } from '../testing/inspect.ts';
import { startScriptedUpstream } from '../testing/scripted-upstream.ts';
import { ADMIN_KEY, adminToken, createServerFolder, jsonInit, type ServerFolder } from '../testing/server-process.ts';

export interface KillReport {
  kills: number;
  complete: number;
  upstreamCalls: number;
  /** Answers a client saw complete that have no settled row. */
  lost: string[];
  /** Upstream calls without any row: sent before the hold was on disk. */
  unheld: string[];
  duplicates: number;
  problems: string[];
  /** From the start of the process to its first good answer, each time, sorted. */
  readyMs: number[];
}

interface Setup {
  folder: ServerFolder;
  key: string;
  seen: Set<string>;
}

const CLIENTS = 64;

/** @param random numbers in [0, 1); print the seed with the result. */
export async function runKills(kills: number, random: () => number): Promise<KillReport> {
  using upstream = startScriptedUpstream();
  upstream.script('fast', { wordDelayMs: 3 });
  await using folder = await createServerFolder();
  const report: KillReport = {
    kills,
    complete: 0,
    upstreamCalls: 0,
    lost: [],
    unheld: [],
    duplicates: 0,
    problems: [],
    readyMs: [],
  };
  const setup: Setup = { folder, key: await prepare(folder, upstream.baseUrl), seen: new Set() };
  for (let i = 0; i < kills; i += 1) await oneKill(setup, report, random);
  const last = await folder.start();
  report.readyMs.push(last.readyMs);
  report.readyMs.sort((a, b) => a - b);
  await inspect(
    setup,
    report,
    upstream.journal.map(({ headers }) => headers['x-request-id'] ?? ''),
  );
  return report;
}

async function prepare(folder: ServerFolder, baseUrl: string): Promise<string> {
  const server = await folder.start();
  const token = await adminToken(server.url);
  const channel = {
    name: 'scripted',
    base_url: baseUrl,
    api_key: 'sk-upstream',
    model_id: 'fast',
    rpm_limit: 1_000_000,
    prices: { prompt: 2, completion: 8 },
  };
  const made = await fetch(`${server.url}/api/admin/channels`, jsonInit(channel, token));
  if (!made.ok) throw new Error(`no channel: ${await made.text()}`);
  const pass = await fetch(`${server.url}/key/generate`, jsonInit({ max_budget: 1_000_000 }, ADMIN_KEY));
  const { key } = (await pass.json()) as { key: string };
  server.kill('SIGKILL');
  await server.exited;
  return key;
}

async function oneKill({ folder, key, seen }: Setup, report: KillReport, random: () => number): Promise<void> {
  const server = await folder.start();
  report.readyMs.push(server.readyMs);
  const stop = new AbortController();
  const clients = Array.from({ length: CLIENTS }, (_, i) => client(server.url, key, i % 2 === 0, stop.signal, seen));
  await Bun.sleep(30 + random() * 300);
  server.kill('SIGKILL');
  await server.exited;
  stop.abort();
  await Promise.all(clients);
}

/** Calls again and again until the server is gone; notes the call id of each answer it saw whole. */
async function client(url: string, key: string, stream: boolean, stop: AbortSignal, seen: Set<string>): Promise<void> {
  const body = { model: 'fast', stream, max_tokens: 50, messages: [{ role: 'user', content: 'hi' }] };
  while (!stop.aborted) {
    try {
      const response = await fetch(`${url}/v1/chat/completions`, jsonInit(body, key));
      const text = await response.text();
      const whole = stream ? text.includes('data: [DONE]') : text.endsWith('}');
      if (response.status === 200 && whole) seen.add(response.headers.get('x-hallpass-call-id')!);
      else if (response.status !== 200 && response.status < 500) throw new Error(`${response.status} ${text}`);
    } catch (error) {
      if (error instanceof Error && /^\d{3} /.test(error.message)) throw error;
      return;
    }
  }
}

async function inspect({ folder, seen }: Setup, report: KillReport, upstreamIds: string[]): Promise<void> {
  const rows = query(folder.database, 'select id, request_id, state from calls') as CallRow[];
  const settled = new Set(rows.filter(({ state }) => state === 'settled').map(({ id }) => id));
  const requests = new Set(rows.map(({ request_id }) => request_id));
  report.complete = seen.size;
  report.upstreamCalls = upstreamIds.length;
  report.lost = [...seen].filter((id) => !settled.has(id));
  report.unheld = upstreamIds.filter((id) => !requests.has(id));
  report.duplicates = rows.length - requests.size;
  report.problems = await brokenPromises(folder.database);
  const open = rows.filter(({ state }) => state === 'open').length;
  if (open > 0) report.problems.push(`${open} calls are still open after the restart`);
}

interface CallRow {
  id: string;
  request_id: string;
  state: string;
}
