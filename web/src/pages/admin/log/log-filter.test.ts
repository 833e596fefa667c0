import { expect, test } from 'vitest';

import { FILTER_NAMES, FIRST_NAMES, MORE_NAMES, toFilter, toFilterValues } from './log-filter.ts';

test('an address becomes fields and back, trimmed, without what is empty', () => {
  const values = toFilterValues({ user: ' Ming ', model: 'm', status: '' });
  expect(toFilter(values)).toEqual({ user: 'Ming', model: 'm' });
});

test('an address that somebody wrote by hand does no harm', () => {
  const values = toFilterValues({ user: ['a', 'b'], ip: null, nothing: 'x', __proto__: { model: 'x' } });
  expect(Object.keys(values)).toEqual([...FILTER_NAMES]);
  expect(values.user).toBe('');
  expect(values.ip).toBe('');
});

test('every filter has its place', () => {
  expect([...FIRST_NAMES, ...MORE_NAMES].toSorted()).toEqual([...FILTER_NAMES].toSorted());
});
