import { expect, test } from 'vitest';

import type { PassRecord } from '@/api/passes.ts';

import {
  checkPasses,
  emptyPassValues,
  NAMES_MAX,
  periodsWith,
  toEditValues,
  toPassBody,
  toPassChanges,
} from './pass-values.ts';

const wrong = (more: object) =>
  Object.entries(checkPasses({ ...emptyPassValues(), names: 'Ming', ...more })).flatMap(([name, text]) =>
    text ? [name] : [],
  );

test('what is wrong is said at its field', () => {
  expect(wrong({})).toEqual([]);
  expect(wrong({ names: ' \n ' })).toEqual(['names']);
  expect(wrong({ names: 'A\nB\nA' })).toEqual(['names']);
  expect(wrong({ names: 'x'.repeat(101) })).toEqual(['names']);
  const many = (count: number) => Array.from({ length: count }, (_, n) => `s${n}`).join('\n');
  expect(wrong({ names: many(NAMES_MAX) })).toEqual([]);
  expect(wrong({ names: many(NAMES_MAX + 1) })).toEqual(['names']);
  expect(wrong({ budget: '1,5' })).toEqual([]);
  expect(wrong({ budget: '-1' })).toEqual(['budget']);
  expect(wrong({ budget: 'much' })).toEqual(['budget']);
  expect(wrong({ rpm: '0' })).toEqual(['rpm']);
});

test('a plan may say it all; what is typed goes before it', () => {
  expect(toPassBody({ ...emptyPassValues(), plan: 'plan_1', budget: '' }, 'Ming')).toEqual({
    key_alias: 'Ming',
    plan_id: 'plan_1',
  });
});

test('what is empty is not sent, and a period only with a budget', () => {
  const values = { ...emptyPassValues(), budget: '', period: '1d' };
  expect(toPassBody(values, 'Ming')).toEqual({ key_alias: 'Ming' });
  expect(toPassBody({ ...values, budget: '0,5', duration: '7d', rpm: '6', models: 'a, b　c、d' }, 'Ming')).toEqual({
    key_alias: 'Ming',
    max_budget: 0.5,
    budget_duration: '1d',
    duration: '7d',
    rpm_limit: 6,
    models: ['a', 'b', 'c', 'd'],
  });
});

test('of a pass that exists only what was changed is sent', () => {
  const pass = {
    key_alias: 'Ming',
    plan_id: null,
    max_budget: 0.5,
    budget_duration: '7d',
    rpm_limit: null,
    models: ['a', 'b'],
  } as unknown as PassRecord;
  const before = toEditValues(pass);
  expect(before).toMatchObject({ name: 'Ming', budget: '0.5', period: '7d', rpm: '', models: 'a, b', duration: '' });
  expect(toPassChanges({ ...before }, before)).toEqual({});
  const changed = { ...before, name: ' Ann ', plan: 'plan_1', budget: '', duration: '-1', rpm: '6', models: '' };
  expect(toPassChanges(changed, before)).toEqual({
    key_alias: 'Ann',
    plan_id: 'plan_1',
    max_budget: null,
    duration: '-1',
    rpm_limit: 6,
    models: [],
  });
  expect(Object.keys(periodsWith('7d'))).not.toContain('3mo');
  expect(Object.keys(periodsWith('3mo'))).toContain('3mo');
});
