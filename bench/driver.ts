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
  const waiting = new Map<number, (reply: { outcome?: Outcome; error?: string }) => void>();
  let nextId = 1;
  const load = await start('load/main.ts', (reply: { id: number; outcome?: Outcome; error?: string }) => {
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  const upstream = await start('upstream.ts', () => {});
  const upstreamPort = (upstream.first as { port: number }).port;
  return {
    upstreamPort,
    perform: (work) =>
      new Promise((resolve, reject) => {
        const id = nextId++;
        waiting.set(id, ({ outcome, error }) => (outcome ? resolve(outcome) : reject(new Error(error))));
        load.child.send({ ...work, id });
      }),
    usage: () => usageOf([load.child.pid, upstream.child.pid]),
    releaseIdle: async () => {
      const response = await fetch(`http://127.0.0.1:${upstreamPort}/bench/release`);
      return ((await response.json()) as { released: number }).released;
    },
    [Symbol.dispose]() {
      load.child.kill();
      upstream.child.kill();
    },
  };
}

/** Resolves when the process has sent its first message. */
function start<T>(script: string, onMessage: (message: T) => void): Promise<{ child: Bun.Subprocess; first: unknown }> {
  return new Promise((resolve, reject) => {
    const command = pinned(DRIVER_CORE, [process.execPath, join(import.meta.dir, script)]);
    let isFirst = true;
    const child = Bun.spawn(command, {
      stdio: ['ignore', 'inherit', 'inherit'],
      serialization: 'json',
      ipc(message: T) {
        if (!isFirst) return onMessage(message);
        isFirst = false;
        resolve({ child, first: message });
      },
      onExit: (_, code) => reject(new Error(`${script} ended with ${code}`)),
    });
  });
}
