// Starts processes on the core they belong to, with all the file descriptors the system gives, and ends them.
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from '../scripts/lib/root.mjs';
import { pidsOf } from './processes.ts';

/** The gateway under test runs alone on the first core; load and upstream share the second. */
export const TARGET_CORE = 0;
export const DRIVER_CORE = 1;

export const CACHE = join(ROOT, '.cache', 'bench');
const READY_MAX_MS = 120_000;
const END_MAX_MS = 10_000;

export interface Child {
  pid: number;
  logPath: string;
  exited: Promise<number>;
  stop(): Promise<void>;
}

export const pinned = (core: number, command: readonly string[]) => [
  'sh',
  '-c',
  `ulimit -n $(ulimit -H -n); exec taskset -c ${core} "$@"`,
  'sh',
  ...command,
];

const running = new Set<Bun.Subprocess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export interface StartOptions {
  name: string;
  env?: Record<string, string>;
  cwd?: string;
}

/** Starts a target on its core; what it prints goes to a file. */
export function startTarget(command: readonly string[], { name, env = {}, cwd = CACHE }: StartOptions): Child {
  const logs = join(CACHE, 'logs');
  mkdirSync(logs, { recursive: true });
  const logPath = join(logs, `${name}.log`);
  const log = openSync(logPath, 'w');
  const own = { PATH: process.env.PATH ?? '', HOME: CACHE, ...env };
  const child = Bun.spawn(pinned(TARGET_CORE, command), { cwd, env: own, stdin: 'ignore', stdout: log, stderr: log });
  running.add(child);
  void child.exited.then(() => running.delete(child));
  return { pid: child.pid, logPath, exited: child.exited, stop: () => stop(child) };
}

async function stop(child: Bun.Subprocess): Promise<void> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), END_MAX_MS);
  await child.exited;
  clearTimeout(timer);
}

/** Waits until the address answers with any status below 500. @returns milliseconds waited. */
export async function untilReady(child: Child, url: string): Promise<number> {
  const startedAt = performance.now();
  let code: number | undefined;
  void child.exited.then((value) => (code = value));
  while (performance.now() - startedAt < READY_MAX_MS) {
    if (code !== undefined) throw new Error(`ended with ${code}: ${tail(child)}`);
    const response = await fetch(url).catch(() => undefined);
    if (response && response.status < 500) return performance.now() - startedAt;
    await Bun.sleep(5);
  }
  throw new Error(`did not become ready: ${tail(child)}`);
}

const tail = ({ logPath }: Child) => readFileSync(logPath, 'utf8').slice(-2_000);

/** Moves a process that runs already, and all that came from it, to the target's core. */
export function pinToTarget(root: number): void {
  for (const pid of pidsOf([root])) Bun.spawnSync(['taskset', '-a', '-c', '-p', String(TARGET_CORE), String(pid)]);
}

export function freePort(): number {
  const probe = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
  const { port } = probe;
  probe.stop(true);
  return port;
}
