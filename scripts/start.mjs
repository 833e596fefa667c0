// `npm start`: installs what is missing, builds the web pages once, and runs the server until it is told to stop.
import './lib/node-version.mjs';
import { runBun } from './bun.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { endWithNpm } from './lib/orphan.mjs';
import { ensureWebBuilt } from './lib/web-build.mjs';

const args = process.argv.slice(2);
endWithNpm();
try {
  await ensureInstalled();
  if (!args.includes('--help')) await ensureWebBuilt();
  process.exitCode = await runBun(['server/main.ts', ...args]);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
