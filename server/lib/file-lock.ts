// Keeps a second server away from the same data. The operating system holds the lock and lets go of it when the
// process ends, however it ends, so nothing stale is ever left behind.
import { Database } from 'bun:sqlite';

import { StartError } from './start-error.ts';

const RETRY_MS = 50;

/**
 * Takes the lock or waits for it. The file stays; only the lock on it counts. The lock ends with the returned value:
 * keep it until it may end.
 * @param path a file made for this purpose.
 * @throws StartError when another process holds it for longer than `waitMs`, or the file cannot be made.
 */
export async function lockFile(path: string, waitMs: number): Promise<Disposable> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const lock = tryLock(path);
    if (lock) return lock;
    if (performance.now() >= deadline) throw new StartError(takenText(path));
    await Bun.sleep(RETRY_MS);
  }
}

function tryLock(path: string): Disposable | undefined {
  let file: Database | undefined;
  try {
    // SQLite's exclusive lock is the one lock that Bun offers on every operating system.
    file = new Database(path, { create: true, readwrite: true });
    file.run('pragma busy_timeout = 0');
    file.run('begin exclusive');
  } catch (error) {
    file?.close();
    const { code = '', message } = error as { code?: string; message: string };
    if (code.startsWith('SQLITE_BUSY')) return undefined;
    throw new StartError(`The file ${path} cannot be written (${message}). Please check who may write in its folder.`);
  }
  const held = file;
  return { [Symbol.dispose]: () => held.close() };
}

const takenText = (path: string): string =>
  `Another Hallpass is already running on this data (it holds ${path}). Please stop it first, ` +
  'or give this one a DATABASE_PATH of its own. Nothing was changed.';
