// The suite on PostgreSQL; runs with TEST_DATABASE_URL.
import { describe } from 'bun:test';

import { testEngine } from '../testing/test-database.ts';
import { ledgerSuite } from './ledger.suite.ts';
import { openTestLedgers } from './postgres-ledger.fixtures.ts';

describe.skipIf(testEngine === 'sqlite')('with a real PostgreSQL', () => {
  ledgerSuite('postgres', async () => {
    const ledgers = await openTestLedgers();
    let test = ledgers.open();
    return {
      get ledger() {
        return test.ledger;
      },
      raw: ledgers.raw,
      async restart() {
        await test.close();
        test = ledgers.open();
      },
      [Symbol.asyncDispose]: () => ledgers[Symbol.asyncDispose](),
    };
  });
});
