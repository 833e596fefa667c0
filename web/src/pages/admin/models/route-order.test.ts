import { expect, test } from 'vitest';

import type { ModelRoute } from '@/api/prices.ts';

import { moved, withRoute } from './route-order.ts';

const route = (id: string, priority: number): ModelRoute => ({
  id,
  channel_id: 'c',
  channel: 'c',
  channel_enabled: true,
  upstream_model: 'u',
  priority,
  weight: 1,
  status: 'enabled',
});
const routes = [route('a', 0), route('b', 0), route('c', 5)];
const order = (from: number, to: number) => moved(routes, from, to).map(({ id, priority }) => `${id}${priority}`);

test('a dragged route stands where it was dropped, and every route has a place of its own', () => {
  expect(order(2, 0)).toEqual(['c0', 'a1', 'b2']);
  expect(order(0, 2)).toEqual(['b0', 'c1', 'a2']);
  expect(order(0, 99)).toEqual(['b0', 'c1', 'a2']);
  expect(order(7, 0)).toEqual(['a0', 'b0', 'c5']);
});

test('one field of one route changes, the rest is sent as it is', () => {
  const sent = withRoute(routes, 'b', { weight: 3 });
  expect(sent.map(({ weight }) => weight)).toEqual([1, 3, 1]);
  expect(sent.map(({ priority }) => priority)).toEqual([0, 0, 5]);
});
