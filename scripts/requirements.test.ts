// docs/requirements.md promises nothing that is gone: every file, test, page and address it names is there.
import { expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dir, '..');
const read = (path: string) => Bun.file(join(ROOT, path)).text();

const page = await read('docs/requirements.md');
const named = [...page.matchAll(/`([^`]+)`/g)].map(([, text]) => text!);
const rows = page.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| what'));

test('every line says what shows it: a test that is there, or that it is not yet', () => {
  expect(rows.length).toBeGreaterThan(60);
  for (const row of rows) {
    const cells = row.split('|').map((cell) => cell.trim());
    expect(cells, row).toHaveLength(5);
    expect(cells[3]!, row).toMatch(/\.test\.ts`|not yet/);
  }
});

test('every file and test it names exists', () => {
  const files = named.filter((text) => /^[\w./-]+\.(ts|vue|css|md|json|yaml)$/.test(text) || text === 'Dockerfile');
  expect(files.length).toBeGreaterThan(80);
  expect(files.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('every address it names is in the API document', async () => {
  const { paths } = (await Bun.file(join(ROOT, 'docs/openapi.json')).json()) as { paths: Record<string, object> };
  const known = new Set(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    ),
  );
  const asked = named.filter((text) => /^(GET|POST|PUT|DELETE) \//.test(text));
  expect(asked.length).toBeGreaterThan(20);
  expect(asked.filter((address) => !known.has(address))).toEqual([]);
});

test('every page it names is one of the router’s', async () => {
  const router = await read('web/src/router.ts');
  const pages = named.filter((text) => /^\/(admin|setup)[\w./-]*$/.test(text));
  expect(pages.length).toBeGreaterThan(8);
  for (const path of pages) {
    const own = path.startsWith('/admin/') ? path.slice('/admin/'.length) : path;
    expect(router, path).toContain(`path: '${own}'`);
  }
});
