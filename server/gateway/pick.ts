// Step 5a: in which order the routes are tried: the model's own before its fallbacks', by priority, then by weight,
// resting channels last.
import type { CatalogRoute } from '../models/catalog.ts';
import type { UpstreamHealth } from './upstream-health.ts';

/** All routes, best first. `random` gives numbers in [0, 1). */
export function orderRoutes(
  routes: readonly CatalogRoute[],
  health: Pick<UpstreamHealth, 'isResting'>,
  random: () => number,
): CatalogRoute[] {
  if (routes.length === 1) return [...routes];
  const drawn = routes.map((route) => ({
    route,
    resting: health.isResting(route.channel.id) ? 1 : 0,
    // Efraimidis–Spirakis: sorting by u^(1/w) draws without replacement in proportion to the weights.
    draw: route.weight > 0 ? random() ** (1 / route.weight) : -1,
  }));
  drawn.sort(
    (a, b) =>
      a.resting - b.resting ||
      rankOf(a.route) - rankOf(b.route) ||
      a.route.priority - b.route.priority ||
      b.draw - a.draw,
  );
  return drawn.map(({ route }) => route);
}

function rankOf({ standIn }: CatalogRoute): number {
  return standIn?.rank ?? 0;
}
