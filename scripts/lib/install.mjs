// Installs what package-lock.json asks for and node_modules does not have.
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { ROOT } from './root.mjs';
import { run } from './run.mjs';

const FOLDER = 'node_modules/';

/** Makes sure that everything is installed; `dev` includes the tools of tests and checks. Throws when npm fails. */
export async function ensureInstalled({ dev = false } = {}) {
  const missing = missingPackages({ dev });
  if (missing.length === 0) return;
  console.log(`Installing ${missing.length} ${missing.length === 1 ? 'package' : 'packages'} …`);
  const tools = dev || hasDevTools() ? [] : ['--omit=dev'];
  const code = await npm(['ci', ...tools]);
  if (code !== 0) throw new Error('npm could not install the packages; what it printed above says why.');
}

/** Runs npm: the one that started this script, else the one on the path. */
export function npm(args) {
  const cli = process.env.npm_execpath;
  if (cli && basename(cli) === 'npm-cli.js') return run(process.execPath, [cli, ...args]);
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args);
}

/** Names of the locked packages that are not installed in their locked version; optional ones do not count. */
export function missingPackages({ dev = false, root = ROOT } = {}) {
  const wanted = readLock(join(root, 'package-lock.json'));
  const installed = readLock(join(root, 'node_modules', '.package-lock.json'));
  return Object.entries(wanted)
    .filter(([path, entry]) => path.includes(FOLDER) && !entry.link && !entry.optional && !entry.devOptional)
    .filter(([, entry]) => dev || !entry.dev)
    .filter(([path, { version }]) => installed[path]?.version !== version || !existsSync(join(root, path)))
    .map(([path]) => path.slice(path.lastIndexOf(FOLDER) + FOLDER.length));
}

function hasDevTools() {
  return Object.values(readLock(join(ROOT, 'node_modules', '.package-lock.json'))).some(({ dev }) => dev);
}

function readLock(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {};
}
