// `npm run dev`: the server, restarted when its source changes, and Vite in front of it for the pages.
import './lib/node-version.mjs';
import { join } from 'node:path';

import { runBun } from './bun.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { endWithNpm } from './lib/orphan.mjs';
import { ROOT, webPackage } from './lib/root.mjs';

endWithNpm();
try {
  await ensureInstalled({ dev: true });
  const vite = webPackage('vite', 'bin', 'vite.js');
  const other = new AbortController();
  const stop = other.signal;
  const codes = [runBun(['--watch', 'server/main.ts'], { stop }), runBun([vite], { cwd: join(ROOT, 'web'), stop })];
  // One without the other is of no use: whichever ends first takes the other along.
  process.exitCode = await Promise.race(codes);
  other.abort();
  await Promise.all(codes);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
