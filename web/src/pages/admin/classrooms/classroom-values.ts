// Between a class and its form.
import type { ClassroomInput, ClassroomView } from '@/api/classrooms.ts';
import type { OfferedPlan } from '@/api/teaching.ts';
import type { FieldErrors } from '@/composables/use-form.ts';
import { t } from '@/i18n/texts.ts';
import { money, whole } from '@/lib/words.ts';

import { checkLevel, type LevelValues, toLevelBody, toLevelValues } from '../plans/level-values.ts';

export interface ClassroomValues extends LevelValues {
  name: string;
  /** A plan's id; empty = on none. */
  plan: string;
  /** Empty = the language of who asks. */
  locale: '' | 'zh-CN' | 'zh-TW' | 'en';
  /** Users' ids. */
  teachers: string[];
}

export function toClassroomValues(classroom: ClassroomView | undefined): ClassroomValues {
  return {
    name: classroom?.name ?? '',
    plan: classroom?.plan_id ?? '',
    locale: classroom?.locale ?? '',
    teachers: classroom?.teachers.map(({ id }) => id) ?? [],
    ...toLevelValues(classroom),
  };
}

export function checkClassroom(values: ClassroomValues): FieldErrors<ClassroomValues> {
  return { name: values.name.trim() ? undefined : t('classes.needName'), ...checkLevel(values) };
}

export function toClassroomBody(values: ClassroomValues): ClassroomInput {
  return {
    name: values.name.trim(),
    plan_id: values.plan || null,
    locale: values.locale || null,
    teacher_ids: [...values.teachers],
    ...toLevelBody(values),
  };
}

/** A teacher's form: name, plan and language. A plan there has to be. */
export function checkOwnClassroom({ name, plan }: ClassroomValues): FieldErrors<ClassroomValues> {
  return {
    name: name.trim() ? undefined : t('classes.needName'),
    plan: plan ? undefined : t('teaching.needPlan'),
  };
}

/** What an administrator sets is not in it. */
export function toOwnClassroomBody({ name, plan, locale }: ClassroomValues) {
  return { name: name.trim(), plan_id: plan, locale: locale || null };
}

/** What a plan allows, in a line. */
export function allowanceOf(plan: OfferedPlan): string {
  const { budget, rpm_limit, models, pass_days, access_schedule } = plan;
  const parts = [
    budget === null ? '' : t('teaching.allowsBudget', { amount: money(budget) }),
    rpm_limit === null ? '' : t('teaching.allowsRpm', { count: whole(rpm_limit) }),
    models === null ? '' : t('teaching.allowsModels', { models: models.join(', ') }),
    pass_days === null ? '' : t('teaching.allowsDays', { days: whole(pass_days) }),
    access_schedule === null ? '' : t('plans.windows', { count: access_schedule.windows.length }),
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(' · ') : t('teaching.allowsAll');
}
