// Hallpass with everything on: a class of forty passes, each with limits and a budget, and a budget of the class above.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startPostgres } from '../../scripts/lib/postgres.mjs';
import { ROOT } from '../../scripts/lib/root.mjs';
import { startTestRedis } from '../../server/testing/test-redis.ts';
import { MODEL } from '../answers.ts';
import { freePort, pinToTarget, startTarget, untilReady } from '../spawn.ts';
import { bearer, postJson, type Running, type Target } from './target.ts';

const ADMIN_KEY = 'sk-bench-admin-key-0123456789';
const ADMIN_PASSWORD = 'correct horse battery';
const CLASSROOM = 'bench-class';
const SEATS = 40;
/** So high that nothing is refused, and so that every check still has to be made. */
const HIGH = 2_000_000_000;
const BUDGET_DOLLARS = 1_000_000;

/** Models whose upstream speaks another format. */
const OTHER_FORMATS = { 'bench-messages': 'anthropic-messages', 'bench-responses': 'openai-responses' };
const WAYS: NonNullable<Running['ways']> = {
  messages: { path: '/v1/messages', model: 'bench-messages', format: 'messages' },
  responses: { path: '/v1/responses', model: 'bench-responses', format: 'responses' },
  'messages-chat': { path: '/v1/messages', model: MODEL, format: 'messages' },
};

const ON =
  'Auth by pass, RPM, TPM and concurrency limits of pass and class, budgets of pass and class (two holds a call), price, ' +
  'output bound, usage, statistics; hold and settlement each on disk (LEDGER_SYNC=full) before the last byte.';

interface Store {
  env: Record<string, string>;
  sql: Bun.SQL;
  pids: number[];
  close(): Promise<void>;
}

export const hallpass: Target = {
  name: 'hallpass',
  title: 'Hallpass, SQLite',
  on: ON,
  install: async () => {},
  start: (upstreamPort) => start('hallpass', upstreamPort, sqliteStore),
};

export const hallpassPostgres: Target = {
  name: 'hallpass-pg',
  title: 'Hallpass, PostgreSQL',
  on: `${ON} PostgreSQL syncs every commit and runs on the same core; its CPU is in the figures.`,
  install: async () => {},
  start: (upstreamPort) => start('hallpass-pg', upstreamPort, postgresStore),
};

export const hallpassRedis: Target = {
  name: 'hallpass-redis',
  title: 'Hallpass, PostgreSQL and Redis',
  on: `${ON} As one of several servers: limits through Redis. Both run on the same core; their CPU is in the figures.`,
  install: async () => {},
  start: (upstreamPort) => start('hallpass-redis', upstreamPort, sharedStores),
};

async function sqliteStore(folder: string): Promise<Store> {
  const path = join(folder, 'hallpass.db');
  const sql = new Bun.SQL(`sqlite://${path}`);
  return { env: {}, sql, pids: [], close: () => sql.close() };
}

async function postgresStore(): Promise<Store> {
  const postgres = await startPostgres({ durable: true });
  pinToTarget(postgres.pid);
  const sql = new Bun.SQL(postgres.url, { max: 1 });
  return {
    env: { DATABASE_URL: postgres.url },
    sql,
    pids: [postgres.pid],
    close: async () => {
      await sql.close();
      await postgres.stop();
    },
  };
}

async function sharedStores(): Promise<Store> {
  const redis = await startTestRedis();
  pinToTarget(redis.pid);
  const store = await postgresStore();
  return {
    ...store,
    env: { ...store.env, REDIS_URL: redis.url },
    pids: [...store.pids, redis.pid],
    close: async () => {
      await store.close();
      await redis[Symbol.asyncDispose]();
    },
  };
}

