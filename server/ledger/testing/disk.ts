// Runs the ledger in a process of its own whose disk can be made to fail, and reads what reached the disk.
// Linux with a C compiler only; `diskFaults` is undefined elsewhere, and the tests say that they are skipped.
import { existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { $ } from 'bun';

import { keptFile } from '../../testing/kept-file.ts';

/** The library to preload. */
export const diskFaults: string | undefined = await compile();

async function compile(): Promise<string | undefined> {
  const compiler = Bun.which('cc');
  if (process.platform !== 'linux' || !compiler) return undefined;
  const source = new URL('./disk-faults.c', import.meta.url).pathname;
  const compiled = keptFile('disk-faults.so', await Bun.file(source).text(), async (path) => {
    await $`${compiler} -O1 -shared -fPIC -o ${path} ${source} -ldl`.quiet();
  });
  // A compiler without its headers is none.
  return compiled.catch(() => undefined);
}

/** A part of a file that was written after its last sync: a power cut may keep it, lose it or garble it. */
export interface Unsynced {
  file: 'db' | 'wal';
  offset: number;
  length: number;
}

export interface DiskProcess extends AsyncDisposable {
  /** What it has said so far. */
  lines: string[];
  /** Makes syncs and writes fail with this errno, or cuts every other write after so many bytes; 0 = works. */
  fail(how: { sync?: number; write?: number; shortAfter?: number }): void;
  /** Syncs of the log that worked, and that failed. */
  syncs(): { done: number; failed: number };
  /** Stops every thread; what was said before has been read then. */
  freeze(): Promise<void>;
  resume(): void;
  /** Copies the frozen process's files to another folder. @returns the copy's database file. */
  copyTo(folder: string): Promise<string>;
  unsynced(): Unsynced[];
  kill(): Promise<void>;
}

export async function startDiskProcess(folder: string, sync: 'full' | 'normal', atOnce = 8): Promise<DiskProcess> {
  const path = join(folder, 'hallpass.db');
  const journal = join(folder, 'journal');
  const controlPath = join(folder, 'control');
  await Bun.write(controlPath, new Uint8Array(12));
  const control = openSync(controlPath, 'r+');
  const faults = [`LD_PRELOAD=${diskFaults}`, `DISK_CONTROL=${controlPath}`, `DISK_JOURNAL=${journal}`];
  const program = new URL('./disk-child.ts', import.meta.url).pathname;
  const child = Bun.spawn(['env', ...faults, process.execPath, program, path, sync, String(atOnce)], {
    stdout: 'pipe',
    stderr: 'inherit',
  });
  const lines: string[] = [];
  const reading = readLines(child.stdout, lines);
  while (!lines.includes('ready')) await Bun.sleep(5);
  const events = () => readFileSync(journal, 'utf8').trimEnd().split('\n');
  const kill = async () => {
    child.kill('SIGKILL');
    await child.exited;
    await reading;
  };
  return {
    lines,
    fail: ({ sync: onSync = 0, write = 0, shortAfter = 0 }) =>
      void writeSync(control, new Uint8Array(new Int32Array([onSync, write, shortAfter]).buffer), 0, 12, 0),
    syncs: () => ({
      done: events().filter((event) => event === 'S wal').length,
      failed: events().filter((event) => event === 'E wal').length,
    }),
    async freeze() {
      child.kill('SIGSTOP');
      while (!/\) [Tt] /.test(readFileSync(`/proc/${child.pid}/stat`, 'utf8'))) await Bun.sleep(1);
      await settleDown(lines);
    },
    resume: () => child.kill('SIGCONT'),
    async copyTo(target) {
      const copy = join(target, 'hallpass.db');
      await copyFile(path, copy);
      if (existsSync(`${path}-wal`)) await copyFile(`${path}-wal`, `${copy}-wal`);
      return copy;
    },
    unsynced: () => unsyncedOf(events()),
    kill,
    [Symbol.asyncDispose]: kill,
  };
}

/** Waits until the pipe is empty. */
async function settleDown(lines: string[]): Promise<void> {
  for (let before = -1; before !== lines.length;) {
    before = lines.length;
    await Bun.sleep(5);
  }
}

async function readLines(stream: ReadableStream<Uint8Array>, lines: string[]): Promise<void> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  }
}

function unsyncedOf(events: string[]): Unsynced[] {
  let open: Unsynced[] = [];
  for (const event of events) {
    const [kind, file, offset, length] = event.split(' ');
    if (file !== 'db' && file !== 'wal') continue;
    if (kind === 'W') open.push({ file, offset: Number(offset), length: Number(length) });
    if (kind === 'S') open = open.filter((write) => write.file !== file);
  }
  return open;
}
