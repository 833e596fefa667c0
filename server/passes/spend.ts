// What passes have spent in the period that runs now, from their accounts.
import { accountsOf } from '../budgets/accounts.ts';
import { findBalances } from '../budgets/store.ts';
import type { AppContext } from '../context.ts';
import type { AccountRef } from '../ledger/ledger.ts';
import { passPrincipal } from './principals.ts';
import { type PassRow, withParts } from './store.ts';

export interface PassSpend {
  spentNanos: number;
  /** When the period ends, epoch ms; null where the pass has none. */
  resetsAt: number | null;
  /** What it may spend in the period, its own or its plan's; null = no budget of its own. */
  capNanos: number | null;
}

/** By the pass; one that was not used in its period has spent nothing. */
export async function spendOf(ctx: AppContext, passes: readonly PassRow[]): Promise<(pass: PassRow) => PassSpend> {
  const now = ctx.clock.now();
  const installation = { settings: ctx.settings.current(), timeZone: ctx.config.TIME_ZONE };
  const accounts = new Map<string, AccountRef>();
  for (const parts of await withParts(ctx.db, passes)) {
    const [own] = accountsOf(passPrincipal(parts, installation), now);
    if (own) accounts.set(parts.pass.id, own);
  }
  const balanceOf = await findBalances(ctx.db, [...accounts.values()]);
  return ({ id }) => {
    const account = accounts.get(id);
    return account
      ? { spentNanos: balanceOf(account).spentNanos, resetsAt: account.periodEnd, capNanos: account.capNanos }
      : { spentNanos: 0, resetsAt: null, capNanos: null };
  };
}
