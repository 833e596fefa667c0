// R06 and R07 with four replicas of the ledger, each with a connection of its own, on one database.
import { expect, test } from 'bun:test';
import { sql } from 'kysely';

import { testEngine } from '../testing/test-database.ts';
import { checkInvariants } from './invariants.ts';
import { account, bound, open, settle } from './ledger.fixtures.ts';
import { openTestLedgers } from './postgres-ledger.fixtures.ts';
import { spending } from './suite/read.ts';

const PRICE = 7;
const MONEY_FOR = 37;
const AT_ONCE = 200;
const ROUNDS = 25;

test.skipIf(testEngine === 'sqlite')(
  'R06, R07: with money for 37 calls on an account nobody has seen, four replicas let in 37 of 200 at once',
  async () => {
    await using ledgers = await openTestLedgers();
    const replicas = Array.from({ length: 4 }, () => ledgers.open());
    for (let round = 0; round < ROUNDS; round += 1) {
      const cap = MONEY_FOR * PRICE + PRICE - 1;
      const calls = Array.from({ length: AT_ONCE }, async (_, index) => {
        const { ledger } = replicas[index % replicas.length]!;
        const input = open([account(`p${round}`, cap), account('c', null, { partyKind: 'classroom' })], bound(PRICE));
        return { ledger, id: input.call.id, isIn: (await ledger.open(input)).ok };
      });
      const admitted = (await Promise.all(calls)).filter(({ isIn }) => isIn);
      expect(admitted).toHaveLength(MONEY_FOR);
      await Promise.all(admitted.map(({ ledger, id }) => ledger.settle(settle(id, PRICE))));
    }
    const balances = Object.entries(await spending(ledgers.raw)).filter(([name]) => name.startsWith('pass:'));
    expect(balances).toHaveLength(ROUNDS);
    expect(balances.every(([, { settled, held }]) => settled === MONEY_FOR * PRICE && held === 0)).toBe(true);
    expect(await checkInvariants(ledgers.raw)).toEqual([]);
  },
  60_000,
);

test.skipIf(testEngine === 'sqlite')(
  'a process that starts leaves the calls of one elsewhere that was silent: it may have been cut off, and settle them yet',
  async () => {
    await using ledgers = await openTestLedgers();
    const [old, fresh] = [ledgers.open(), ledgers.open()];
    const input = open([account('p', 100)], bound(PRICE));
    await old.ledger.open(input);
    await sql`update replicas set host = 'elsewhere', seen_at = seen_at - 60000`.execute(ledgers.raw);
    expect(await fresh.ledger.recover(Date.now())).toBe(0);
    expect(await old.ledger.settle(settle(input.call.id, PRICE))).toMatchObject({ settled: true });
  },
);
