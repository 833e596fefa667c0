// Refuses an open that could not be written, before anything is touched: one bad call must not take
// the others of its group along.
import type { AccountRef, HoldBound, OpenOp } from './ledger.ts';

const ACCOUNTS_MAX = 16;
export const WAIT_MAX_MS = 60_000;
const ANSWERS_MAX = 1_000;

/** What is wrong with it, or undefined. */
export function openProblem({ call, accounts, bound, waitMs }: OpenOp): string | undefined {
  if (!call.id || !call.requestId) return 'a call needs an id and a request id';
  if (!isWhole(call.openedAt) || !isWhole(call.promptEstimate)) return 'a call has times and estimates ≥ 0';
  if (!(waitMs >= 0 && waitMs <= WAIT_MAX_MS)) return `a call waits between 0 and ${WAIT_MAX_MS} ms`;
  if (accounts.length > ACCOUNTS_MAX) return `a call has at most ${ACCOUNTS_MAX} accounts`;
  for (const [index, account] of accounts.entries()) {
    const problem = accountProblem(account);
    if (problem) return problem;
    for (let other = 0; other < index; other += 1)
      if (isSameAccount(account, accounts[other]!)) return 'an account is listed twice';
  }
  return bound ? boundProblem(bound) : undefined;
}

/** One account's identity in memory. */
export function accountKey({ partyKind, partyId, periodStart }: AccountRef): string {
  return `${partyKind}|${periodStart}|${partyId}`;
}

function isSameAccount(a: AccountRef, b: AccountRef): boolean {
  return a.partyId === b.partyId && a.partyKind === b.partyKind && a.periodStart === b.periodStart;
}

function accountProblem(ref: AccountRef): string | undefined {
  if (!ref.partyId) return 'an account needs a party';
  if (!Number.isSafeInteger(ref.periodStart)) return 'a period starts at a whole millisecond';
  if (ref.periodEnd !== null && !Number.isSafeInteger(ref.periodEnd)) return 'a period ends at a whole millisecond';
  if (ref.capNanos !== null && !isWhole(ref.capNanos)) return 'a cap is a whole number of nanos';
  return undefined;
}

function boundProblem(bound: HoldBound): string | undefined {
  if (bound.fixedMicros < 0n || !isWhole(bound.outputNanos)) return 'prices are whole numbers ≥ 0';
  if (!isWhole(bound.wantedOutputTokens) || !isWhole(bound.minOutputTokens)) return 'tokens are whole numbers ≥ 0';
  if (!isWhole(bound.answers) || bound.answers < 1 || bound.answers > ANSWERS_MAX)
    return `a call asks for 1 to ${ANSWERS_MAX} answers`;
  return undefined;
}

function isWhole(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
