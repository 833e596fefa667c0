import { expect, test } from 'vitest';

import type { PlanView } from '@/api/plans.ts';

import { WINDOWS_MAX } from './level-values.ts';
import { checkPlan, toPlanBody, toPlanValues } from './plan-values.ts';

const empty = () => ({ ...toPlanValues(undefined), name: 'p', timeZone: 'Asia/Taipei' });
const wrong = (more: object) =>
  Object.entries(checkPlan({ ...empty(), ...more })).flatMap(([name, text]) => (text ? [name] : []));

test('an empty form is a plan that sets nothing', () => {
  expect(wrong({})).toEqual([]);
  expect(toPlanBody(empty(), false)).toEqual({
    name: 'p',
    description: null,
    budget: null,
    budget_period: null,
    rpm_limit: null,
    tpm_limit: null,
    max_parallel: null,
    max_output_tokens: null,
    pass_days: null,
    models: null,
    content_policy: null,
    access_schedule: null,
  });
});

test('a plan comes back as it was', () => {
  const plan = {
    name: 'p',
    description: 'd',
    models: ['a', 'b/*'],
    access_schedule: { timezone: 'Asia/Taipei', windows: [{ days: ['mon', 'wed'], start: '08:00', end: '12:10' }] },
    content_policy: 'on_request',
    max_output_tokens: 100,
    budget: 0.5,
    budget_period: '1w',
    rpm_limit: 0,
    tpm_limit: 5,
    max_parallel: 2,
    pass_days: 7,
  };
  expect(toPlanBody(toPlanValues(plan as unknown as PlanView), false)).toEqual(plan);
});

test('a built-in plan keeps its name and its requests a minute', () => {
  const body = toPlanBody(empty(), true);
  expect('name' in body || 'rpm_limit' in body).toBe(false);
});

test('what is wrong is said at its field', () => {
  expect(wrong({ name: ' ' })).toEqual(['name']);
  expect(wrong({ budget: 'much' })).toEqual(['budget']);
  expect(wrong({ rpm: '-1' })).toEqual(['rpm']);
  expect(wrong({ rpm: '0' })).toEqual([]);
  expect(wrong({ maxOutput: '0' })).toEqual(['maxOutput']);
  expect(wrong({ passDays: '3651' })).toEqual(['passDays']);
  expect(wrong({ windows: [{ days: [], start: '08:00', end: '09:00' }] })).toEqual(['windows']);
  expect(wrong({ windows: [{ days: ['mon'], start: '', end: '09:00' }] })).toEqual(['windows']);
  expect(wrong({ windows: [{ days: ['mon'], start: '08:00', end: '08:00' }] })).toEqual(['windows']);
  expect(wrong({ windows: [{ days: ['mon'], start: '22:00', end: '02:00' }] })).toEqual([]);
  expect(WINDOWS_MAX).toBeLessThanOrEqual(100);
});

test('a period without a budget is none; days are sent in the week’s order', () => {
  expect(toPlanBody({ ...empty(), period: '1d' }, false).budget_period).toBeNull();
  const windows = [{ days: ['fri', 'mon'] as const, start: '08:00', end: '09:00' }];
  const body = toPlanBody({ ...empty(), windows: windows.map((one) => ({ ...one, days: [...one.days] })) }, false);
  expect(body.access_schedule?.windows[0]?.days).toEqual(['mon', 'fri']);
});
