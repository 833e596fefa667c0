import { expect, test } from 'vitest';

import { checkCodes, emptyCodesValues, toCodesBody } from './code-values.ts';

const wrong = (more: object) =>
  Object.entries(checkCodes({ ...emptyCodesValues(), classroom: 'class_1', ...more })).flatMap(([name, text]) =>
    text ? [name] : [],
  );

test('a batch is for a class, a plan or both, and no larger than the server makes', () => {
  expect(wrong({})).toEqual([]);
  expect(wrong({ classroom: '' })).toEqual(['classroom']);
  expect(wrong({ classroom: '', plan: 'plan_1' })).toEqual([]);
  expect(wrong({ count: '0' })).toEqual(['count']);
  expect(wrong({ count: '501' })).toEqual(['count']);
  expect(wrong({ count: '500' })).toEqual([]);
  expect(wrong({ days: '3651' })).toEqual(['days']);
  expect(wrong({ days: '' })).toEqual([]);
});

test('what is empty is sent as nothing', () => {
  expect(toCodesBody({ count: ' 12 ', classroom: 'class_1', plan: '', days: '' })).toEqual({
    count: 12,
    classroom_id: 'class_1',
    plan_id: null,
    days: null,
  });
});
