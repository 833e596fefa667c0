// Random interleavings from a seed: whatever order things happen in, no account is ever above its cap.
import { expect, test } from 'bun:test';
import { sql } from 'kysely';

import { seededRandom } from '../../testing/seeded-random.ts';
import { checkInvariants } from '../invariants.ts';
import { account, bound, header, open, settle } from '../ledger.fixtures.ts';
import type { LedgerHandle, SuiteContext } from '../ledger.suite.ts';
import type { AccountRef, PartyKind } from '../ledger.ts';

const SEEDS = 12;
const STEPS = 300;

const CAPS: [PartyKind, string, number | null][] = [
  ['pass', 'p0', 300],
  ['pass', 'p1', 900],
  ['pass', 'p2', 0],
  ['user', 'u0', null],
  ['user', 'u1', 700],
  ['classroom', 'c0', 1_500],
  ['system', 'system', 4_000],
];

export function propertyTests({ current }: SuiteContext): void {
  test.each(Array.from({ length: SEEDS }, (_, index) => index + 1))(
    'seed %p',
    async (seed) => {
      const { raw } = current();
      const stop = watchCaps(current());
      await runRandomly(current(), random(seed));
      expect(await stop()).toBeGreaterThan(0);
      const { rows } = await sql`select id from calls where state = 'open'`.execute(raw);
      expect(rows).toEqual([]);
      expect(await checkInvariants(raw)).toEqual([]);
    },
    30_000,
  );
}

type Random = (below: number) => number;

/** Opens, waits, leaves, settles, repeats settles, in an order the seed decides. */
async function runRandomly({ ledger }: LedgerHandle, pick: Random): Promise<void> {
  const running = new Set<Promise<void>>();
  for (let step = 0; step < STEPS; step += 1) {
    const call = oneCall(ledger, pick).finally(() => running.delete(call));
    running.add(call);
    if (pick(3) === 0) await Bun.sleep(pick(3));
    if (running.size > 60) await Promise.race(running);
  }
  await Promise.all(running);
}

async function oneCall(ledger: LedgerHandle['ledger'], pick: Random): Promise<void> {
  const accounts = someAccounts(pick);
  const isCapped = accounts.some(({ capNanos }) => capNanos !== null);
  const wanted = pick(120);
  const input = open(accounts, isCapped ? bound(wanted, pick(wanted + 1)) : null, {
    call: header({ openedAt: 1_000_000 + pick(10) * 3_600_000, model: `m${pick(3)}` }),
    waitMs: pick(2) * pick(80),
  });
  const signal = pick(8) === 0 ? AbortSignal.timeout(1 + pick(20)) : undefined;
  const reply = await ledger.open(input, signal).catch((error: Error) => {
    if (error.name !== 'TimeoutError') throw error;
  });
  if (!reply?.ok) return;
  if (pick(2)) await Bun.sleep(pick(15));
  if (pick(3) === 0) ledger.progress(input.call.id, pick(1_000));
  const status = pick(5) === 0 ? 'cancelled' : 'success';
  const cost = pick(isCapped ? 2 * (reply.heldNanos + 1) : 50);
  const ends = Array.from({ length: 1 + pick(2) }, () => ledger.settle(settle(input.call.id, cost, { status })));
  const settled = (await Promise.all(ends)).filter((end) => end.settled);
  expect(settled).toHaveLength(1);
}

function someAccounts(pick: Random): AccountRef[] {
  const chosen = CAPS.filter(() => pick(2) === 0);
  return (chosen.length > 0 ? chosen : [CAPS[0]!]).map(([partyKind, id, cap]) => account(id, cap, { partyKind }));
}

/** Looks at every account again and again while calls run. @returns how often it looked. */
function watchCaps({ raw }: LedgerHandle): () => Promise<number> {
  let isOver = false;
  const watching = (async () => {
    let looks = 0;
    while (!isOver) {
      const { rows } = await sql`
        select id from accounts where settled_nanos + held_nanos > cap_nanos`.execute(raw);
      expect(rows).toEqual([]);
      looks += 1;
      await Bun.sleep(1);
    }
    return looks;
  })();
  return () => {
    isOver = true;
    return watching;
  };
}

function random(seed: number): Random {
  const next = seededRandom(seed);
  return (below) => Math.floor(next() * Math.max(1, below));
}
