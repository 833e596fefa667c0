// Between the form and the passes it asks for: names, limits, what is wrong with them, what is sent for each.
import type { PassInput, PassRecord, PassUpdate } from '@/api/passes.ts';
import { namesIn, wrongNames } from '@/components/passes/names.ts';
import type { FieldErrors } from '@/composables/use-form.ts';
import { t, type TextKey } from '@/i18n/texts.ts';

export interface PassLimitValues {
  /** A class's id; empty = in none. */
  classroom: string;
  /** A plan's id; empty = on none, and the fields below say it all. */
  plan: string;
  /** Dollars, as typed; empty = no budget. */
  budget: string;
  /** How often the budget starts anew; empty = never. */
  period: string;
  /** How long a pass is valid; empty = until it is blocked or deleted. */
  duration: string;
  /** Requests a minute, as typed; empty = no limit of its own. */
  rpm: string;
  /** Names of models, separated by commas or spaces; empty = all. */
  models: string;
}

export interface PassValues extends PassLimitValues {
  /** One a line. */
  names: string;
}

/** They are made one after the other. */
export const NAMES_MAX = 500;

export const PERIODS: Record<string, TextKey> = {
  '': 'passes.periodNever',
  '1d': 'passes.period1d',
  '7d': 'passes.period7d',
  '1mo': 'passes.period1mo',
};
export const DURATIONS: Record<string, TextKey> = {
  '': 'passes.durationNone',
  '1d': 'passes.duration1d',
  '7d': 'passes.duration7d',
  '30d': 'passes.duration30d',
  '180d': 'passes.duration180d',
};

/** The choices, and the period that is set should it not be among them. */
export function periodsWith(period: string): Record<string, TextKey> {
  return period in PERIODS ? PERIODS : { ...PERIODS, [period]: 'plans.ownPeriod' };
}

/** The end of a pass that exists is kept, taken away, or counted anew from today. */
export const NEW_DURATIONS: Record<string, TextKey> = {
  ...DURATIONS,
  '': 'passes.durationKeep',
  '-1': 'passes.durationNone',
};

export interface PassEditValues extends PassLimitValues {
  name: string;
}

export function toEditValues(pass: PassRecord): PassEditValues {
  const { key_alias, seat_name, team_id, plan_id, max_budget, budget_duration, rpm_limit, models } = pass;
  return {
    name: key_alias ?? seat_name ?? '',
    classroom: team_id ?? '',
    plan: plan_id ?? '',
    budget: max_budget === null ? '' : String(max_budget),
    period: budget_duration ?? '',
    duration: '',
    rpm: rpm_limit === null ? '' : String(rpm_limit),
    models: models.join(', '),
  };
}

export function checkEdit(values: PassEditValues): FieldErrors<PassEditValues> {
  return { name: values.name.trim() ? undefined : t('passes.needNames'), ...checkLimits(values) };
}

/** Only what was changed: the rest may have been set elsewhere meanwhile. @param before as the form began. */
export function toPassChanges(values: PassEditValues, before: PassEditValues): Omit<PassUpdate, 'key'> {
  const changed = (name: keyof PassEditValues) => values[name].trim() !== before[name].trim();
  const budget = values.budget.trim().replace(',', '.');
  return {
    ...(changed('name') ? { key_alias: values.name.trim() } : {}),
    ...(changed('classroom') ? { team_id: values.classroom || null } : {}),
    ...(changed('plan') ? { plan_id: values.plan || null } : {}),
    ...(changed('budget') ? { max_budget: budget ? Number(budget) : null } : {}),
    ...(changed('period') ? { budget_duration: values.period || null } : {}),
    ...(values.duration ? { duration: values.duration } : {}),
    ...(changed('rpm') ? { rpm_limit: values.rpm.trim() ? Number(values.rpm) : null } : {}),
    ...(changed('models') ? { models: modelsIn(values.models) } : {}),
  };
}

const modelsIn = (text: string): string[] => text.split(/[\s,，、]+/).filter(Boolean);

export const emptyPassValues = (): PassValues => ({
  names: '',
  classroom: '',
  plan: '',
  budget: '1',
  period: '',
  duration: '',
  rpm: '',
  models: '',
});

export function checkPasses(values: PassValues): FieldErrors<PassValues> {
  return { names: wrongNames(namesIn(values.names), NAMES_MAX), ...checkLimits(values) };
}

export function checkLimits(values: PassLimitValues): FieldErrors<PassLimitValues> {
  return {
    budget: /^\d{0,7}(?:[.,]\d{1,9})?$/.test(values.budget.trim()) ? undefined : t('passes.needBudget'),
    rpm: /^(?:[1-9]\d{0,6})?$/.test(values.rpm.trim()) ? undefined : t('channels.needRpm'),
  };
}

export function toPassBody(values: PassValues, name: string): PassInput {
  const budget = values.budget.trim().replace(',', '.');
  const models = modelsIn(values.models);
  return {
    key_alias: name,
    ...(values.classroom ? { team_id: values.classroom } : {}),
    ...(values.plan ? { plan_id: values.plan } : {}),
    ...(budget ? { max_budget: Number(budget) } : {}),
    ...(budget && values.period ? { budget_duration: values.period } : {}),
    ...(values.duration ? { duration: values.duration } : {}),
    ...(values.rpm.trim() ? { rpm_limit: Number(values.rpm) } : {}),
    ...(models.length > 0 ? { models } : {}),
  };
}
