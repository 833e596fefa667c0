// A Redis of its own for one test, that may be stopped, killed, emptied and started again.
import { RedisClient } from 'bun';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from './server-process.ts';

/** `npm test` names the program for the suite on PostgreSQL and empties the name for the one on SQLite. */
const PROGRAM = process.env.TEST_REDIS_SERVER ?? Bun.which('redis-server') ?? Bun.which('valkey-server') ?? '';

export const hasRedis = PROGRAM !== '';

export interface TestRedis extends AsyncDisposable {
  url: string;
  /** Of the process that runs now. */
  readonly pid: number;
  /** Starts it again on its port, with the snapshot of the last SAVE if there is one. */
  start(): Promise<void>;
  kill(): Promise<void>;
  /** It accepts connections and takes bytes, but answers nothing until `resume`. */
  pause(): void;
  resume(): void;
  /** Sends one command on a connection of its own. */
  command(name: string, ...args: string[]): Promise<unknown>;
}

export async function startTestRedis(): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'hallpass-redis-'));
  const port = freePort();
  const url = `redis://127.0.0.1:${port}`;
  let server = await startServer(folder, port);
  const kill = async () => {
    server.kill('SIGKILL');
    await server.exited;
  };
  return {
    url,
    get pid() {
      return server.pid;
    },
    start: async () => void (server = await startServer(folder, port)),
    kill,
    pause: () => server.kill('SIGSTOP'),
    resume: () => server.kill('SIGCONT'),
    command: async (name, ...args) => {
      const client = new RedisClient(url, { autoReconnect: false });
      await client.connect();
      try {
        return await (client.send(name, args) as Promise<unknown>);
      } finally {
        client.close();
      }
    },
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startServer(folder: string, port: number) {
  const settings = { port: String(port), bind: '127.0.0.1', dir: folder, save: '', appendonly: 'no' };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const server = Bun.spawn([PROGRAM, ...args], { stdin: 'ignore', stdout: 'pipe', stderr: 'ignore' });
  // Should this process end in the middle of a test, nothing of it may stay behind.
  const abandon = () => server.kill('SIGKILL');
  process.once('exit', abandon);
  void server.exited.then(() => process.off('exit', abandon));
  const decoder = new TextDecoder();
  let printed = '';
  const reader = server.stdout.getReader();
  while (!printed.includes('Ready to accept connections')) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`redis-server did not start:\n${printed}`);
    printed += decoder.decode(value, { stream: true });
  }
  void drain(reader);
  return server;
}

async function drain(reader: { read(): Promise<{ done: boolean }> }): Promise<void> {
  while (!(await reader.read()).done);
}
