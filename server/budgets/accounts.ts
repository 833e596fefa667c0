// Which accounts a call is charged to: one for each party and budget, in the period that runs now.
import type { AccountRef } from '../ledger/ledger.ts';
import { periodOf } from '../lib/periods.ts';
import type { Budget, PermissionLevel, Principal } from '../plans/levels.ts';

type Payer = Pick<Principal, 'levels' | 'timeZone'>;

/** Accounts stay the same until the first of their periods ends; principals are shared between calls. */
const remembered = new WeakMap<Payer, { from: number; until: number; accounts: readonly AccountRef[] }>();

/**
 * Most specific first. A pass, seat, classroom or user has an account even without a budget, so that its spend is
 * known; so has the system, so that a cap set later counts what was spent before. A plan's budget is meant for
 * each pass, user or guest on it; its pool is shared by all of them.
 * @param now epoch ms.
 */
export function accountsOf(payer: Payer, now: number): readonly AccountRef[] {
  const known = remembered.get(payer);
  if (known && known.from <= now && now < known.until) return known.accounts;
  const accounts = Object.freeze(listAccounts(payer, now));
  const from = Math.max(0, ...accounts.map(({ periodStart }) => periodStart));
  const until = Math.min(...accounts.map(({ periodEnd }) => periodEnd ?? Infinity));
  remembered.set(payer, { from, until, accounts });
  return accounts;
}

/** Whether any budget is in scope, so that a call has to be bounded and priced. */
export function isCapped(levels: readonly PermissionLevel[]): boolean {
  return levels.some(({ budgetNanos, pool }) => budgetNanos !== null || Boolean(pool));
}

function listAccounts({ levels, timeZone }: Payer, now: number): AccountRef[] {
  const person = levels.find(({ kind }) => kind === 'pass' || kind === 'user' || kind === 'guest');
  const plan = levels.find(({ kind }) => kind === 'plan');
  const shared = plan && person ? sharedBudget(person, plan) : undefined;
  return levels.flatMap((level) => {
    const charge = (party: Pick<AccountRef, 'partyKind' | 'partyId'>, budget: Budget) =>
      accountRef({ ...party, partyName: level.name }, budget, { timeZone, now, anchorAt: level.budgetAnchorAt });
    if (level === plan) {
      const each = person && !shared && plan.budgetNanos !== null && `${person.kind}:${person.id}@${plan.id}`;
      return [
        ...(each ? [charge({ partyKind: 'plan', partyId: each }, plan)] : []),
        ...(plan.pool ? [charge({ partyKind: 'plan', partyId: plan.id }, plan.pool)] : []),
      ];
    }
    const budget = (level === person && shared) || level;
    // A guest is an address: without a cap there is nothing to know about it that calls do not tell.
    if (level.kind === 'guest' && budget.budgetNanos === null) return [];
    return [charge({ partyKind: level.kind, partyId: level.id }, budget)];
  });
}

/**
 * What a person's own account is capped with, when the plan's budget fits into it: it has none of its own, or one
 * with the same period, of which the smaller counts. Otherwise both have an account.
 */
function sharedBudget(person: PermissionLevel, plan: PermissionLevel): Budget | undefined {
  if (plan.budgetNanos === null || person.budgetNanos === null) return plan.budgetNanos === null ? person : plan;
  if (plan.budgetPeriod !== person.budgetPeriod) return undefined;
  return { budgetNanos: Math.min(plan.budgetNanos, person.budgetNanos), budgetPeriod: plan.budgetPeriod };
}

function accountRef(
  party: Pick<AccountRef, 'partyKind' | 'partyId' | 'partyName'>,
  { budgetNanos, budgetPeriod }: Budget,
  { timeZone, now, anchorAt }: { timeZone: string; now: number; anchorAt: number },
): AccountRef {
  const period = budgetPeriod === null ? undefined : periodOf(budgetPeriod, anchorAt, timeZone, now);
  return { ...party, periodStart: period?.start ?? 0, periodEnd: period?.end ?? null, timeZone, capNanos: budgetNanos };
}

/** Their own accounts, and others' only where they may stop them; what the whole system spends is not theirs to know. */
export function ownAccounts(principal: Principal, at: number): AccountRef[] {
  return accountsOf(principal, at).filter(({ partyKind, partyId, capNanos }) => {
    if (partyKind === 'system') return principal.kind === 'adminKey';
    return (
      capNanos !== null || partyKind === 'pass' || partyKind === 'user' || partyKind === 'seat' || partyId.includes('@')
    );
  });
}
