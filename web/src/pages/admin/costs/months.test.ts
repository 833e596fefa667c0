import { expect, test } from 'vitest';

import { growth, lastMonths, shareOf } from './months.ts';

test('months go back over a year, each with its own length', () => {
  expect(lastMonths('2028-03-31', 3)).toEqual([
    { id: '2028-03', from: '2028-03-01', to: '2028-03-31' },
    { id: '2028-02', from: '2028-02-01', to: '2028-02-29' },
    { id: '2028-01', from: '2028-01-01', to: '2028-01-31' },
  ]);
  expect(lastMonths('2026-01-05', 2)[1]).toEqual({ id: '2025-12', from: '2025-12-01', to: '2025-12-31' });
});

test('growth and shares of nothing are not infinite', () => {
  expect([growth(15, 10), growth(5, 10), growth(1, 0)]).toEqual([50, -50, null]);
  expect([shareOf(1, 4), shareOf(0, 0)]).toEqual([0.25, 0]);
});
