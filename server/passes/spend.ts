// What passes have spent in their current period, from their accounts.
import type { AppContext } from '../context.ts';
import type { PassRow } from './store.ts';

export interface PassSpend {
  spentNanos: number;
  /** When the period ends; null where the pass has none. */
  resetsAt: number | null;
}

const NOTHING: PassSpend = { spentNanos: 0, resetsAt: null };

/** By the pass's id; a pass that was never used has spent nothing. */
export async function spendOf(ctx: AppContext, passes: readonly PassRow[]): Promise<(pass: PassRow) => PassSpend> {
  if (passes.length === 0) return () => NOTHING;
  const now = ctx.clock.now();
  const accounts = await ctx.db
    .selectFrom('accounts')
    .select(['partyId', 'periodStart', 'periodEnd', 'settledNanos'])
    .where('partyKind', '=', 'pass')
    .where(
      'partyId',
      'in',
      passes.map(({ id }) => id),
    )
    .where('periodStart', '<=', now)
    .where((eb) => eb.or([eb('periodEnd', 'is', null), eb('periodEnd', '>', now)]))
    .execute();
  return (pass) => {
    const current = accounts.find(
      ({ partyId, periodEnd }) => partyId === pass.id && (periodEnd === null) === (pass.budgetPeriod === null),
    );
    return current ? { spentNanos: current.settledNanos, resetsAt: current.periodEnd } : NOTHING;
  };
}
