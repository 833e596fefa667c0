// Rates and concurrency. Memory and Redis pass the same suite (limits.suite.ts).
//
// Window: the last 60 s in 60 one-second slots, exact to a second. A request that is refused by anything
// after this step gives its place back.
export interface LimitScope {
  /** Who is counted, such as `pass:pass_01…` or `guest:203.0.113.9`. */
  key: string;
  /** How a refusal names it. */
  name: string;
  rpm: number | null;
  tpm: number | null;
  maxParallel: number | null;
}

export interface LimitState {
  limit: number;
  remaining: number;
  /** Until the window has room for one more (or, with room, until it is empty). */
  resetMs: number;
}

export interface Lease {
  /** The tightest of all scopes, for the x-ratelimit-* headers; null where no scope limits it. */
  requests: LimitState | null;
  tokens: LimitState | null;
  /** Frees the concurrency slots and corrects the tokens counted; safe to call twice. */
  release(actualTokens?: number): void;
  /** As `release`, and gives the request and its tokens back. */
  refund(): void;
}

export type LimitReply =
  | { ok: true; lease: Lease }
  | { ok: false; problem: 'concurrency' | 'rpm' | 'tpm'; scope: LimitScope; limit: number; retryAfterMs: number };

export interface Limits {
  /** Takes a place in every scope or in none. `tokens` is the estimate TPM counts. */
  acquire(scopes: readonly LimitScope[], tokens: number): Promise<LimitReply>;
  /** What is left without taking anything (gauges). */
  peek(scope: LimitScope): Promise<{ requests: LimitState | null; tokens: LimitState | null }>;
}

/** Seconds ago, requests, tokens. */
export type Slot = [age: number, requests: number, tokens: number];

/** What parties used in the last 60 seconds and have open, by `LimitScope.key`. */
export type Windows = Record<string, { slots: Slot[]; open: number }>;

/** The same windows, `agedMs` later. A second less: nothing may leave the window early. */
export function agedBy(windows: Windows, agedMs: number): Windows {
  const aged = Math.max(0, Math.floor(agedMs / 1000) - 1);
  return Object.fromEntries(
    Object.entries(windows).map(([key, { slots }]) => [
      key,
      { slots: slots.map(([age, requests, tokens]): Slot => [age + aged, requests, tokens]), open: 0 },
    ]),
  );
}
