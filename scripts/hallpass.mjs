// `npm run hallpass -- <command>`: the command line of the server.
import './lib/node-version.mjs';
import { runBun } from './bun.mjs';
import { ensureInstalled } from './lib/install.mjs';

try {
  await ensureInstalled();
  process.exitCode = await runBun(['server/cli.ts', ...process.argv.slice(2)]);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
