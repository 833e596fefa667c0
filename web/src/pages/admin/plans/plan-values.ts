// Between a plan and its form: what the fields hold, what is wrong with them, what is sent.
import { DAYS } from '@hallpass/shared/timetable.ts';

import type { PlanInput, PlanView } from '@/api/plans.ts';
import type { FieldErrors } from '@/composables/use-form.ts';
import { t } from '@/i18n/texts.ts';

export type Day = (typeof DAYS)[number];

export interface WindowValues {
  days: Day[];
  start: string;
  end: string;
}

/** Numbers as they are typed; empty = not set. */
export interface PlanValues {
  name: string;
  description: string;
  budget: string;
  period: string;
  rpm: string;
  tpm: string;
  parallel: string;
  maxOutput: string;
  passDays: string;
  models: string;
  contentPolicy: '' | 'none' | 'on_request' | 'full';
  timeZone: string;
  windows: WindowValues[];
}

export const WINDOWS_MAX = 20;

const text = (value: number | null) => (value === null ? '' : String(value));

export function toPlanValues(plan: PlanView | undefined): PlanValues {
  const zone = plan?.access_schedule?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return {
    name: plan?.name ?? '',
    description: plan?.description ?? '',
    budget: text(plan?.budget ?? null),
    period: plan?.budget_period ?? '',
    rpm: text(plan?.rpm_limit ?? null),
    tpm: text(plan?.tpm_limit ?? null),
    parallel: text(plan?.max_parallel ?? null),
    maxOutput: text(plan?.max_output_tokens ?? null),
    passDays: text(plan?.pass_days ?? null),
    models: plan?.models?.join(', ') ?? '',
    contentPolicy: (plan?.content_policy ?? '') as PlanValues['contentPolicy'],
    timeZone: zone,
    windows: plan?.access_schedule?.windows.map(({ days, start, end }) => ({ days: [...days], start, end })) ?? [],
  };
}

const isCount = (value: string) => /^\d{0,9}$/.test(value.trim());
const isPositive = (value: string) => /^(?:[1-9]\d{0,8})?$/.test(value.trim());

export function checkPlan(values: PlanValues): FieldErrors<PlanValues> {
  const days = Number(values.passDays.trim() || 1);
  return {
    name: values.name.trim() ? undefined : t('plans.needName'),
    budget: /^\d{0,7}(?:[.,]\d{1,9})?$/.test(values.budget.trim()) ? undefined : t('passes.needBudget'),
    rpm: isCount(values.rpm) ? undefined : t('plans.needCount'),
    tpm: isCount(values.tpm) ? undefined : t('plans.needCount'),
    parallel: isCount(values.parallel) ? undefined : t('plans.needCount'),
    maxOutput: isPositive(values.maxOutput) ? undefined : t('channels.needRpm'),
    passDays: isPositive(values.passDays) && days <= 3_650 ? undefined : t('plans.needDays'),
    windows: values.windows.every(({ days: on, start, end }) => on.length > 0 && start && end && start !== end)
      ? undefined
      : t('plans.needWindow'),
  };
}

const numberOf = (value: string) => (value.trim() === '' ? null : Number(value.trim().replace(',', '.')));

/** @param builtIn such a plan keeps its name and its requests a minute. */
export function toPlanBody(values: PlanValues, builtIn: boolean): Partial<PlanInput> {
  const models = values.models.split(/[\s,，、]+/).filter(Boolean);
  const windows = values.windows.map(({ days, start, end }) => ({
    days: DAYS.filter((day) => days.includes(day)),
    start,
    end,
  }));
  return {
    ...(builtIn ? {} : { name: values.name.trim(), rpm_limit: numberOf(values.rpm) }),
    description: values.description.trim() || null,
    budget: numberOf(values.budget),
    budget_period: numberOf(values.budget) !== null && values.period ? values.period : null,
    tpm_limit: numberOf(values.tpm),
    max_parallel: numberOf(values.parallel),
    max_output_tokens: numberOf(values.maxOutput),
    pass_days: numberOf(values.passDays),
    models: models.length > 0 ? models : null,
    content_policy: values.contentPolicy || null,
    access_schedule: windows.length > 0 ? { timezone: values.timeZone.trim(), windows } : null,
  };
}
