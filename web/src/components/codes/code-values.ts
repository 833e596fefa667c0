// Between the form for a batch of codes and what is sent.
import type { CodesInput } from '@hallpass/shared/classrooms.ts';
import { CODES_MAX } from '@hallpass/shared/lists.ts';

import type { FieldErrors } from '@/composables/use-form.ts';
import { t } from '@/i18n/texts.ts';

export interface CodesValues {
  /** How many, as typed. */
  count: string;
  /** A class's id; empty = none. */
  classroom: string;
  /** A plan's id; empty = the class's. */
  plan: string;
  /** Until when they can be redeemed; empty = always. */
  days: string;
}

export const emptyCodesValues = (): CodesValues => ({ count: '30', classroom: '', plan: '', days: '30' });

const wholeTo = (value: string, max: number) => /^[1-9]\d{0,5}$/.test(value.trim()) && Number(value) <= max;

export function checkCodes(values: CodesValues): FieldErrors<CodesValues> {
  return {
    count: wholeTo(values.count, CODES_MAX) ? undefined : t('codes.needCount', { max: CODES_MAX }),
    classroom: values.classroom || values.plan ? undefined : t('codes.needClass'),
    days: values.days.trim() === '' || wholeTo(values.days, 3_650) ? undefined : t('plans.needDays'),
  };
}

export function toCodesBody({ count, classroom, plan, days }: CodesValues): CodesInput {
  return {
    count: Number(count),
    classroom_id: classroom || null,
    plan_id: plan || null,
    days: days.trim() ? Number(days) : null,
  };
}
