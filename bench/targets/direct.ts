// The upstream itself, without a gateway: what added latency is counted from.
import type { Target } from './target.ts';

export const direct: Target = {
  name: 'direct',
  title: 'upstream alone',
  on: 'The mock upstream on the driver’s core; nothing in between.',
  install: async () => {},
  start: async (upstreamPort) => ({
    port: upstreamPort,
    path: '/v1/chat/completions',
    callers: [{}],
    pids: [],
    readyMs: 0,
    refusals: {},
    stop: async () => {},
  }),
};
