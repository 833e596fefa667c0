// Which accounts a call is charged to: one for each of its parties, in the period that runs now. Pure.
import type { AccountRef } from '../ledger/ledger.ts';
import { periodOf } from '../lib/periods.ts';
import type { PermissionLevel, Principal } from '../plans/levels.ts';

/**
 * Parties have an account even without a budget, so that their spend is known. A plan's budget holds for each pass,
 * user or guest on it, so it is an account of its own for that party and plan.
 * @param now epoch ms.
 */
export function accountsOf(principal: Principal, now: number): AccountRef[] {
  const party = principal.levels[0]!;
  const accounts: AccountRef[] = [];
  for (const level of principal.levels) {
    if (level.kind === 'plan' && level.budgetNanos === null) continue;
    accounts.push(accountOf(level, party, principal.timeZone, now));
  }
  return accounts;
}

function accountOf(level: PermissionLevel, party: PermissionLevel, timeZone: string, now: number): AccountRef {
  const { budgetNanos, budgetPeriod } = level;
  const period = budgetPeriod === null ? undefined : periodOf(budgetPeriod, level.budgetAnchorAt, timeZone, now);
  return {
    partyKind: level.kind,
    partyId: level.kind === 'plan' ? `${party.kind}:${party.id}@${level.id}` : level.id,
    partyName: level.name,
    periodStart: period?.start ?? 0,
    periodEnd: period?.end ?? null,
    timeZone,
    capNanos: budgetNanos,
  };
}
