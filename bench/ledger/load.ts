// Opens and settles calls on a ledger, from many callers at once, for a bounded time.
import { account, bound, open, settle } from '../../server/ledger/ledger.fixtures.ts';
import type { AccountRef, Ledger } from '../../server/ledger/ledger.ts';

/** `hot`: every call is on one class account and its own pass; `spread`: every caller has its own of both. */
export type Accounts = 'hot' | 'spread';

export interface LoadResult {
  calls: number;
  seconds: number;
  /** Open and settle together, in milliseconds. */
  p50Ms: number;
  p99Ms: number;
}

const CAP = 1_000_000_000_000;

export async function runLoad(
  ledger: Ledger,
  { accounts, callers, seconds }: { accounts: Accounts; callers: number; seconds: number },
): Promise<LoadResult> {
  const tookMs: number[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1_000;
  const work = Array.from({ length: callers }, async (_, caller) => {
    const refs = accountsOf(accounts, caller);
    while (performance.now() < endsAt) {
      const sentAt = performance.now();
      await oneCall(ledger, refs);
      tookMs.push(performance.now() - sentAt);
    }
  });
  await Promise.all(work);
  const elapsed = (performance.now() - startedAt) / 1_000;
  tookMs.sort((a, b) => a - b);
  const at = (share: number) => tookMs[Math.floor((tookMs.length - 1) * share)] ?? 0;
  return { calls: tookMs.length, seconds: elapsed, p50Ms: at(0.5), p99Ms: at(0.99) };
}

async function oneCall(ledger: Ledger, refs: AccountRef[]): Promise<void> {
  const input = open(refs, bound(10));
  const reply = await ledger.open(input);
  if (!reply.ok) throw new Error(`refused by ${reply.refusal.account.partyId}`);
  await ledger.settle(settle(input.call.id, 3));
}

function accountsOf(accounts: Accounts, caller: number): AccountRef[] {
  const classroom = accounts === 'hot' ? 'hot' : `class${caller}`;
  return [account(`pass${caller}`, CAP), account(classroom, CAP, { partyKind: 'classroom' })];
}
