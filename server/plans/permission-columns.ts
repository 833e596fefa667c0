// Between what a level sets as the API tells it and its columns.
import { dollarsToNanos, nanosToDollars } from '@hallpass/shared/money.ts';
import { type permissionFields, permissionView } from '@hallpass/shared/permissions.ts';
import { z } from 'zod';

import type { PermissionColumns } from '../db/tables/columns.ts';
import { AppError } from '../lib/app-error.ts';
import { formatDuration, parseDuration } from '../lib/durations.ts';

type Body = Partial<{ [F in keyof typeof permissionFields]: z.infer<(typeof permissionFields)[F]> | undefined }>;
const view = z.object(permissionView);

/** The columns that a body names, and no others. @throws AppError invalid_parameter. */
export function permissionColumns(body: Body): Partial<PermissionColumns> {
  return named({
    models: jsonOf(body.models),
    accessSchedule: jsonOf(body.access_schedule),
    contentPolicy: body.content_policy,
    maxOutputTokens: body.max_output_tokens,
    budgetNanos: body.budget == null ? body.budget : dollarsToNanos(body.budget),
    budgetPeriod: body.budget_period == null ? body.budget_period : periodOf(body.budget_period),
    rpmLimit: body.rpm_limit,
    tpmLimit: body.tpm_limit,
    maxParallel: body.max_parallel,
  });
}

export function permissionViewOf(row: PermissionColumns): z.infer<typeof view> {
  const parsed = (text: string | null) => (text === null ? null : (JSON.parse(text) as never));
  return {
    models: parsed(row.models),
    access_schedule: parsed(row.accessSchedule),
    content_policy: row.contentPolicy,
    max_output_tokens: row.maxOutputTokens,
    budget: row.budgetNanos === null ? null : nanosToDollars(row.budgetNanos),
    budget_period: row.budgetPeriod,
    rpm_limit: row.rpmLimit,
    tpm_limit: row.tpmLimit,
    max_parallel: row.maxParallel,
  };
}

/** Without the columns that nothing was said about. */
export function named<T extends object>(columns: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined)) as never;
}

export function wrongParam(param: string, detail: string): AppError {
  return new AppError('invalid_parameter', { param, params: { param, detail } });
}

function jsonOf(value: unknown): string | null | undefined {
  return value == null ? (value as null | undefined) : JSON.stringify(value);
}

function periodOf(text: string): string {
  const duration = parseDuration(text);
  if (!duration) throw wrongParam('budget_period', 'a duration such as 1d, 1w or 1mo is expected');
  return formatDuration(duration);
}
