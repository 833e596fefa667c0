// The x-ratelimit-* headers that OpenAI's clients read, and those that Anthropic's do.
import type { Lease, LimitState } from '../limits/limits.ts';

export function rateHeaders({ requests, tokens }: Pick<Lease, 'requests' | 'tokens'>): Record<string, string> {
  return { ...headersFor('requests', requests), ...headersFor('tokens', tokens) };
}

/** The same as clients of Messages read it; a reset is a moment there. @param now epoch ms. */
export function messagesRateHeaders(lease: Pick<Lease, 'requests' | 'tokens'>, now: number): Record<string, string> {
  return { ...messagesHeadersFor('requests', lease.requests, now), ...messagesHeadersFor('tokens', lease.tokens, now) };
}

function messagesHeadersFor(name: string, state: LimitState | null, now: number): Record<string, string> {
  if (!state) return {};
  const reset = new Date(Math.ceil((now + state.resetMs) / 1000) * 1000);
  return {
    [`anthropic-ratelimit-${name}-limit`]: String(state.limit),
    [`anthropic-ratelimit-${name}-remaining`]: String(Math.max(0, state.remaining)),
    [`anthropic-ratelimit-${name}-reset`]: reset.toISOString().replace('.000Z', 'Z'),
  };
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
