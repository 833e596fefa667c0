// `npm run bench`: installs what the benchmark itself needs and runs it on the pinned Bun.
import './lib/node-version.mjs';
import { runBun } from './bun.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { endWithNpm } from './lib/orphan.mjs';
import { ensureWebBuilt } from './lib/web-build.mjs';

endWithNpm();
try {
  await ensureInstalled({ dev: true });
  await ensureWebBuilt();
  process.exitCode = await runBun(['bench/main.ts', ...process.argv.slice(2)]);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
