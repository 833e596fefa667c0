// Which tests say the same whatever database and Redis a run was given.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { ROOT } from './root.mjs';

/** Who reads one of these is given another database or a Redis. */
const GIVEN = /TEST_DATABASE_URL|TEST_REDIS_SERVER/;
const IMPORTS = /(?:from|import|import\()\s*'(\.[^']+)'/g;

/** @returns paths, from the root on, of the tests in a folder whose imports lead to no database and no Redis of the run. */
export function testsWithoutDatabase(folder) {
  const files = new Map();
  return readdirSync(join(ROOT, folder), { recursive: true })
    .filter((name) => name.endsWith('.test.ts') && !name.includes('node_modules'))
    .map((name) => join(ROOT, folder, name))
    .filter((path) => !leadsToDatabase(path, files))
    .map((path) => relative(ROOT, path).replaceAll('\\', '/'));
}

function leadsToDatabase(test, files) {
  const reached = new Set([test]);
  // A set goes on over what is added meanwhile.
  for (const path of reached) {
    if (!files.has(path)) files.set(path, readImports(path));
    const { isGiven, imported } = files.get(path);
    if (isGiven) return true;
    for (const next of imported) reached.add(next);
  }
  return false;
}

function readImports(path) {
  const text = readFileSync(path, 'utf8');
  const imported = [...text.matchAll(IMPORTS)].map(([, name]) => join(dirname(path), name)).filter(existsSync);
  return { isGiven: GIVEN.test(text), imported };
}
