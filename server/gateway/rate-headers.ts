// The x-ratelimit-* headers that OpenAI's clients read.
import type { Lease, LimitState } from '../limits/limits.ts';

export function rateHeaders({ requests, tokens }: Pick<Lease, 'requests' | 'tokens'>): Record<string, string> {
  return { ...headersFor('requests', requests), ...headersFor('tokens', tokens) };
}

function headersFor(name: 'requests' | 'tokens', state: LimitState | null): Record<string, string> {
  if (!state) return {};
  return {
    [`x-ratelimit-limit-${name}`]: String(state.limit),
    [`x-ratelimit-remaining-${name}`]: String(Math.max(0, state.remaining)),
    [`x-ratelimit-reset-${name}`]: formatReset(state.resetMs),
  };
}

/** OpenAI's form: `120ms`, `1s`, `6m0s`. */
export function formatReset(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)}ms`;
  const seconds = Math.ceil(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
