// From `npm start`, with everything installed and built, to the first good answer: medians of seven starts.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ROOT } from '../scripts/lib/root.mjs';
import { freePort } from './spawn.ts';
import { median } from './table.ts';

const STARTS = 7;
const READY_MAX_MS = 60_000;

/** @returns milliseconds. */
async function timeStart(command: string[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'hallpass-start-'));
  const port = freePort();
  const env = { ...process.env, HOST: '127.0.0.1', APP_PORT: String(port), DATABASE_PATH: join(folder, 'hallpass.db') };
  const startedAt = performance.now();
  const child = Bun.spawn(command, { cwd: ROOT, env, stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' });
  try {
    while (performance.now() - startedAt < READY_MAX_MS) {
      if ((await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.ok)
        return performance.now() - startedAt;
      await Bun.sleep(5);
    }
    throw new Error('it did not become ready');
  } finally {
    child.kill('SIGTERM');
    await child.exited;
    await rm(folder, { recursive: true, force: true });
  }
}

for (const command of [
  ['npm', 'start'],
  ['node', 'scripts/start.mjs'],
  [process.execPath, 'server/main.ts'],
]) {
  const times: number[] = [];
  for (let i = 0; i < STARTS; i += 1) times.push(await timeStart(command));
  console.log(`${command.map((part) => part.split('/').at(-1)).join(' ')}: ${Math.round(median(times)!)} ms`);
}
