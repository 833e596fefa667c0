// R09 of the money rules: thousands of calls, a third of which go wrong in some way, leave no hold behind.
import { expect, test } from 'bun:test';
import { sql } from 'kysely';

import { seededRandom } from '../../testing/seeded-random.ts';
import { account, bound, header, NOON, open, settle, type SettleInput } from '../ledger.fixtures.ts';
import type { SuiteContext } from '../ledger.suite.ts';
import type { Ledger } from '../ledger.ts';
import { spending } from './read.ts';

const CALLS = 10_000;
const AT_ONCE = 100;
const PUPILS = 50;
/** Enough for every call at its full hold, so that any refusal is a false one. */
const CAP = CALLS * 1_000;

export function faultTests({ current }: SuiteContext): void {
  test('R09: ten thousand calls with faults in a third leave no hold, no lost nano and no false refusal', async () => {
    const { ledger, raw } = current();
    const random = seededRandom(9);
    const tally = { settled: 0, charged: 0, refused: 0, left: 0 };
    let next = 0;
    const worker = async () => {
      while (next < CALLS) await oneCall(ledger, next++, random, tally);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));

    expect(tally.refused).toBe(0);
    expect(tally.settled + tally.left).toBe(CALLS);
    expect(tally.left).toBeGreaterThan(0);
    const balances = Object.entries(await spending(raw));
    expect(balances.every(([, { held }]) => held === 0)).toBe(true);
    const { rows } = await sql<{ n: number; cost: number }>`
      select count(*) as n, sum(cost_nanos) as cost from calls where state = 'settled'`.execute(raw);
    expect(rows.map(({ n, cost }) => [Number(n), Number(cost)])).toEqual([[tally.settled, tally.charged]]);
    expect(balances.find(([id]) => id === 'classroom:c')?.[1]).toMatchObject({
      settled: tally.charged,
      calls: tally.settled,
    });
  }, 60_000);
}

async function oneCall(
  ledger: Ledger,
  index: number,
  random: () => number,
  tally: { settled: number; charged: number; refused: number; left: number },
): Promise<void> {
  const pupil = `p${index % PUPILS}`;
  const accounts = [account(pupil, CAP), account('c', CAP, { partyKind: 'classroom' })];
  const hold = 1 + Math.floor(random() * 1_000);
  const input = open(accounts, bound(hold), { call: header({ passId: pupil, openedAt: NOON + index }), waitMs: 1_000 });
  const fault = random();
  // Before it starts: the client is gone already.
  const signal = fault < 0.05 ? AbortSignal.abort() : undefined;
  const reply = await ledger.open(input, signal).catch((error: Error) => error);
  if (reply instanceof Error) {
    expect(reply.name).toBe('AbortError');
    tally.left += 1;
    return;
  }
  if (!reply.ok) return void (tally.refused += 1);
  const replies = await Promise.all(
    endings(fault, hold, Math.floor(random() * hold)).map(([cost, over]) =>
      ledger.settle(settle(input.call.id, cost, over)),
    ),
  );
  const once = replies.filter(({ settled }) => settled);
  expect(once).toHaveLength(1);
  tally.settled += 1;
  tally.charged += once[0]!.costNanos;
}

/** How the call ends: once, or by several that each believe they are the one. */
function endings(fault: number, hold: number, cost: number): [number, Partial<SettleInput>][] {
  if (fault < 0.1) return [[0, { status: 'cancelled' }]];
  if (fault < 0.15)
    return [
      [cost, { status: 'cut', estimated: true }],
      [cost + 1, { status: 'error' }],
    ];
  if (fault < 0.2) return [[hold + 5, {}]];
  if (fault < 0.25) return [[Number.NaN, { status: 'error', errorCode: 'upstream_error' }]];
  if (fault < 0.3)
    return [
      [-1, {}],
      [-1, {}],
      [-1, {}],
    ];
  return [[cost, {}]];
}
