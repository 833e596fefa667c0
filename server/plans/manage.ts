// Makes, changes and deletes plans. A change is in force for the next call of every pass on the plan.
import type { PlanInput, PlanUpdate, PlanView } from '@hallpass/shared/plans.ts';

import { recordAudit } from '../audit/audit.ts';
import type { AppContext } from '../context.ts';
import { DatabaseError, isUniqueViolation } from '../db/database-error.ts';
import { NO_PERMISSIONS } from '../db/tables/columns.ts';
import { AppError } from '../lib/app-error.ts';
import type { ChangedBy } from '../passes/pass-settings.ts';
import { checkBuiltIn, planColumns, planViewOf } from './plan-columns.ts';
import { countPassesByPlan, deletePlan, findPlan, insertPlan, listPlans, type PlanRow, updatePlan } from './store.ts';

export async function allPlans(ctx: AppContext): Promise<PlanView[]> {
  const [plans, counts] = [await listPlans(ctx.db), await countPassesByPlan(ctx.db)];
  return plans.map((row) => planViewOf(row, counts.get(row.id) ?? 0, ctx.settings.current()));
}

/** @throws AppError already_exists, invalid_parameter. */
export async function createPlan(ctx: AppContext, body: PlanInput, by: ChangedBy): Promise<PlanView> {
  const now = ctx.clock.now();
  const row: PlanRow = {
    ...NO_PERMISSIONS,
    id: ctx.ids.next('plan'),
    name: body.name,
    description: null,
    builtIn: 0,
    poolBudgetNanos: null,
    poolBudgetPeriod: null,
    durationMs: null,
    createdAt: now,
    updatedAt: now,
    ...planColumns(body),
  };
  await write(ctx, row.id, body, async (db) => {
    await insertPlan(db, row);
    await recordAudit(ctx, { ...by, action: 'plan.create', target: { kind: 'plan', id: row.id }, detail: body }, db);
  });
  return planViewOf(row, 0, ctx.settings.current());
}

/** @throws AppError not_found, already_exists, invalid_parameter. */
export async function changePlan(ctx: AppContext, id: string, body: PlanUpdate, by: ChangedBy): Promise<PlanView> {
  const columns = { ...planColumns(body), updatedAt: ctx.clock.now() };
  await write(ctx, id, body, async (db) => {
    const before = await findPlan(db, id);
    if (!before) throw new AppError('not_found');
    checkBuiltIn(before, body);
    await updatePlan(db, id, columns);
    await recordAudit(ctx, { ...by, action: 'plan.update', target: { kind: 'plan', id }, detail: body }, db);
  });
  return (await allPlans(ctx)).find((plan) => plan.id === id)!;
}

/** @throws AppError not_found, plan_in_use, invalid_parameter for a built-in one. */
export async function removePlan(ctx: AppContext, id: string, by: ChangedBy): Promise<void> {
  await write(ctx, id, {}, async (db) => {
    const plan = await findPlan(db, id);
    if (!plan) throw new AppError('not_found');
    if (plan.builtIn === 1)
      throw new AppError('invalid_parameter', {
        param: 'id',
        params: { param: 'id', detail: 'this plan is built in' },
      });
    await deletePlan(db, id);
    const detail = { name: plan.name };
    await recordAudit(ctx, { ...by, action: 'plan.delete', target: { kind: 'plan', id }, detail }, db);
  });
}

async function write(
  ctx: AppContext,
  planId: string,
  { name }: { name?: string | undefined },
  work: (db: AppContext['db']) => Promise<void>,
): Promise<void> {
  try {
    await ctx.db.transaction().execute(async (db) => {
      await ctx.bumpChanges(db);
      await work(db);
    });
  } catch (error) {
    if (isUniqueViolation(error))
      throw new AppError('already_exists', { param: 'name', params: { what: name ?? '' }, cause: error });
    if (error instanceof DatabaseError && error.problem === 'foreign_key')
      throw new AppError('plan_in_use', { cause: error });
    throw error;
  }
  ctx.events.emit({ type: 'plan.changed', planId });
}
