// Between a plan as the API tells it and its row.
import { dollarsToNanos, nanosToDollars } from '@hallpass/shared/money.ts';
import type { PlanUpdate, PlanView } from '@hallpass/shared/plans.ts';

import { AppError } from '../lib/app-error.ts';
import { formatDuration, parseDuration } from '../lib/durations.ts';
import type { SystemSettings } from '../settings/settings.ts';
import { GUEST_PLAN_ID, settingsRpm } from './built-in.ts';
import type { PlanRow } from './store.ts';

const DAY_MS = 86_400_000;

/** The columns that a body names, and no others. @throws AppError invalid_parameter. */
export function planColumns(body: PlanUpdate): Partial<PlanRow> {
  const json = (value: unknown) => (value == null ? (value as null | undefined) : JSON.stringify(value));
  const columns = {
    name: body.name,
    description: body.description === '' ? null : body.description,
    models: json(body.models),
    accessSchedule: json(body.access_schedule),
    contentPolicy: body.content_policy,
    maxOutputTokens: body.max_output_tokens,
    budgetNanos: body.budget == null ? body.budget : dollarsToNanos(body.budget),
    budgetPeriod: body.budget_period == null ? body.budget_period : periodOf(body.budget_period),
    rpmLimit: body.rpm_limit,
    tpmLimit: body.tpm_limit,
    maxParallel: body.max_parallel,
    durationMs: body.pass_days == null ? body.pass_days : body.pass_days * DAY_MS,
  };
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
}

function periodOf(text: string): string {
  const duration = parseDuration(text);
  if (!duration) throw wrong('budget_period', 'a duration such as 1d, 1w or 1mo is expected');
  return formatDuration(duration);
}

/** What a built-in plan does not let be changed. @throws AppError invalid_parameter. */
export function checkBuiltIn({ id, builtIn }: PlanRow, body: PlanUpdate): void {
  if (builtIn !== 1) return;
  if (body.name !== undefined) throw wrong('name', 'a built-in plan keeps its name');
  if (body.rpm_limit !== undefined) throw wrong('rpm_limit', 'of this plan is a system setting: guest_rpm or user_rpm');
  if (id === GUEST_PLAN_ID && body.content_policy && body.content_policy !== 'none')
    throw wrong('content_policy', 'what guests say is never kept');
}

/** @param passes how many point to it. */
export function planViewOf(row: PlanRow, passes: number, settings: Readonly<SystemSettings>): PlanView {
  const parsed = (text: string | null) => (text === null ? null : (JSON.parse(text) as never));
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    models: parsed(row.models),
    access_schedule: parsed(row.accessSchedule),
    content_policy: row.contentPolicy,
    max_output_tokens: row.maxOutputTokens,
    budget: row.budgetNanos === null ? null : nanosToDollars(row.budgetNanos),
    budget_period: row.budgetPeriod,
    rpm_limit: settingsRpm(row.id, settings) ?? row.rpmLimit,
    tpm_limit: row.tpmLimit,
    max_parallel: row.maxParallel,
    pass_days: row.durationMs === null ? null : Math.round(row.durationMs / DAY_MS),
    built_in: row.builtIn === 1,
    passes,
    created_at: new Date(row.createdAt).toISOString(),
    updated_at: new Date(row.updatedAt).toISOString(),
  };
}

function wrong(param: string, detail: string): AppError {
  return new AppError('invalid_parameter', { param, params: { param, detail } });
}
