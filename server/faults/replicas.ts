// Three gateway processes on one PostgreSQL and one Redis, all of them real and all of them to be killed.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startPostgres } from '../../scripts/lib/postgres.mjs';
import { createServerFolder, freePort, type ServerProcess } from '../testing/server-process.ts';

export interface Part {
  name: string;
  kill(): Promise<void>;
  /** Resolves when it serves again. */
  start(): Promise<void>;
}

export interface Cluster extends AsyncDisposable {
  databaseUrl: string;
  /** Gateways that run just now. */
  urls(): string[];
  /** The last it wrote, and how it ended if nobody killed it. */
  lastWords(url: string): string;
  gateways: Part[];
  postgres: Part;
  redis: Part;
}

const SECRETS = { SECRET_KEY: 'a secret for three processes', ENCRYPTION_KEY: 'another one, for keys at rest' };

export async function startCluster(count: number): Promise<Cluster> {
  const stack = new AsyncDisposableStack();
  try {
    const postgres = await startPostgres({ durable: true });
    stack.defer(() => postgres.stop());
    const redis = await createRedis(stack);
    await redis.start();
    const env = { ...SECRETS, DATABASE_URL: postgres.url, REDIS_URL: redis.url };
    const running = new Map<number, ServerProcess>();
    const gateways = await Promise.all(
      Array.from({ length: count }, (_, index) => createGateway(stack, { index, env, running })),
    );
    // One after the other: the first one prepares the database.
    for (const gateway of gateways) await gateway.start();
    return {
      databaseUrl: postgres.url,
      urls: () => [...running.values()].map(({ url }) => url),
      lastWords: (url) => lastWordsOf([...running.values()].find((server) => server.url === url)),
      gateways,
      postgres: { name: 'postgres', kill: () => postgres.kill(), start: () => postgres.start() },
      redis,
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

function lastWordsOf(server: ServerProcess | undefined): string {
  return server ? `${server.endedWith() ?? 'runs'}: ${server.output().slice(-3_000)}` : 'was killed';
}

async function createGateway(
  stack: AsyncDisposableStack,
  { index, env, running }: { index: number; env: Record<string, string>; running: Map<number, ServerProcess> },
): Promise<Part> {
  const folder = stack.use(await createServerFolder());
  return {
    name: `gateway ${index}`,
    async kill() {
      const server = running.get(index)!;
      running.delete(index);
      server.kill('SIGKILL');
      await server.exited;
    },
    async start() {
      running.set(index, await folder.start(env));
    },
  };
}

async function createRedis(stack: AsyncDisposableStack): Promise<Part & { url: string }> {
  const program = Bun.which('redis-server');
  if (!program) throw new Error('redis-server is not on the path');
  const folder = await mkdtemp(join(tmpdir(), 'hallpass-redis-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const port = String(freePort());
  let server: Bun.Subprocess | undefined;
  const kill = async () => {
    server?.kill('SIGKILL');
    await server?.exited;
  };
  stack.defer(kill);
  return {
    name: 'redis',
    url: `redis://127.0.0.1:${port}`,
    kill,
    async start() {
      const options = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
      server = Bun.spawn([program, ...options], { stdout: 'ignore', stderr: 'ignore' });
      for (let tries = 0; !(await canConnect(Number(port))); tries += 1) {
        if (tries > 200) throw new Error('redis-server does not answer');
        await Bun.sleep(20);
      }
    },
  };
}

async function canConnect(port: number): Promise<boolean> {
  try {
    const socket = await Bun.connect({ hostname: '127.0.0.1', port, socket: { data() {} } });
    socket.end();
    return true;
  } catch {
    return false;
  }
}
