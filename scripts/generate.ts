// Writes every generated file of the repository, or with --check says which are stale and changes nothing.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { openApiDocument } from '../server/http/openapi.ts';
import { FEATURES } from '../server/routes.ts';
import { configurationPage, envExample } from './generate/configuration.ts';
import { databasePage, declaredColumnsJson } from './generate/database.ts';
import { protocolsPage } from './generate/protocols.ts';

/** Path → what it should contain. */
export const GENERATED: Record<string, () => string | Promise<string>> = {
  'docs/configuration.md': configurationPage,
  '.env.example': envExample,
  'docs/database.md': databasePage,
  'docs/protocols.md': protocolsPage,
  'server/db/declared-columns.json': declaredColumnsJson,
  'docs/openapi.json': () => `${JSON.stringify(openApiDocument(FEATURES), null, 2)}\n`,
};

const ROOT = join(import.meta.dir, '..');

/** @returns paths whose content on disk is not what it should be. */
export async function staleFiles(): Promise<string[]> {
  const stale: string[] = [];
  for (const [path, render] of Object.entries(GENERATED)) {
    const file = Bun.file(join(ROOT, path));
    if (!(await file.exists()) || (await file.text()) !== (await render())) stale.push(path);
  }
  return stale;
}

async function main(): Promise<void> {
  const stale = await staleFiles();
  if (process.argv.includes('--check')) {
    if (stale.length === 0) return;
    console.error(`These generated files are stale: ${stale.join(', ')}. Please run: npm run check -- --fix`);
    process.exitCode = 1;
    return;
  }
  for (const path of stale) {
    await mkdir(dirname(join(ROOT, path)), { recursive: true });
    await Bun.write(join(ROOT, path), await GENERATED[path]!());
    console.log(`wrote ${path}`);
  }
}

if (import.meta.main) await main();
