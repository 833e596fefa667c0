// `npm test`: checks and every suite, with what they need set up. The last line printed is the true total.
// `--only a,b` runs those suites, `--without a,b` all but those; nothing is left out silently.
import './lib/node-version.mjs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runChecks } from './check.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { readJunit } from './lib/junit.mjs';
import { chosenSuites } from './lib/choice.mjs';
import { endWithNpm } from './lib/orphan.mjs';
import { SUITES } from './lib/suites.mjs';

const ALL = [{ name: 'check', title: 'checks' }, ...SUITES];

/** Told again at the end, where somebody who sees only the last page of a long run looks. */
const SHOWN_FAILURES = 20;

async function runSuite(suite, folder) {
  if (suite.name === 'check') return runChecks();
  const report = join(folder, `${suite.name}.xml`);
  const code = await suite.run(report);
  const totals = readJunit(report);
  if (totals.passed + totals.failed === 0) return { ...totals, failed: 1, note: 'ran no test' };
  if (code !== 0 && totals.failed === 0) return { ...totals, failed: 1, note: `ended with exit code ${code}` };
  return totals;
}

/** A suite that cannot run at all has failed once. */
async function attempt(suite, folder) {
  console.log(`\n── ${suite.title} ──`);
  const startedAt = performance.now();
  const result = await runSuite(suite, folder).catch((error) => ({ passed: 0, failed: 1, note: error.message }));
  return {
    suite,
    seconds: Math.round((performance.now() - startedAt) / 1000),
    skipped: 0,
    note: '',
    failures: [],
    ...result,
  };
}

async function main() {
  const chosen = chosenSuites(process.argv.slice(2), ALL);
  await ensureInstalled({ dev: true });
  const folder = mkdtempSync(join(tmpdir(), 'hallpass-reports-'));
  const results = [];
  // The suite that runs gets the signal too and ends by itself.
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => (interrupted = true));
  for (const suite of chosen) {
    const result = await attempt(suite, folder);
    results.push(interrupted ? { ...result, failed: Math.max(result.failed, 1), note: 'was interrupted' } : result);
    if (interrupted) break;
  }
  rmSync(folder, { recursive: true, force: true });
  report(results);
  return results;
}

function report(results) {
  console.log('');
  for (const { suite, passed, failed, skipped, seconds, note } of results) {
    const extra = [skipped > 0 ? `${skipped} skipped` : '', note].filter(Boolean).join(', ');
    console.log(
      `${failed > 0 ? '✗' : '✓'} ${suite.title}: ${passed} passed, ${failed} failed in ${seconds} s ${extra}`.trimEnd(),
    );
    if (failed > 0 && note) console.log(`  To leave it out: npm test -- --without ${suite.name}`);
  }
  for (const failure of results.flatMap(({ failures }) => failures).slice(0, SHOWN_FAILURES))
    console.log(`\n✗ ${failure}`);
  const left = ALL.filter(({ name }) => !results.some(({ suite }) => suite.name === name));
  for (const { name, title } of left) console.log(`– ${title}: not run (${name})`);
}

const total = (results, what) => results.reduce((sum, result) => sum + result[what], 0);

endWithNpm();
try {
  const results = await main();
  const failed = total(results, 'failed');
  process.exitCode = failed === 0 ? 0 : 1;
  console.log(`${total(results, 'passed')} passed, ${failed} failed`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
  console.log('0 passed, 1 failed');
}
