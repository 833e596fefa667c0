// What passes have spent in the period that runs now, from their accounts.
import { accountsOf } from '../budgets/accounts.ts';
import type { AppContext } from '../context.ts';
import { passPrincipal } from './principals.ts';
import { type PassRow, withParts } from './store.ts';

export interface PassSpend {
  spentNanos: number;
  /** When the period ends, epoch ms; null where the pass has none. */
  resetsAt: number | null;
}

/** By the pass; one that was not used in its period has spent nothing. */
export async function spendOf(ctx: AppContext, passes: readonly PassRow[]): Promise<(pass: PassRow) => PassSpend> {
  const now = ctx.clock.now();
  const installation = { settings: ctx.settings.current(), timeZone: ctx.config.TIME_ZONE };
  const periods = new Map<string, { periodStart: number; periodEnd: number | null }>();
  for (const parts of await withParts(ctx.db, passes))
    periods.set(parts.pass.id, accountsOf(passPrincipal(parts, installation), now)[0]!);
  const starts = new Set([...periods.values()].map(({ periodStart }) => periodStart));
  const accounts = await listAccounts(ctx, [...periods.keys()], [...starts]);
  return ({ id }) => {
    const { periodStart = 0, periodEnd = null } = periods.get(id) ?? {};
    const account = accounts.find((row) => row.partyId === id && row.periodStart === periodStart);
    return { spentNanos: account?.settledNanos ?? 0, resetsAt: periodEnd };
  };
}

async function listAccounts({ db }: AppContext, passIds: string[], starts: number[]) {
  if (passIds.length === 0) return [];
  return db
    .selectFrom('accounts')
    .select(['partyId', 'periodStart', 'settledNanos'])
    .where('partyKind', '=', 'pass')
    .where('partyId', 'in', passIds)
    .where('periodStart', 'in', starts)
    .execute();
}
