// The console on a million call rows, on both engines, while a stream runs: `node scripts/bun.mjs bench/console/run.ts
// [rows] [sqlite|postgres]`. Prints, for each first view, the median and the worst of 20 requests, and the widest gap
// between two chunks of the stream meanwhile; then an export of all rows with the most memory it took.
import { readFileSync } from 'node:fs';

import { startPostgres } from '../../scripts/lib/postgres.mjs';
import { migrate } from '../../server/db/migrate.ts';
import { openPostgres } from '../../server/db/postgres.ts';
import { openSqlite } from '../../server/db/sqlite.ts';
import { startScriptedUpstream } from '../../server/testing/scripted-upstream.ts';
import { adminToken, createServerFolder, jsonInit } from '../../server/testing/server-process.ts';
import { fill } from './million.ts';

const rows = Number(process.argv[2] ?? 1_000_000);
const engines = process.argv[3] ? [process.argv[3]] : ['sqlite', 'postgres'];
const REQUESTS = 20;
const CHUNK_MS = 10;
/** The server adds the days up at start, and PostgreSQL looks at new tables once a minute; what is measured is the day after. */
const ADDING_UP_MS = 90_000;
const VIEWS: Record<string, string> = {
  'call log, first page': '/api/admin/logs',
  'call log, by model': '/api/admin/logs?model=model-3',
  'call log, by user’s address': '/api/admin/logs?ip=10.0.1.9',
  'call log, errors': '/api/admin/logs?status=error',
  'call log, by class': '/api/admin/logs?classroom=class_7',
  'call log, by pass': '/api/admin/logs?pass=pass_77',
  'call log, of a day': '/api/admin/logs?start=DAY&end=NEXT',
  'a call in detail': '/api/admin/logs/call_000500000',
  'statistics, 7 days': '/api/admin/stats?range=7d',
  'statistics, 90 days': '/api/admin/stats?range=90d',
  overview: '/api/admin/alerts',
  'system health': '/api/admin/health',
  channels: '/api/admin/channels',
  models: '/api/admin/models',
  passes: '/key/list?return_full_object=true&size=50',
  classes: '/api/admin/classrooms',
  plans: '/api/admin/plans',
  users: '/api/admin/users',
  'audit log': '/api/admin/audit',
  'blocked addresses': '/api/admin/blocked-ips',
};

const memoryMb = (pid: number) =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024);
const seconds = (from: number) => ((performance.now() - from) / 1_000).toFixed(1);

for (const engine of engines) await measure(engine as 'sqlite' | 'postgres');

async function measure(engine: 'sqlite' | 'postgres'): Promise<void> {
  const folder = await createServerFolder();
  const postgres = engine === 'postgres' ? await startPostgres({ durable: true }) : undefined;
  const upstream = startScriptedUpstream();
  try {
    const began = performance.now();
    const database = postgres
      ? openPostgres(postgres.url)
      : await openSqlite({ path: folder.database, sync: 'normal', busyTimeoutMs: 5_000 });
    await migrate(database.raw);
    await fill(database.raw, { engine, rows, now: Date.now() });
    await database.close();
    console.log(`\n${engine}: ${rows} rows in ${seconds(began)} s`);
    const server = await folder.start({
      GUEST_RPM: '100000',
      LOG_RETENTION_DAYS: '365',
      SECRET_KEY: 'bench-console-secret-key',
      ENCRYPTION_KEY: 'bench-console-encryption-key',
      ...(postgres ? { DATABASE_URL: postgres.url } : {}),
    });
    const token = await adminToken(server.url);
    await Bun.sleep(ADDING_UP_MS);
    upstream.script('m', { words: Array.from({ length: 100_000 }, () => 'w '), wordDelayMs: CHUNK_MS });
    const channel = { name: 'c', base_url: upstream.baseUrl, api_key: 'sk-x', model_id: 'm' };
    await fetch(`${server.url}/api/admin/channels`, { ...jsonInit(channel, token), method: 'POST' });
    const gaps = await watchStream(server.url);
    const table: Record<string, Record<string, string>> = {};
    for (const [name, path] of Object.entries(VIEWS)) table[name] = await view(server.url + dated(path), token, gaps);
    console.table(table);
    await exportAll(server, token, gaps);
    gaps.stop();
  } finally {
    await folder[Symbol.asyncDispose]();
    upstream[Symbol.dispose]();
    await postgres?.stop();
  }
}

function dated(path: string): string {
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  return path.replace('DAY', day(30)).replace('NEXT', day(29));
}

async function view(url: string, token: string, gaps: Gaps): Promise<Record<string, string>> {
  const times: number[] = [];
  gaps.take();
  for (let i = 0; i < REQUESTS; i += 1) {
    const began = performance.now();
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    const text = await response.text();
    if (!response.ok) throw new Error(`${url}: ${response.status} ${text.slice(0, 200)}`);
    times.push(performance.now() - began);
    await Bun.sleep(20);
  }
  times.sort((a, b) => a - b);
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  return { median: ms(times[REQUESTS >> 1]!), worst: ms(times.at(-1)!), 'widest gap of the stream': ms(gaps.take()) };
}

interface Gaps {
  /** The widest since the last time, in ms. */
  take(): number;
  stop(): void;
}

async function watchStream(url: string): Promise<Gaps> {
  const leaving = new AbortController();
  const body = { model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] };
  const response = await fetch(`${url}/api/chat/completions`, {
    ...jsonInit(body),
    method: 'POST',
    signal: leaving.signal,
  });
  if (!response.ok) throw new Error(await response.text());
  let widest = 0;
  let last = performance.now();
  void (async () => {
    for await (const _ of response.body!) {
      widest = Math.max(widest, performance.now() - last);
      last = performance.now();
    }
  })().catch(() => {});
  await Bun.sleep(500);
  return {
    take: () => {
      const taken = Math.max(widest, performance.now() - last);
      widest = 0;
      return taken;
    },
    stop: () => leaving.abort(),
  };
}

async function exportAll(server: { url: string; pid: number }, token: string, gaps: Gaps): Promise<void> {
  const before = memoryMb(server.pid);
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, memoryMb(server.pid))), 50);
  gaps.take();
  const began = performance.now();
  const response = await fetch(`${server.url}/api/admin/logs/export`, {
    headers: { authorization: `Bearer ${token}` },
  });
  let bytes = 0;
  let lines = 0;
  for await (const chunk of response.body!) {
    bytes += chunk.length;
    for (const byte of chunk) if (byte === 10) lines += 1;
  }
  clearInterval(timer);
  console.log(
    `export: ${lines} lines, ${Math.round(bytes / 1e6)} MB in ${seconds(began)} s; memory ${before} MB before, ` +
      `${most} MB at most; widest gap of the stream ${gaps.take().toFixed(0)} ms`,
  );
}
