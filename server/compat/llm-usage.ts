// What a caller has used, has left, and when it starts anew: requirement 003's usage, from the ledger's rows and accounts.
import { type Kysely, sql } from 'kysely';
import type { z } from 'zod';

import type { llmUsageSchema } from '@hallpass/shared/llm-v1.ts';
import { nanosToDollars } from '@hallpass/shared/money.ts';

import { ownAccounts } from '../budgets/accounts.ts';
import { type AccountBalance, findBalances } from '../budgets/store.ts';
import type { AppContext } from '../context.ts';
import type { Schema } from '../db/schema.ts';
import type { AccountRef } from '../ledger/ledger.ts';
import type { Principal } from '../plans/levels.ts';
import { limitScopes } from '../plans/rules.ts';

type Usage = z.infer<typeof llmUsageSchema>;

interface ModelSums {
  model: string;
  calls: number;
  promptTokens: number;
  completionTokens: number;
  costNanos: number;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** @param days back from now. The admin key sees everybody's. */
export async function usageOf(ctx: AppContext, principal: Principal, days: number): Promise<Usage> {
  const now = ctx.clock.now();
  const models = await sumsByModel(ctx.db, principal, now - days * DAY_MS);
  const accounts = ownAccounts(principal, now);
  const balanceOf = await findBalances(ctx.db, accounts);
  return {
    user_id: principal.userId,
    days,
    ...wire(models.reduce(add, { calls: 0, promptTokens: 0, completionTokens: 0, costNanos: 0 })),
    models: models.map(({ model, ...sums }) => ({ model, ...wire(sums) })),
    budgets: accounts.map((account) => budget(account, balanceOf(account))),
    rates: limitScopes(principal).map((scope) => ({
      scope: scope.name,
      rpm_limit: scope.rpm,
      tpm_limit: scope.tpm,
      max_parallel: scope.maxParallel,
    })),
  };
}

function budget(account: AccountRef, { spentNanos, heldNanos }: AccountBalance): Usage['budgets'][number] {
  const { partyKind, partyName, capNanos, periodEnd } = account;
  return {
    scope: partyKind,
    name: partyName,
    limit: capNanos === null ? null : nanosToDollars(capNanos),
    used: nanosToDollars(spentNanos),
    held: nanosToDollars(heldNanos),
    remaining: capNanos === null ? null : nanosToDollars(Math.max(0, capNanos - spentNanos - heldNanos)),
    resets_at: periodEnd === null ? null : new Date(periodEnd).toISOString(),
  };
}

/** A caller's own by the calls' index; everybody's from the roll-ups. */
async function sumsByModel(db: Kysely<Schema>, principal: Principal, since: number): Promise<ModelSums[]> {
  if (principal.kind === 'adminKey') {
    return db
      .selectFrom('usageRollups')
      .select('dimensionId as model')
      .select(({ fn }) => [
        fn.sum<number>('calls').as('calls'),
        fn.sum<number>('promptTokens').as('promptTokens'),
        fn.sum<number>('completionTokens').as('completionTokens'),
        fn.sum<number>('costNanos').as('costNanos'),
      ])
      .where('dimension', '=', 'model')
      .where('hour', '>=', Math.floor(since / HOUR_MS))
      .groupBy('dimensionId')
      .orderBy('dimensionId')
      .execute();
  }
  const [column, id] =
    principal.kind === 'pass' ? (['passId', principal.passId] as const) : (['userId', principal.userId] as const);
  if (id === null) return [];
  return db
    .selectFrom('calls')
    .select('model')
    .select(({ fn }) => [
      sql<number>`count(*)`.as('calls'),
      fn.sum<number>('promptTokens').as('promptTokens'),
      fn.sum<number>('completionTokens').as('completionTokens'),
      fn.sum<number>('costNanos').as('costNanos'),
    ])
    .where(column, '=', id)
    .where('openedAt', '>=', since)
    .where('state', '<>', 'open')
    .groupBy('model')
    .orderBy('model')
    .execute();
}

type Sums = Omit<ModelSums, 'model'>;

function add(sum: Sums, one: Sums): Sums {
  return {
    calls: sum.calls + one.calls,
    promptTokens: sum.promptTokens + one.promptTokens,
    completionTokens: sum.completionTokens + one.completionTokens,
    costNanos: sum.costNanos + one.costNanos,
  };
}

function wire({ calls, promptTokens, completionTokens, costNanos }: Sums) {
  return {
    calls,
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    cost: nanosToDollars(costNanos),
  };
}
