// The suite on SQLite.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ledgerSuite } from './ledger.suite.ts';
import { openTestLedger } from './sqlite-ledger.fixtures.ts';

ledgerSuite('sqlite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hallpass-ledger-'));
  let test = await openTestLedger(join(folder, 'hallpass.db'));
  return {
    get ledger() {
      return test.ledger;
    },
    get raw() {
      return test.handle.raw;
    },
    async restart() {
      await test.handle.close();
      test = await openTestLedger(join(folder, 'hallpass.db'));
    },
    async [Symbol.asyncDispose]() {
      await test.handle.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
