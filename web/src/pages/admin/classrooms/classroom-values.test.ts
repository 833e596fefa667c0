import { expect, test } from 'vitest';

import type { ClassroomView } from '@/api/classrooms.ts';

import { checkClassroom, toClassroomBody, toClassroomValues } from './classroom-values.ts';

test('a class comes back as it was', () => {
  const classroom = {
    name: '7b',
    plan_id: 'plan_1',
    locale: 'zh-TW',
    models: ['a', 'b/*'],
    access_schedule: { timezone: 'Asia/Taipei', windows: [{ days: ['mon', 'wed'], start: '08:00', end: '12:10' }] },
    content_policy: 'none',
    max_output_tokens: 100,
    budget: 12.5,
    budget_period: '1mo',
    rpm_limit: 40,
    tpm_limit: null,
    max_parallel: 20,
  };
  expect(toClassroomBody(toClassroomValues(classroom as unknown as ClassroomView))).toEqual(classroom);
});

test('an empty form is a class without a name, which is said', () => {
  const wrong = Object.entries(checkClassroom(toClassroomValues(undefined))).filter(([, text]) => text);
  expect(wrong.map(([name]) => name)).toEqual(['name']);
});
