// Many calls at once: R06 and R07 of the money rules.
import { expect, test } from 'bun:test';

import { account, bound, header, NOON, open, settle } from '../ledger.fixtures.ts';
import type { SuiteContext } from '../ledger.suite.ts';
import type { AccountRef } from '../ledger.ts';
import { countRows, spending } from './read.ts';

const PRICE = 7;
const MONEY_FOR = 37;
const AT_ONCE = 200;

export function raceTests({ current }: SuiteContext): void {
  /** @returns how many of 200 calls at once were let in; they are settled at their full price. */
  async function race(accounts: () => AccountRef[], openedAt = NOON): Promise<number> {
    const { ledger } = current();
    const inputs = Array.from({ length: AT_ONCE }, () =>
      open(accounts(), bound(PRICE), { call: header({ openedAt }) }),
    );
    const replies = await Promise.all(inputs.map((input) => ledger.open(input)));
    const admitted = inputs.filter((_, index) => replies[index]!.ok);
    await Promise.all(admitted.map(({ call }) => ledger.settle(settle(call.id, PRICE))));
    return admitted.length;
  }

  test('R06: with money for 37 calls, 37 of 200 at once are let in, a hundred times over', async () => {
    const { raw } = current();
    for (let round = 0; round < 100; round += 1) {
      expect(await race(() => [account(`p${round}`, MONEY_FOR * PRICE + PRICE - 1)])).toBe(MONEY_FOR);
    }
    const balances = Object.values(await spending(raw));
    expect(balances).toHaveLength(100);
    expect(balances.every(({ settled, held }) => settled === MONEY_FOR * PRICE && held === 0)).toBe(true);
  }, 60_000);

  test('R06: those who may wait spend what the others give back, and not more', async () => {
    const { ledger, raw } = current();
    const cap = MONEY_FOR * PRICE;
    const calls = Array.from({ length: AT_ONCE }, async () => {
      const input = open([account('p', cap)], bound(PRICE * 3), { waitMs: 5_000 });
      const reply = await ledger.open(input);
      if (!reply.ok) return 0;
      await Bun.sleep(1);
      await ledger.settle(settle(input.call.id, PRICE));
      return 1;
    });
    const admitted = (await Promise.all(calls)).reduce<number>((sum, one) => sum + one, 0);
    // The last calls cannot hold three times their price any more.
    expect(admitted).toBe(MONEY_FOR - 2);
    expect((await spending(raw))['pass:p']).toMatchObject({ settled: admitted * PRICE, held: 0 });
  }, 30_000);

  test('R07: the first calls of an unknown pupil, class and session make one account each', async () => {
    const { raw } = current();
    const first = () => [
      account('new_seat', MONEY_FOR * PRICE, { partyKind: 'seat' }),
      account('new_class', 1_000_000, { partyKind: 'classroom' }),
    ];
    expect(await race(first)).toBe(MONEY_FOR);
    expect(await spending(raw)).toEqual({
      'seat:new_seat': { settled: MONEY_FOR * PRICE, held: 0, cap: MONEY_FOR * PRICE, calls: MONEY_FOR },
      'classroom:new_class': { settled: MONEY_FOR * PRICE, held: 0, cap: 1_000_000, calls: MONEY_FOR },
    });
  });

  test('R07: the first calls after a period rolls over make one account, with the whole cap again', async () => {
    const { raw } = current();
    const day = (start: number) =>
      account('p', MONEY_FOR * PRICE, { periodStart: start, periodEnd: start + 86_400_000 });
    expect(await race(() => [day(NOON)])).toBe(MONEY_FOR);
    expect(await race(() => [day(NOON)])).toBe(0);
    expect(await race(() => [day(NOON + 86_400_000)], NOON + 86_400_000)).toBe(MONEY_FOR);
    expect(await countRows(raw, 'accounts')).toBe(2);
  });

  test('R07: the same party in two periods at once keeps them apart', async () => {
    const { raw } = current();
    let turn = 0;
    const either = () => [account('p', MONEY_FOR * PRICE, { periodStart: turn++ % 2, periodEnd: 10 })];
    expect(await race(either)).toBe(2 * MONEY_FOR);
    expect(await countRows(raw, 'accounts')).toBe(2);
  });

  test('calls that share some accounts and not others never deadlock or overspend', async () => {
    const { ledger, raw } = current();
    const parties = [0, 1, 2, 3];
    const calls = Array.from({ length: AT_ONCE }, async (_, index) => {
      const refs = parties.filter((party) => (index >> party) & 1).map((party) => account(`p${party}`, 500));
      const input = open(index % 2 ? refs : refs.toReversed(), bound(40, 10), { waitMs: 4_000 });
      const reply = await ledger.open(input);
      if (reply.ok) await ledger.settle(settle(input.call.id, index % 11));
      return reply.ok;
    });
    expect((await Promise.all(calls)).filter(Boolean).length).toBeGreaterThan(50);
    for (const { settled, held, cap } of Object.values(await spending(raw))) {
      expect(held).toBe(0);
      expect(settled).toBeLessThanOrEqual(cap!);
    }
  }, 20_000);
}
