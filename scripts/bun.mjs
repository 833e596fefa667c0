// Finds the Bun that package-lock.json pins and runs it: `node scripts/bun.mjs test server`.
// npm's own `.bin/bun` fails where install scripts are off, so the platform package's binary is executed directly.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { isStarted, ROOT } from './lib/root.mjs';
import { run } from './lib/run.mjs';

/** Bun's fetch allows 256 requests at once unless this is set before the process starts; 65,336 is its maximum. */
const MAX_HTTP_REQUESTS = '65336';

const SYSTEMS = { linux: 'linux', android: 'linux', darwin: 'darwin', win32: 'windows', freebsd: 'freebsd' };
const PROCESSORS = { x64: 'x64', arm64: 'aarch64' };

/** The platform packages that could run here, best first. */
export function bunPackages(platform, arch, isMusl) {
  const system = SYSTEMS[platform];
  const processor = PROCESSORS[arch];
  if (!system || !processor) return [];
  const libc = platform === 'android' ? '-android' : isMusl ? '-musl' : '';
  const name = `@oven/bun-${system}-${processor}${libc}`;
  return processor === 'x64' ? [name, `${name}-baseline`] : [name];
}

/** The path of the pinned Bun, or undefined when it is not installed. */
export function findBun() {
  const isMusl = process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime;
  const file = process.platform === 'win32' ? 'bun.exe' : 'bun';
  return bunPackages(process.platform, process.arch, isMusl)
    .map((name) => join(ROOT, 'node_modules', name, 'bin', file))
    .find((path) => existsSync(path));
}

/** Runs Bun attached to this process and resolves to its exit code. */
export function runBun(args, options = {}) {
  const bun = findBun();
  if (!bun) throw new Error(`Bun is not installed for ${process.platform} ${process.arch}. Please run: npm ci`);
  const env = { BUN_CONFIG_MAX_HTTP_REQUESTS: MAX_HTTP_REQUESTS, ...process.env, ...options.env };
  return run(bun, args, { ...options, env });
}

if (isStarted(import.meta.url)) {
  process.exitCode = await runBun(process.argv.slice(2), { cwd: process.cwd() });
}
