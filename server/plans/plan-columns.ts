// Between a plan as the API tells it and its row.
import type { PlanUpdate, PlanView } from '@hallpass/shared/plans.ts';

import type { SystemSettings } from '../settings/settings.ts';
import { GUEST_PLAN_ID, settingsRpm } from './built-in.ts';
import { named, permissionColumns, permissionViewOf, wrongParam } from './permission-columns.ts';
import type { PlanRow } from './store.ts';

const DAY_MS = 86_400_000;

/** The columns that a body names, and no others. @throws AppError invalid_parameter. */
export function planColumns(body: PlanUpdate): Partial<PlanRow> {
  return named({
    name: body.name,
    description: body.description === '' ? null : body.description,
    ...permissionColumns(body),
    durationMs: body.pass_days == null ? body.pass_days : body.pass_days * DAY_MS,
  });
}

/** What a built-in plan does not let be changed. @throws AppError invalid_parameter. */
export function checkBuiltIn({ id, builtIn }: PlanRow, body: PlanUpdate): void {
  if (builtIn !== 1) return;
  if (body.name !== undefined) throw wrongParam('name', 'a built-in plan keeps its name');
  if (body.rpm_limit !== undefined)
    throw wrongParam('rpm_limit', 'of this plan is a system setting: guest_rpm or user_rpm');
  if (id === GUEST_PLAN_ID && body.content_policy && body.content_policy !== 'none')
    throw wrongParam('content_policy', 'what guests say is never kept');
}

/** @param passes how many point to it. */
export function planViewOf(row: PlanRow, passes: number, settings: Readonly<SystemSettings>): PlanView {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    ...permissionViewOf(row),
    rpm_limit: settingsRpm(row.id, settings) ?? row.rpmLimit,
    pass_days: row.durationMs === null ? null : Math.round(row.durationMs / DAY_MS),
    built_in: row.builtIn === 1,
    passes,
    created_at: new Date(row.createdAt).toISOString(),
    updated_at: new Date(row.updatedAt).toISOString(),
  };
}
