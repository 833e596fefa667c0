import { afterAll, describe, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chosenSuites } from './choice.mjs';
import { testsWithoutDatabase } from './database-tests.mjs';
import { missingPackages } from './install.mjs';
import { junitTotals, readJunit } from './junit.mjs';

const root = mkdtempSync(join(tmpdir(), 'hallpass-scripts-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the total of a JUnit report', () => {
  test('counts every case once, nested as deep as it may be', () => {
    const xml = `<testsuites tests="99"><testsuite name="a &gt; b"><testsuite>
      <testcase name="x" time="1" />
      <testcase name="says &lt;failure&gt; &quot;in its name&quot;" status="passed"></testcase>
      <testcase name="y"><failure type="AssertionError" /></testcase>
      <testcase name="z"><error>boom</error></testcase></testsuite>
      <testcase name="s"><skipped /></testcase></testsuite></testsuites>`;
    expect(junitTotals(xml)).toMatchObject({ passed: 2, failed: 2, skipped: 1 });
  });

  test('is nothing when the runner wrote none', () => {
    expect(readJunit(join(root, 'none.xml'))).toEqual({ passed: 0, failed: 0, skipped: 0, failures: [] });
  });

  test('is what a real run of bun test did', async () => {
    const file = join(root, 'real.test.ts');
    const report = join(root, 'real.xml');
    writeFileSync(
      file,
      `import { describe, test, expect } from 'bun:test';
       test('a < b & "c"', () => {}); test('no', () => expect(1).toBe(2)); test.skip('s', () => {});
       describe('d', () => describe('e', () => test('f', () => {})));`,
    );
    const run = Bun.spawn([process.execPath, 'test', file, '--reporter=junit', `--reporter-outfile=${report}`], {
      cwd: root,
      stdout: 'ignore',
      stderr: 'ignore',
    });
    expect(await run.exited).toBe(1);
    const { failures, ...totals } = readJunit(report);
    expect(totals).toEqual({ passed: 2, failed: 1, skipped: 1 });
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatch(/real\.test\.ts > no\n[\s\S]*Expected: 2\nReceived: 1/);
  });
});

describe('the choice of suites', () => {
  const all = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];
  const names = (...args: string[]) => chosenSuites(args, all).map((suite: { name: string }) => suite.name);

  test('is all of them, those named, or all but those named', () => {
    expect(names()).toEqual(['a', 'b', 'c']);
    expect(names('--only', 'c,a')).toEqual(['a', 'c']);
    expect(names('--without', 'a', '--without', 'b')).toEqual(['c']);
  });

  test('does not guess', () => {
    expect(() => names('--without')).toThrow('--without');
    expect(() => names('--without', 'd')).toThrow('no suite named d');
    expect(() => names('a', 'b')).toThrow('do not understand a');
  });
});

describe('what is missing', () => {
  const lock = {
    packages: {
      '': {},
      'node_modules/used': { version: '1.0.0' },
      'node_modules/tool': { version: '2.0.0', dev: true },
      'node_modules/other-system': { version: '1.0.0', optional: true },
      'node_modules/@hallpass/server': { link: true },
      'web/node_modules/nested': { version: '3.0.0' },
    },
  };
  function project(installed: Record<string, unknown>): string {
    const folder = mkdtempSync(join(root, 'project-'));
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
    for (const path of Object.keys(installed)) mkdirSync(join(folder, path), { recursive: true });
    mkdirSync(join(folder, 'node_modules'), { recursive: true });
    writeFileSync(join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages: installed }));
    return folder;
  }
  const whole = { 'node_modules/used': { version: '1.0.0' }, 'web/node_modules/nested': { version: '3.0.0' } };

  test('is everything in a fresh clone, without the tools of tests unless they are asked for', () => {
    const folder = project({});
    rmSync(join(folder, 'node_modules'), { recursive: true });
    expect(missingPackages({ root: folder })).toEqual(['used', 'nested']);
    expect(missingPackages({ root: folder, dev: true })).toEqual(['used', 'tool', 'nested']);
  });

  test('is nothing when all is there, a package of another version, or one whose folder is gone', () => {
    expect(missingPackages({ root: project(whole) })).toEqual([]);
    expect(missingPackages({ root: project({ ...whole, 'node_modules/used': { version: '0.9.0' } }) })).toEqual([
      'used',
    ]);
    const folder = project(whole);
    rmSync(join(folder, 'web/node_modules/nested'), { recursive: true });
    expect(missingPackages({ root: folder })).toEqual(['nested']);
  });
});

test('what meets no database is not run on a second one; what meets it by any way is', () => {
  const without = testsWithoutDatabase('server');
  expect(without).toContain('server/models/pricing.test.ts');
  expect(without).toContain('server/ledger/sqlite-ledger.test.ts');
  for (const kept of ['ledger/postgres-ledger', 'db/migrate', 'faults/redis', 'http/access', 'limits/shared-limits'])
    expect(without).not.toContain(`server/${kept}.test.ts`);
});
