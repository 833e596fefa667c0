// A real server process on a folder of its own, for tests that kill it, stop it or start it twice.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const ADMIN_KEY = 'sk-test-admin-key-0123456789';
export const ADMIN_PASSWORD = 'correct horse battery';

export interface ServerProcess {
  url: string;
  pid: number;
  /** From the start of the process to its first good answer on /readyz. */
  readyMs: number;
  exited: Promise<number>;
  /** Its exit code or the signal that ended it; null while it runs. */
  endedWith(): number | string | null;
  kill(signal?: NodeJS.Signals): void;
  /** Everything it wrote so far. */
  output(): string;
}

export interface ServerFolder extends AsyncDisposable {
  path: string;
  database: string;
  start(env?: Record<string, string>): Promise<ServerProcess>;
}

/** A data folder that outlives the processes started on it; disposing ends them and removes it. */
export async function createServerFolder(): Promise<ServerFolder> {
  const path = await mkdtemp(join(tmpdir(), 'hallpass-server-'));
  const started: ServerProcess[] = [];
  return {
    path,
    database: join(path, 'hallpass.db'),
    start: async (env = {}) => {
      const server = await startServer(path, env);
      started.push(server);
      return server;
    },
    async [Symbol.asyncDispose]() {
      for (const server of started) server.kill('SIGKILL');
      await Promise.all(started.map(({ exited }) => exited));
      await rm(path, { recursive: true, force: true });
    },
  };
}

async function startServer(folder: string, env: Record<string, string>): Promise<ServerProcess> {
  const port = Number(env.APP_PORT ?? freePort());
  const startedAt = performance.now();
  const child = Bun.spawn([process.execPath, join(import.meta.dir, '../main.ts')], {
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      BUN_CONFIG_MAX_HTTP_REQUESTS: '65336',
      HOST: '127.0.0.1',
      APP_PORT: String(port),
      DATABASE_PATH: join(folder, 'hallpass.db'),
      ADMIN_PASSWORD,
      LITELLM_ADMIN_KEY: ADMIN_KEY,
      ...env,
    },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    void collect(stream, (part) => (text = (text + part).slice(-200_000)));
  const url = `http://127.0.0.1:${port}`;
  await ready(url, child.exited, () => text);
  return {
    url,
    pid: child.pid,
    readyMs: performance.now() - startedAt,
    exited: child.exited,
    endedWith: () => child.exitCode ?? child.signalCode,
    kill: (signal = 'SIGKILL') => child.kill(signal),
    output: () => text,
  };
}

async function ready(url: string, exited: Promise<number>, output: () => string): Promise<void> {
  let code: number | undefined;
  void exited.then((value) => (code = value));
  for (const deadline = performance.now() + 20_000; performance.now() < deadline; await Bun.sleep(15)) {
    if (code !== undefined) throw new Error(`the server ended with ${code}:\n${output()}`);
    const response = await fetch(`${url}/readyz`).catch(() => undefined);
    if (response?.ok) return;
  }
  throw new Error(`the server did not become ready:\n${output()}`);
}

async function collect(stream: ReadableStream<Uint8Array>, onText: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) onText(decoder.decode(chunk, { stream: true }));
}

/** A port the system says is free just now. */
export function freePort(): number {
  const probe = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() });
  const { port } = probe;
  void probe.stop(true);
  return port!;
}

/** An administrator's login token. */
export async function adminToken(url: string): Promise<string> {
  const response = await fetch(
    `${url}/api/auth/admin/login`,
    jsonInit({ username: 'admin', password: ADMIN_PASSWORD }),
  );
  const { access_token } = (await response.json()) as { access_token: string };
  return access_token;
}

export function jsonInit(body: unknown, token?: string): RequestInit {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (token) headers.authorization = `Bearer ${token}`;
  return { method: 'POST', headers, body: JSON.stringify(body) };
}

/** Adds a channel with one priced model and makes a pass for it. @returns the pass. */
export async function setUpModel(url: string, baseUrl: string, model: string): Promise<string> {
  const prices = { prompt: 1, completion: 1 };
  const channel = { name: model, base_url: baseUrl, api_key: 'k', model_id: model, rpm_limit: 1_000_000, prices };
  const added = await fetch(`${url}/api/admin/channels`, jsonInit(channel, await adminToken(url)));
  if (!added.ok) throw new Error(`no channel: ${await added.text()}`);
  const made = await fetch(`${url}/key/generate`, jsonInit({ max_budget: 1_000 }, ADMIN_KEY));
  return ((await made.json()) as { key: string }).key;
}
