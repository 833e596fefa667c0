// What an administrator lets one user, or everybody on a plan, use: columns the accounts and limits already read.
import type { Kysely } from 'kysely';

import type { QuotaUpdate } from '@hallpass/shared/llm-v1.ts';
import { dollarsToNanos, nanosToDollars } from '@hallpass/shared/money.ts';

import { recordAudit } from '../audit/audit.ts';
import type { AppContext } from '../context.ts';
import type { Schema } from '../db/schema.ts';
import type { PermissionColumns } from '../db/tables/columns.ts';
import { AppError } from '../lib/app-error.ts';
import { formatDuration, parseDuration } from '../lib/durations.ts';
import type { ChangedBy } from '../passes/pass-settings.ts';
import { GUEST_PLAN_ID, settingsRpm } from './built-in.ts';

export type QuotaOwner = 'users' | 'plans';

/** @throws AppError not_found. */
export async function quotaOf(ctx: AppContext, owner: QuotaOwner, id: string) {
  const row = await find(ctx.db, owner, id);
  if (!row) throw new AppError('not_found');
  return {
    id,
    name: row.name,
    budget: row.budgetNanos === null ? null : nanosToDollars(row.budgetNanos),
    budget_period: row.budgetPeriod,
    rpm_limit: settingsRpm(id, ctx.settings.current()) ?? row.rpmLimit,
    tpm_limit: row.tpmLimit,
    max_parallel: row.maxParallel,
    content_policy: row.contentPolicy,
  };
}

/** In force for the next call. @throws AppError not_found, invalid_parameter. */
export async function setQuota(
  ctx: AppContext,
  { owner, id, update, by }: { owner: QuotaOwner; id: string; update: QuotaUpdate; by: ChangedBy },
): Promise<void> {
  const columns = { ...columnsOf(ctx, id, update), updatedAt: ctx.clock.now() };
  await ctx.db.transaction().execute(async (db) => {
    await ctx.bumpChanges(db);
    const changed = await db
      .updateTable(owner as 'plans')
      .set(columns)
      .where('id', '=', id)
      .returning('id')
      .execute();
    if (changed.length === 0) throw new AppError('not_found');
    const target = { kind: owner === 'users' ? 'user' : 'plan', id };
    await recordAudit(ctx, { ...by, action: 'quota.update', target, detail: { ...update } }, db);
  });
  ctx.events.emit(owner === 'users' ? { type: 'user.changed', userId: id } : { type: 'plan.changed', planId: id });
}

function columnsOf(ctx: AppContext, id: string, update: QuotaUpdate): Partial<PermissionColumns> {
  if (update.rpm_limit !== undefined && settingsRpm(id, ctx.settings.current()) !== undefined)
    throw wrong('rpm_limit', 'of this plan is a system setting: guest_rpm or user_rpm');
  if (id === GUEST_PLAN_ID && update.content_policy && update.content_policy !== 'none')
    throw wrong('content_policy', 'what guests say is never kept');
  const columns = {
    budgetNanos: update.budget == null ? update.budget : dollarsToNanos(update.budget),
    budgetPeriod: update.budget_period == null ? update.budget_period : periodOf(update.budget_period),
    rpmLimit: update.rpm_limit,
    tpmLimit: update.tpm_limit,
    maxParallel: update.max_parallel,
    contentPolicy: update.content_policy,
  };
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
}

function periodOf(text: string): string {
  const duration = parseDuration(text);
  if (!duration) throw wrong('budget_period', 'a duration such as 1d, 1w or 1mo is expected');
  return formatDuration(duration);
}

async function find(db: Kysely<Schema>, owner: QuotaOwner, id: string) {
  if (owner === 'plans') return db.selectFrom('plans').selectAll().where('id', '=', id).executeTakeFirst();
  const user = await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
  return user && { ...user, name: user.username ?? user.email ?? user.id };
}

function wrong(param: string, detail: string): AppError {
  return new AppError('invalid_parameter', { param, params: { param, detail } });
}
