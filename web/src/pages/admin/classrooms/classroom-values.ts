// Between a class and its form.
import type { ClassroomInput, ClassroomView } from '@/api/classrooms.ts';
import type { FieldErrors } from '@/composables/use-form.ts';
import { t } from '@/i18n/texts.ts';

import { checkLevel, type LevelValues, toLevelBody, toLevelValues } from '../plans/level-values.ts';

export interface ClassroomValues extends LevelValues {
  name: string;
  /** A plan's id; empty = on none. */
  plan: string;
  /** Empty = the language of who asks. */
  locale: '' | 'zh-CN' | 'zh-TW' | 'en';
}

export function toClassroomValues(classroom: ClassroomView | undefined): ClassroomValues {
  return {
    name: classroom?.name ?? '',
    plan: classroom?.plan_id ?? '',
    locale: classroom?.locale ?? '',
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
    ...toLevelBody(values),
  };
}
