// A Map used as a cache with a bound: the oldest entry goes when a new one does not fit.

/** Sets `key`, dropping the oldest entry when `map` already holds `max` others. */
export function remember<K, V>(map: Map<K, V>, key: K, value: V, max: number): V {
  if (!map.has(key) && map.size >= max) map.delete(map.keys().next().value as K);
  map.set(key, value);
  return value;
}
