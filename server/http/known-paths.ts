// Which methods an address answers, for 405 and OPTIONS. Asked only where no route matched.
import { TrieRouter } from 'hono/router/trie-router';

import type { Route } from './route.ts';

/** @returns the methods of a path in upper case, with HEAD where there is GET; empty for an unknown address. */
export function createKnownPaths(routes: readonly Route[]): (path: string) => string[] {
  const router = new TrieRouter<string>();
  for (const { method, path } of routes) {
    router.add('ALL', path, method.toUpperCase());
    if (method === 'get') router.add('ALL', path, 'HEAD');
  }
  return (path) => {
    const found = router.match('GET', path)[0].map(([method]) => method);
    return found.length === 0 ? [] : [...new Set([...found, 'OPTIONS'])];
  };
}
