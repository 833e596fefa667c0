// A Node new enough for vitest: this one, or one from npm, kept beside the project's packages.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { npm } from './install.mjs';
import { ROOT } from './root.mjs';

/** Exact, so that every machine runs the web tests on the same one. */
const VERSION = '26.10.0';
const OLDEST = [22, 12];

/** The path of a Node that runs vitest. Throws when npm has none for this machine. */
export async function modernNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const isModern = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  // Bun says it is a modern Node too.
  if (isModern && !process.versions.bun) return process.execPath;
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const folder = join(ROOT, '.cache', `node-${VERSION}`);
  const path = join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(path)) {
    const code = await npm(['install', '--prefix', folder, '--no-save', '--no-package-lock', `${name}@${VERSION}`]);
    if (code !== 0) throw new Error(`npm could not install ${name}@${VERSION}.`);
  }
  return path;
}
