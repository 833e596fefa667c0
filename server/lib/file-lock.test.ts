import { afterAll, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { lockFile } from './file-lock.ts';

const root = mkdtempSync(join(tmpdir(), 'hallpass-lock-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const newFolder = (): string => mkdtempSync(join(root, 'data-'));

/** A second, real process that holds the lock until it is killed. */
async function holderProcess(path: string): Promise<Bun.Subprocess> {
  const script = `import { lockFile } from ${JSON.stringify(join(import.meta.dir, 'file-lock.ts'))};
    globalThis.held = await lockFile(process.argv[1], 0);
    process.stdout.write('held');
    setInterval(() => {}, 1000);`;
  const child = Bun.spawn([process.execPath, '-e', script, path], { stdout: 'pipe' });
  const { value } = await child.stdout.getReader().read();
  expect(new TextDecoder().decode(value)).toBe('held');
  return child;
}

test('a lock that another process holds is refused after the wait, and free as soon as that process is killed', async () => {
  const path = join(newFolder(), 'data.lock');
  const holder = await holderProcess(path);
  const startedAt = performance.now();
  const refused = await lockFile(path, 200).catch((error: Error) => error);
  expect(refused).toMatchObject({ name: 'StartError' });
  expect(String(refused)).toContain('already running');
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(200);
  const waiting = lockFile(path, 5_000);
  holder.kill('SIGKILL');
  (await waiting)[Symbol.dispose]();
});

test('a released lock can be taken again', async () => {
  const path = join(newFolder(), 'data.lock');
  (await lockFile(path, 0))[Symbol.dispose]();
  const again = await lockFile(path, 0);
  expect(await lockFile(path, 0).catch(String)).toContain('already running');
  again[Symbol.dispose]();
});

test('a place that cannot hold the file is told, not waited for', async () => {
  const blocked = join(newFolder(), 'a-file');
  writeFileSync(blocked, '');
  expect(await lockFile(join(blocked, 'data.lock'), 5_000).catch(String)).toContain('cannot be written');
});
