// `npm run check`: linter, formatter, types and generated files. With --fix it repairs what can be repaired.
import './lib/node-version.mjs';

import { checks, fixes } from './lib/checks.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { isStarted } from './lib/root.mjs';
import { capture } from './lib/run.mjs';

/** Runs every check, says how each went, and resolves to how many passed and failed. */
export async function runChecks() {
  const all = checks();
  let failed = 0;
  for (const { name, command, args } of all) {
    const startedAt = performance.now();
    const { code, output } = await capture(command, args);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(`${code === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
    if (code === 0) continue;
    failed += 1;
    console.log(output.trimEnd());
  }
  return { passed: all.length - failed, failed };
}

if (isStarted(import.meta.url)) {
  try {
    await ensureInstalled({ dev: true });
    if (process.argv.includes('--fix')) for (const { command, args } of fixes()) await capture(command, args);
    const { failed } = await runChecks();
    process.exitCode = failed === 0 ? 0 : 1;
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
