import { expect, test } from 'bun:test';
import { join } from 'node:path';

const ROOT = join(import.meta.dir, '..');

test('every test that the README names as its witness exists', async () => {
  const readme = await Bun.file(join(ROOT, 'README.md')).text();
  const rows = readme.split('\n').filter((line) => line.startsWith('|') && line.includes('.test.ts`'));
  const named = rows.flatMap((row) => [...row.matchAll(/`([\w./-]+\.test\.ts)`: ([^|·]+)/g)]);
  expect(named.length).toBeGreaterThanOrEqual(rows.length);
  expect(rows.length).toBeGreaterThan(5);
  for (const [, path, title] of named) {
    const source = await Bun.file(join(ROOT, path!)).text();
    expect(source, `${path} has no test "${title!.trim()}"`).toContain(title!.trim());
  }
});

test('every file the README links to exists', async () => {
  for (const name of ['README.md', 'README.zh-CN.md']) {
    const text = await Bun.file(join(ROOT, name)).text();
    const links = [...text.matchAll(/\]\((?!http)([^)#]+)/g)].map(([, path]) => path!);
    for (const path of links) expect(await Bun.file(join(ROOT, path)).exists(), `${name}: ${path}`).toBe(true);
  }
});
