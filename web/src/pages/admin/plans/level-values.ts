// Between what a plan or a class sets and its form: what the fields hold, what is wrong with them, what is sent.
import { DAYS } from '@hallpass/shared/lists.ts';

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
export interface LevelValues {
  budget: string;
  period: string;
  rpm: string;
  tpm: string;
  parallel: string;
  maxOutput: string;
  models: string;
  contentPolicy: '' | 'none' | 'on_request' | 'full';
  timeZone: string;
  windows: WindowValues[];
}

type Told = Pick<
  PlanView,
  | 'budget'
  | 'budget_period'
  | 'rpm_limit'
  | 'tpm_limit'
  | 'max_parallel'
  | 'max_output_tokens'
  | 'models'
  | 'content_policy'
  | 'access_schedule'
>;
type Sent = Required<Pick<PlanInput, keyof Told>>;

export const WINDOWS_MAX = 20;

/** Which field of the form shows what is wrong with a field of the request. */
export const LEVEL_FIELDS = {
  rpm_limit: 'rpm',
  tpm_limit: 'tpm',
  max_parallel: 'parallel',
  max_output_tokens: 'maxOutput',
  budget_period: 'period',
  access_schedule: 'windows',
  'access_schedule.timezone': 'windows',
} as const;

const text = (value: number | null | undefined) => (value == null ? '' : String(value));

export function toLevelValues(level: Told | undefined): LevelValues {
  return {
    budget: text(level?.budget),
    period: level?.budget_period ?? '',
    rpm: text(level?.rpm_limit),
    tpm: text(level?.tpm_limit),
    parallel: text(level?.max_parallel),
    maxOutput: text(level?.max_output_tokens),
    models: level?.models?.join(', ') ?? '',
    contentPolicy: (level?.content_policy ?? '') as LevelValues['contentPolicy'],
    timeZone: level?.access_schedule?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    windows: level?.access_schedule?.windows.map(({ days, start, end }) => ({ days: [...days], start, end })) ?? [],
  };
}

const isCount = (value: string) => /^\d{0,9}$/.test(value.trim());
export const isPositive = (value: string) => /^(?:[1-9]\d{0,8})?$/.test(value.trim());

export function checkLevel(values: LevelValues): FieldErrors<LevelValues> {
  const needCount = (value: string) => (isCount(value) ? undefined : t('plans.needCount'));
  return {
    budget: /^\d{0,7}(?:[.,]\d{1,9})?$/.test(values.budget.trim()) ? undefined : t('passes.needBudget'),
    rpm: needCount(values.rpm),
    tpm: needCount(values.tpm),
    parallel: needCount(values.parallel),
    maxOutput: isPositive(values.maxOutput) ? undefined : t('channels.needRpm'),
    windows: values.windows.every(({ days, start, end }) => days.length > 0 && start && end && start !== end)
      ? undefined
      : t('plans.needWindow'),
  };
}

export const numberOf = (value: string) => (value.trim() === '' ? null : Number(value.trim().replace(',', '.')));

export function toLevelBody(values: LevelValues): Sent {
  const models = values.models.split(/[\s,，、]+/).filter(Boolean);
  const windows = values.windows.map(({ days, start, end }) => ({
    days: DAYS.filter((day) => days.includes(day)),
    start,
    end,
  }));
  return {
    budget: numberOf(values.budget),
    budget_period: numberOf(values.budget) !== null && values.period ? values.period : null,
    rpm_limit: numberOf(values.rpm),
    tpm_limit: numberOf(values.tpm),
    max_parallel: numberOf(values.parallel),
    max_output_tokens: numberOf(values.maxOutput),
    models: models.length > 0 ? models : null,
    content_policy: values.contentPolicy || null,
    access_schedule: windows.length > 0 ? { timezone: values.timeZone.trim(), windows } : null,
  };
}
