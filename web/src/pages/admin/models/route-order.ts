// The order of a model's routes as it is dragged: who stands first is tried first, and lines that stand together share.
import type { AdminModelUpdate, ModelRoute } from '@/api/prices.ts';

type Sent = NonNullable<AdminModelUpdate['routes']>;

const statusOf = ({ status }: ModelRoute) => (status === 'enabled' ? 'enabled' : 'disabled');

/** As they are, for a change of one field of one. */
export function toSent(routes: readonly ModelRoute[]): Sent {
  return routes.map((route) => ({
    id: route.id,
    priority: route.priority,
    weight: route.weight,
    status: statusOf(route),
  }));
}

/** @returns all of them in the new order, the first with priority 0, each the next number. */
export function moved(routes: readonly ModelRoute[], from: number, to: number): Sent {
  const order = [...routes];
  const [route] = order.splice(from, 1);
  if (!route) return toSent(routes);
  order.splice(Math.max(0, Math.min(order.length, to)), 0, route);
  return toSent(order).map((one, priority) => ({ ...one, priority }));
}

/** @returns all, one of them changed. */
export function withRoute(routes: readonly ModelRoute[], id: string, change: Partial<Sent[number]>): Sent {
  return toSent(routes).map((route) => (route.id === id ? { ...route, ...change } : route));
}