async function start(name: string, upstreamPort: number, open: (folder: string) => Promise<Store>): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'hallpass-bench-'));
  const store = await open(folder);
  const port = freePort();
  const env = {
    ...store.env,
    BUN_CONFIG_MAX_HTTP_REQUESTS: '65336',
    HOST: '127.0.0.1',
    APP_PORT: String(port),
    DATABASE_PATH: join(folder, 'hallpass.db'),
    ADMIN_PASSWORD,
    LITELLM_ADMIN_KEY: ADMIN_KEY,
    DEFAULT_LOCALE: 'en',
  };
  const child = startTarget([process.execPath, join(ROOT, 'server/main.ts')], { name, env, cwd: folder });
  const stop = async () => {
    await child.stop();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const url = `http://127.0.0.1:${port}`;
    const readyMs = await untilReady(child, `${url}/readyz`);
    return {
      port,
      path: '/v1/chat/completions',
      pids: [child.pid],
      databasePids: store.pids,
      readyMs,
      stop,
      ways: WAYS,
      ...(await setUp(url, upstreamPort, store.sql)),
      problems: (calls) => ledgerProblems(store.sql, calls),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function setUp(url: string, upstreamPort: number, sql: Bun.SQL): Promise<Pick<Running, 'callers' | 'refusals'>> {
  const login = await postJson(`${url}/api/auth/admin/login`, { username: 'admin', password: ADMIN_PASSWORD });
  const channel = {
    name: 'bench',
    base_url: `http://127.0.0.1:${upstreamPort}/v1`,
    api_key: 'sk-upstream',
    model_id: MODEL,
    rpm_limit: 1_000_000,
    prices: { prompt: 1, completion: 2 },
  };
  const add = (fields: object) =>
    postJson(`${url}/api/admin/channels`, { ...channel, ...fields }, login.access_token as string);
  await add({});
  for (const [model, protocol] of Object.entries(OTHER_FORMATS))
    await add({
      name: model,
      protocol,
      model_id: undefined,
      models: [{ name: model, upstream_model: MODEL, prices: channel.prices }],
    });
  const now = Date.now();
  await sql`insert into classrooms (id, name, status, metadata, budget_nanos, rpm_limit, tpm_limit, max_parallel, created_at, updated_at)
    values (${CLASSROOM}, 'Bench', 'active', '{}', ${BUDGET_DOLLARS * 1e9}, ${HIGH}, ${HIGH}, ${HIGH}, ${now}, ${now})`;
  const limits = { rpm_limit: HIGH, tpm_limit: HIGH, max_parallel_requests: HIGH, team_id: CLASSROOM };
  const pass = async (fields: object) => {
    const body = { max_budget: BUDGET_DOLLARS, ...limits, ...fields };
    return bearer((await postJson(`${url}/key/generate`, body, ADMIN_KEY)).key as string);
  };
  const callers = [];
  for (let seat = 0; seat < SEATS; seat++) callers.push(await pass({ key_alias: `seat ${seat}` }));
  return {
    callers,
    refusals: {
      key: { headers: bearer('sk-hp-000000000000-wrong'), status: 401 },
      budget: { headers: await pass({ max_budget: 0 }), status: 429 },
      rate: { headers: await pass({ rpm_limit: 0 }), status: 429 },
    },
  };
}

/** Promise 1, looked up in the database: one settled row a call, nothing open, nothing held, and the money adds up. */
async function ledgerProblems(sql: Bun.SQL, answeredCalls: number): Promise<string[]> {
  const one = async (query: Promise<{ n: unknown }[]>) => Number((await query)[0]?.n ?? 0);
  const settled = await one(sql`select count(*) as n from calls where state = 'settled' and status = 'success'`);
  const open = await one(sql`select count(*) as n from calls where state <> 'settled'`);
  const held = await one(sql`select sum(held_nanos) as n from accounts`);
  const cost = await one(sql`select sum(cost_nanos) as n from calls`);
  const charged = await one(sql`select sum(settled_nanos) as n from accounts where party_kind = 'classroom'`);
  const problems = [];
  if (settled !== answeredCalls) problems.push(`${answeredCalls} calls were answered, the ledger has ${settled} rows`);
  if (open > 0) problems.push(`${open} calls are not settled`);
  if (held !== 0) problems.push(`${held} nanos are still held`);
  if (cost !== charged) problems.push(`the calls cost ${cost} nanos, the class was charged ${charged}`);
  return problems;
}
