// Every suite of `npm test`: what it needs and how it is run. What a machine lacks is thrown as a sentence.
import { join } from 'node:path';

import { runBun } from '../bun.mjs';
import { prepareClaudeCode, prepareCodex } from './command-line-clients.mjs';
import { testsWithoutDatabase } from './database-tests.mjs';
import { modernNode } from './modern-node.mjs';
import { hasPostgres, startPostgres } from './postgres.mjs';
import { prepareProxies } from './proxies.mjs';
import { preparePython } from './python.mjs';
import { prepareRedis } from './redis.mjs';
import { ROOT, webPackage } from './root.mjs';
import { run } from './run.mjs';
import { findProgram, installPackages } from './system.mjs';
import { ensureWebBuilt } from './web-build.mjs';

/** A machine that is busy must not fail a test that is right. */
const TIMEOUT_MS = 30_000;

/** `run` gets the report's path and resolves to the runner's exit code. */
export const SUITES = [
  { name: 'sqlite', title: 'server on SQLite', run: serverOnSqlite },
  { name: 'postgres', title: 'server on PostgreSQL and Redis', run: serverOnPostgres },
  { name: 'web', title: 'web components', run: webComponents },
  { name: 'browser', title: 'pages in Chromium', run: pagesInChromium },
  { name: 'python', title: 'Python SDK', run: pythonSdk },
  { name: 'cli', title: 'command line clients', run: commandLineClients },
];

function bunTest(report, paths, { env = {}, without = [] } = {}) {
  const options = [`--timeout=${TIMEOUT_MS}`, '--reporter=junit', `--reporter-outfile=${report}`];
  const ignored = without.map((pattern) => `--path-ignore-patterns=${pattern}`);
  return runBun(['test', ...options, ...ignored, ...paths], { env });
}

/** A database or a Redis named in the environment is for the suite on PostgreSQL. */
async function serverOnSqlite(report) {
  return bunTest(report, ['./server', './shared', './scripts', './bench'], {
    env: { TEST_DATABASE_URL: '', TEST_REDIS_SERVER: '', ...(await prepareProxies()) },
  });
}

/** Without the tests that have just run and meet neither of the two. */
async function serverOnPostgres(report) {
  const redis = await prepareRedis();
  const without = testsWithoutDatabase('server');
  const on = (url) =>
    bunTest(report, ['./server'], { env: { TEST_DATABASE_URL: url, TEST_REDIS_SERVER: redis }, without });
  const given = process.env.TEST_DATABASE_URL;
  if (given) return on(given);
  if (!hasPostgres())
    throw new Error('there is no PostgreSQL for this machine on npm; set TEST_DATABASE_URL to an empty one.');
  const postgres = await startPostgres();
  try {
    return await on(postgres.url);
  } finally {
    await postgres.stop();
  }
}

async function webComponents(report) {
  const vitest = webPackage('vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=junit', `--outputFile.junit=${report}`];
  return run(await modernNode(), [vitest, 'run', ...reporters], { cwd: join(ROOT, 'web') });
}

async function pagesInChromium(report) {
  const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
  if (!findProgram(...names)) await installPackages('chromium', 'fonts-noto-cjk');
  const chromium = findProgram(...names);
  if (!chromium) throw new Error('Chromium is not on the path.');
  await ensureWebBuilt();
  return bunTest(report, ['./e2e/browser'], { env: { TEST_CHROMIUM: chromium } });
}

async function pythonSdk(report) {
  const python = await preparePython();
  if (!python) throw new Error('Python 3 with its venv module is not on the path.');
  return bunTest(report, ['./e2e/python'], { env: { TEST_PYTHON: python } });
}

async function commandLineClients(report) {
  const env = { TEST_CLAUDE: await prepareClaudeCode(), TEST_CODEX: await prepareCodex(), TEST_NODE: process.execPath };
  return bunTest(report, ['./e2e/cli'], { env });
}
