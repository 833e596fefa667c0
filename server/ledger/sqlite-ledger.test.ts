// The suite on SQLite.
import { afterAll } from 'bun:test';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { ledgerSuite } from './ledger.suite.ts';
import { openTestLedger } from './sqlite-ledger.fixtures.ts';

/** A migrated database, copied for each test. */
let template: Promise<string> | undefined;

ledgerSuite('sqlite', async () => {
  template ??= makeTemplate();
  const folder = await newFolder();
  const path = join(folder, 'hallpass.db');
  await copyFile(await template, path);
  let test = await openTestLedger(path);
  return {
    get ledger() {
      return test.ledger;
    },
    get raw() {
      return test.handle.raw;
    },
    async restart() {
      await test.handle.close();
      test = await openTestLedger(path);
    },
    async [Symbol.asyncDispose]() {
      await test.handle.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});

afterAll(async () => {
  if (template) await rm(dirname(await template), { recursive: true });
});

async function makeTemplate(): Promise<string> {
  const path = join(await newFolder(), 'template.db');
  const { handle } = await openTestLedger(path);
  await handle.close();
  return path;
}

function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'hallpass-ledger-'));
}
