// Several real server processes on one PostgreSQL database and one Redis.
import { createServerFolder, type ServerProcess } from './server-process.ts';
import { createTestPostgres, testEngine } from './test-database.ts';
import { hasRedis, startTestRedis, type TestRedis } from './test-redis.ts';

export const canRunReplicas = testEngine === 'postgres' && hasRedis;

export interface Replicas extends AsyncDisposable {
  redis: TestRedis;
  /** Of the database, for a look at its rows. */
  url: string;
  servers: ServerProcess[];
  start(env?: Record<string, string>): Promise<ServerProcess>;
}

/** @param env settings of every server. */
export async function startReplicas(count: number, env: Record<string, string> = {}): Promise<Replicas> {
  const [redis, postgres, folder] = [await startTestRedis(), await createTestPostgres(), await createServerFolder()];
  const servers: ServerProcess[] = [];
  const start = async (more: Record<string, string> = {}) => {
    const shared = { DATABASE_URL: postgres.url, REDIS_URL: redis.url, LEDGER_SYNC: 'normal', ...env, ...more };
    const server = await folder.start(shared);
    servers.push(server);
    return server;
  };
  for (let i = 0; i < count; i += 1) await start();
  return {
    redis,
    url: postgres.url,
    servers,
    start,
    async [Symbol.asyncDispose]() {
      await folder[Symbol.asyncDispose]();
      await redis[Symbol.asyncDispose]();
      await postgres.drop();
    },
  };
}
