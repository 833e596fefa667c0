// What every engine of the ledger must do. Each engine's test runs it: `ledgerSuite('sqlite', openLedger)`.
import { afterEach, beforeEach, describe, expect } from 'bun:test';
import type { Kysely } from 'kysely';

import type { Ledger } from './ledger.ts';
import { checkInvariants } from './invariants.ts';
import { faultTests } from './suite/faults.suite.ts';
import { holdTests } from './suite/holds.suite.ts';
import { lineTests } from './suite/line.suite.ts';
import { orphanTests } from './suite/orphans.suite.ts';
import { propertyTests } from './suite/property.suite.ts';
import { raceTests } from './suite/races.suite.ts';
import { settleTests } from './suite/settles.suite.ts';

/** A ledger on a fresh database. */
export interface LedgerHandle extends AsyncDisposable {
  ledger: Ledger;
  raw: Kysely<never>;
  /** The process dies and another one starts on the same database; `recover` is not called yet. */
  restart(): Promise<void>;
}

/** What a test of the suite works with: the handle of the test that runs. */
export interface SuiteContext {
  current(): LedgerHandle;
}

export function ledgerSuite(name: string, open: () => Promise<LedgerHandle>): void {
  describe(`ledger on ${name}`, () => {
    let handle: LedgerHandle;
    beforeEach(async () => {
      handle = await open();
    });
    afterEach(async () => {
      expect(await checkInvariants(handle.raw)).toEqual([]);
      await handle[Symbol.asyncDispose]();
    });
    const context: SuiteContext = { current: () => handle };
    describe('holds', () => holdTests(context));
    describe('settles', () => settleTests(context));
    describe('orphans', () => orphanTests(context));
    describe('the line', () => lineTests(context));
    describe('races', () => raceTests(context));
    describe('faults', () => faultTests(context));
    describe('random interleavings', () => propertyTests(context));
  });
}
