// Between a plan and its form: what the fields hold, what is wrong with them, what is sent.
import type { PlanInput, PlanView } from '@/api/plans.ts';
import type { FieldErrors } from '@/composables/use-form.ts';
import { t } from '@/i18n/texts.ts';

import { checkLevel, isPositive, type LevelValues, numberOf, toLevelBody, toLevelValues } from './level-values.ts';

export interface PlanValues extends LevelValues {
  name: string;
  description: string;
  passDays: string;
}

const DAYS_MAX = 3_650;

export function toPlanValues(plan: PlanView | undefined): PlanValues {
  return {
    name: plan?.name ?? '',
    description: plan?.description ?? '',
    passDays: plan?.pass_days == null ? '' : String(plan.pass_days),
    ...toLevelValues(plan),
  };
}

export function checkPlan(values: PlanValues): FieldErrors<PlanValues> {
  const isDays = isPositive(values.passDays) && Number(values.passDays.trim() || 1) <= DAYS_MAX;
  return {
    name: values.name.trim() ? undefined : t('plans.needName'),
    passDays: isDays ? undefined : t('plans.needDays'),
    ...checkLevel(values),
  };
}

/** @param builtIn such a plan keeps its name and its requests a minute. */
export function toPlanBody(values: PlanValues, builtIn: boolean): Partial<PlanInput> {
  const { rpm_limit, ...level } = toLevelBody(values);
  return {
    ...(builtIn ? {} : { name: values.name.trim(), rpm_limit }),
    description: values.description.trim() || null,
    ...level,
    pass_days: numberOf(values.passDays),
  };
}
