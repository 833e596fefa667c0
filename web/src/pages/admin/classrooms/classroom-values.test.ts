import { expect, test } from 'vitest';

import type { ClassroomView } from '@/api/classrooms.ts';
import type { OfferedPlan } from '@/api/teaching.ts';

import {
  allowanceOf,
  checkClassroom,
  checkOwnClassroom,
  toClassroomBody,
  toClassroomValues,
  toOwnClassroomBody,
} from './classroom-values.ts';

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
  const teachers = [{ id: 'user_1', name: 'Li', owner: true }];
  const values = toClassroomValues({ ...classroom, teachers } as unknown as ClassroomView);
  expect(toClassroomBody(values)).toEqual({ ...classroom, teacher_ids: ['user_1'] });
  expect(toOwnClassroomBody(values)).toEqual({ name: '7b', plan_id: 'plan_1', locale: 'zh-TW' });
});

test('an empty form is a class without a name, which is said', () => {
  const wrong = Object.entries(checkClassroom(toClassroomValues(undefined))).filter(([, text]) => text);
  expect(wrong.map(([name]) => name)).toEqual(['name']);
});

test('a teacher’s form without a name and a plan says both', () => {
  const wrong = Object.entries(checkOwnClassroom(toClassroomValues(undefined))).filter(([, text]) => text);
  expect(wrong.map(([name]) => name)).toEqual(['name', 'plan']);
});

test('a plan is told by what it limits, one that limits nothing too', () => {
  const plan = { budget: null, rpm_limit: null, models: null, pass_days: null, access_schedule: null };
  const free = allowanceOf(plan as OfferedPlan);
  const bound = allowanceOf({ ...plan, rpm_limit: 6, models: ['a', 'b'], pass_days: 30 } as OfferedPlan);
  expect(bound.split(' · ')).toHaveLength(3);
  for (const part of ['6', 'a, b', '30']) expect(bound).toContain(part);
  expect(free).not.toBe('');
});
