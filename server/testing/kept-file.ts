// A file that tests make once and keep between runs: at its end a test runner takes nothing away.
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDER = join(import.meta.dir, '../../node_modules/.cache/hallpass');

/**
 * It is named after the text it is made from, so it is never stale, and gets its name when it is whole, so nobody meets
 * half of it. @param build makes it at this path, or throws. @returns its path.
 */
export async function keptFile(
  name: string,
  madeFrom: string,
  build: (path: string) => Promise<void>,
): Promise<string> {
  const path = join(FOLDER, `${textHash(madeFrom)}-${name}`);
  if (await Bun.file(path).exists()) return path;
  await mkdir(FOLDER, { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  await build(draft);
  await rename(draft, path);
  return path;
}

/** Sixteen hex digits. */
export const textHash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);
