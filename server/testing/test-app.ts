// A whole server on a fresh migrated database, in process; nothing in it is pretended but time and ids.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createApp } from '../app.ts';
import { readConfig } from '../config.ts';
import { type AppContext, createContext } from '../context.ts';
import { createIds } from '../lib/clock.ts';
import { createLogger } from '../lib/logger.ts';
import { seedBuiltInPlans } from '../plans/built-in.ts';
import { openTestDatabase } from './test-database.ts';
import { TestClock } from './test-clock.ts';

export interface TestApp extends AsyncDisposable {
  ctx: AppContext;
  clock: TestClock;
  /** Lines the server logged, parsed. */
  logs: Record<string, unknown>[];
  /** Sends a request in process. A `json` body is serialised; `ip` is the peer's address. */
  request(path: string, init?: TestRequest): Promise<Response>;
  /** Listens on loopback, for tests that need real sockets. @returns `http://127.0.0.1:PORT` */
  listen(): Promise<string>;
}

export interface TestRequest extends Omit<RequestInit, 'body'> {
  json?: unknown;
  body?: RequestInit['body'];
  token?: string;
  ip?: string;
}

/** @param env settings, as the environment would give them. */
export async function createTestApp(env: Record<string, string> = {}): Promise<TestApp> {
  const folder = await mkdtemp(join(tmpdir(), 'hallpass-test-'));
  const database = await openTestDatabase(join(folder, 'hallpass.db'), { migrated: true });
  const clock = new TestClock();
  await seedBuiltInPlans(database.db, clock.now());
  const logs: Record<string, unknown>[] = [];
  const config = readConfig({ ...TEST_ENV, ...env, DATABASE_PATH: join(folder, 'hallpass.db') });
  const ctx = await createContext({
    config,
    clock,
    ids: createIds(clock),
    log: createLogger((line) => logs.push(JSON.parse(line))),
    database,
  });
  const app = createApp(ctx);
  let server: ReturnType<typeof Bun.serve> | undefined;
  return {
    ctx,
    clock,
    logs,
    request: async (path, { json, token, ip = '203.0.113.1', ...init } = {}) =>
      app.request(path, withDefaults(init, json, token), { ip }),
    async listen() {
      server ??= Bun.serve({
        port: 0,
        hostname: '127.0.0.1',
        idleTimeout: 0,
        fetch: (request, listening) => app.fetch(request, { ip: listening.requestIP(request)?.address ?? '' }),
      });
      return `http://127.0.0.1:${server.port}`;
    },
    async [Symbol.asyncDispose]() {
      await server?.stop(true);
      ctx.gateway.estimator[Symbol.dispose]();
      await ctx.blockedAttempts[Symbol.asyncDispose]();
      await ctx.redis?.[Symbol.asyncDispose]();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const TEST_ENV = {
  SECRET_KEY: 'test-secret-key-0123456789',
  ENCRYPTION_KEY: 'test-encryption-key-0123456789',
  LITELLM_ADMIN_KEY: 'sk-test-admin-key-0123456789',
};

function withDefaults(init: Omit<TestRequest, 'json' | 'token' | 'ip'>, json: unknown, token?: string): RequestInit {
  const headers = new Headers(init.headers);
  if (json !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
  if (token) headers.set('authorization', `Bearer ${token}`);
  const method = init.method ?? (json === undefined ? 'GET' : 'POST');
  const { body = null, ...rest } = init;
  return { ...rest, method, headers, body: json === undefined ? body : JSON.stringify(json) };
}
