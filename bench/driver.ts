// The other side of a measurement: the load generator and the mock upstream, two processes on the driver's core.
import { join } from 'node:path';

import { type Usage, usageOf } from './processes.ts';
import { DRIVER_CORE, pinned } from './spawn.ts';
import type { Outcome, Work } from './load/work.ts';

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

export interface Driver extends Disposable {
  upstreamPort: number;
  perform(work: WithoutId<Work>): Promise<Outcome>;
  /** Load and upstream together. */
  usage(): Usage;
  /** Ends the idle streams. @returns how many were still open. */
  releaseIdle(): Promise<number>;
}

export async function startDriver(): Promise<Driver> {
  const upstream = await start('upstream.ts');
  const upstreamPort = (upstream.first as { port: number }).port;
  let load = await startLoad();
  return {
    upstreamPort,
    async perform(work) {
      // A target that hung took the load generator with it; the next piece of work gets another one.
      if (load.hasEnded()) load = await startLoad();
      return load.perform(work);
    },
    usage: () => usageOf([load.pid, upstream.child.pid]),
    releaseIdle: async () => {
      const response = await fetch(`http://127.0.0.1:${upstreamPort}/bench/release`);
      return ((await response.json()) as { released: number }).released;
    },
    [Symbol.dispose]() {
      load.kill();
      upstream.child.kill();
    },
  };
}

interface Reply {
  id: number;
  outcome?: Outcome;
  error?: string;
}

async function startLoad() {
  const waiting = new Map<number, (reply: Omit<Reply, 'id'>) => void>();
  let nextId = 1;
  const { child } = await start('load/main.ts', {
    onMessage: ({ id, ...reply }: Reply) => {
      waiting.get(id)?.(reply);
      waiting.delete(id);
    },
    onEnd: (code) => {
      for (const answer of waiting.values()) answer({ error: `the load generator ended with ${code}` });
      waiting.clear();
    },
  });
  return {
    pid: child.pid,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    kill: () => child.kill(),
    perform: (work: WithoutId<Work>) =>
      new Promise<Outcome>((resolve, reject) => {
        const id = nextId++;
        waiting.set(id, ({ outcome, error }) => (outcome ? resolve(outcome) : reject(new Error(error))));
        child.send({ ...work, id });
      }),
  };
}

interface Heard<T> {
  onMessage(message: T): void;
  onEnd(code: number | null): void;
}

/** Resolves when the process has sent its first message. */
function start<T>(script: string, heard?: Heard<T>): Promise<{ child: Bun.Subprocess; first: unknown }> {
  return new Promise((resolve, reject) => {
    const command = pinned(DRIVER_CORE, [process.execPath, join(import.meta.dir, script)]);
    let isFirst = true;
    const child = Bun.spawn(command, {
      stdio: ['ignore', 'inherit', 'inherit'],
      serialization: 'json',
      ipc(message: T) {
        if (!isFirst) return heard?.onMessage(message);
        isFirst = false;
        resolve({ child, first: message });
      },
      onExit: (_, code) => {
        reject(new Error(`${script} ended with ${code}`));
        heard?.onEnd(code);
      },
    });
  });
}
