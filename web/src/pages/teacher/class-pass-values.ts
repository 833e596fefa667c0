// Between the forms of a class's passes and what is sent.
import { NAMES_MAX } from '@hallpass/shared/lists.ts';
import type { NamesInput } from '@hallpass/shared/teaching.ts';

import { namesIn, wrongNames } from '@/components/passes/names.ts';
import type { FieldErrors } from '@/composables/use-form.ts';
import { t } from '@/i18n/texts.ts';

export interface NamesValues {
  /** One a line. */
  names: string;
  /** As typed; empty = as long as the plan says. */
  days: string;
}

export const emptyNamesValues = (): NamesValues => ({ names: '', days: '' });

export const isDays = (text: string) => /^[1-9]\d{0,3}$/.test(text.trim()) && Number(text) <= 3_650;

export function checkNames({ names, days }: NamesValues): FieldErrors<NamesValues> {
  return {
    names: wrongNames(namesIn(names), NAMES_MAX),
    days: days.trim() === '' || isDays(days) ? undefined : t('teaching.needDays'),
  };
}

export function toNamesBody({ names, days }: NamesValues): NamesInput {
  return { names: namesIn(names), ...(days.trim() ? { days: Number(days) } : {}) };
}
