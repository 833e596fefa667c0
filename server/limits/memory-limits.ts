// Rates and concurrency in this process's memory.
import type { Clock } from '../lib/clock.ts';
import { Counter, type Place } from './counter.ts';
import type { Lease, LimitReply, Limits, LimitScope, LimitState, Slot, Windows } from './limits.ts';

export interface MemoryLimitsOptions {
  /** Most parties counted at once; one more and the one unused for longest is forgotten. */
  maxTracked?: number;
  /** A place nobody gave back is free again after this long. */
  leaseMs?: number;
}

const MAX_TRACKED = 50_000;
export const LEASE_MS = 3_600_000;
/** What a refused caller is told to wait for a slot: nobody knows when an answer ends. */
export const CONCURRENCY_RETRY_MS = 2_000;
/** How many busy parties are passed over in search of an idle one before the oldest is forgotten all the same. */
const EVICTION_TRIES = 64;

interface Counted {
  scope: LimitScope;
  counter: Counter;
}

type Refusal = Extract<LimitReply, { ok: false }>;

export class MemoryLimits implements Limits {
  /** In the order of their last use. */
  readonly #counters = new Map<string, Counter>();
  readonly #clock: Clock;
  readonly #maxTracked: number;
  readonly #leaseMs: number;

  constructor(clock: Clock, { maxTracked = MAX_TRACKED, leaseMs = LEASE_MS }: MemoryLimitsOptions = {}) {
    this.#clock = clock;
    this.#maxTracked = maxTracked;
    this.#leaseMs = leaseMs;
  }

  /** Parties counted now. */
  get tracked(): number {
    return this.#counters.size;
  }

  async acquire(scopes: readonly LimitScope[], tokens: number): Promise<LimitReply> {
    const nowMs = this.#clock.monotonic();
    const second = Math.floor(nowMs / 1000);
    const counted = scopes.map((scope) => ({ scope, counter: this.#counter(scope.key, second, nowMs) }));
    const refusal = refuse(counted, tokens, nowMs);
    return refusal ?? { ok: true, lease: this.#take(counted, tokens, nowMs) };
  }

  /** Counts a call that was let in elsewhere, whatever the limits say. */
  count(scopes: readonly LimitScope[], tokens: number): Lease {
    const nowMs = this.#clock.monotonic();
    const second = Math.floor(nowMs / 1000);
    const counted = scopes.map((scope) => ({ scope, counter: this.#counter(scope.key, second, nowMs) }));
    return this.#take(counted, tokens, nowMs);
  }

  /** What every party has counted and open. @param how `newer`: fit for another clock, never older there than here. */
  windows(how: 'exact' | 'newer' = 'newer'): Windows {
    const nowMs = this.#clock.monotonic();
    const second = Math.floor(nowMs / 1000);
    // Somewhere within its second, and the other clock's seconds begin elsewhere.
    const slack = how === 'newer' ? 1 : 0;
    const windows: Windows = {};
    for (const [key, counter] of this.#counters) {
      counter.advance(second);
      const slots = counter
        .slots()
        .map((slot): Slot => [Math.max(0, second - slot.second - slack), slot.requests, slot.tokens]);
      const open = counter.openAt(nowMs);
      if (slots.length > 0 || open > 0) windows[key] = { slots, open };
    }
    return windows;
  }

  #take(counted: readonly Counted[], tokens: number, nowMs: number): Lease {
    const place = { second: Math.floor(nowMs / 1000), tokens, deadlineMs: nowMs + this.#leaseMs };
    for (const { scope, counter } of counted) counter.take(place, scope.tpm !== null, scope.maxParallel !== null);
    return this.#lease(counted, place, nowMs);
  }

  async peek(scope: LimitScope): Promise<{ requests: LimitState | null; tokens: LimitState | null }> {
    const nowMs = this.#clock.monotonic();
    const counter = this.#counters.get(scope.key) ?? new Counter();
    counter.advance(Math.floor(nowMs / 1000));
    return { requests: requestState({ scope, counter }, nowMs), tokens: tokenState({ scope, counter }, nowMs) };
  }

  #lease(counted: readonly Counted[], place: Place, nowMs: number): Lease {
    let done = false;
    const end = (giveBack: boolean, actualTokens?: number) => {
      if (done) return;
      done = true;
      const second = Math.floor(this.#clock.monotonic() / 1000);
      for (const { scope, counter } of counted) {
        counter.advance(second);
        counter.close(place);
        const countsTokens = scope.tpm !== null;
        if (giveBack) counter.giveBack(place, countsTokens);
        else if (countsTokens && actualTokens !== undefined) counter.correctTokens(place, actualTokens - place.tokens);
      }
    };
    return {
      requests: tightest(counted, requestsLeft, requestState, nowMs),
      tokens: tightest(counted, tokensLeft, tokenState, nowMs),
      release: (actualTokens) => end(false, actualTokens),
      refund: () => end(true),
    };
  }

  #counter(key: string, second: number, nowMs: number): Counter {
    let counter = this.#counters.get(key);
    if (counter) this.#counters.delete(key);
    else {
      this.#makeRoom(second, nowMs);
      counter = new Counter();
    }
    this.#counters.set(key, counter);
    counter.advance(second);
    return counter;
  }

  /** Forgets up to two parties that have nothing left to count, then, at the bound, the one unused for longest. */
  #makeRoom(second: number, nowMs: number): void {
    let looked = 0;
    for (const [key, counter] of this.#counters) {
      if (looked++ === 2 || !counter.isIdle(second, nowMs)) break;
      this.#counters.delete(key);
    }
    if (this.#counters.size < this.#maxTracked) return;
    let tries = EVICTION_TRIES;
    for (const [key, counter] of this.#counters) {
      if (tries-- > 0 && counter.openAt(nowMs) > 0) continue;
      this.#counters.delete(key);
      return;
    }
  }
}

/** The first of concurrency, requests and tokens that has no room; of several scopes, the one to wait longest for. */
function refuse(counted: readonly Counted[], tokens: number, nowMs: number): Refusal | undefined {
  let found: Refusal | undefined;
  for (const check of [refuseConcurrency, refuseRequests, refuseTokens]) {
    for (const one of counted) {
      const refusal = check(one, nowMs, tokens);
      if (refusal && (!found || refusal.retryAfterMs > found.retryAfterMs)) found = refusal;
    }
    if (found) return found;
  }
  return undefined;
}

function refuseConcurrency({ scope, counter }: Counted, nowMs: number): Refusal | undefined {
  const limit = scope.maxParallel;
  if (limit === null || counter.openAt(nowMs) < limit) return undefined;
  return { ok: false, problem: 'concurrency', scope, limit, retryAfterMs: CONCURRENCY_RETRY_MS };
}

function refuseRequests({ scope, counter }: Counted, nowMs: number): Refusal | undefined {
  const limit = scope.rpm;
  if (limit === null || counter.requests < limit) return undefined;
  return { ok: false, problem: 'rpm', scope, limit, retryAfterMs: waitMs(counter.requestsFreeIn(limit - 1), nowMs) };
}

function refuseTokens({ scope, counter }: Counted, nowMs: number, tokens: number): Refusal | undefined {
  const limit = scope.tpm;
  if (limit === null || counter.tokens + tokens <= limit) return undefined;
  return { ok: false, problem: 'tpm', scope, limit, retryAfterMs: waitMs(counter.tokensFreeIn(limit - tokens), nowMs) };
}

/** From now to the beginning of the second that is so many on. */
function waitMs(seconds: number, nowMs: number): number {
  return Math.max(0, Math.ceil((Math.floor(nowMs / 1000) + seconds) * 1000 - nowMs));
}

const requestsLeft = ({ scope, counter }: Counted) =>
  scope.rpm === null ? null : Math.max(0, scope.rpm - counter.requests);
const tokensLeft = ({ scope, counter }: Counted) =>
  scope.tpm === null ? null : Math.max(0, scope.tpm - counter.tokens);

function requestState(one: Counted, nowMs: number): LimitState | null {
  const [limit, remaining] = [one.scope.rpm, requestsLeft(one)];
  if (limit === null || remaining === null) return null;
  return { limit, remaining, resetMs: waitMs(one.counter.requestsFreeIn(remaining > 0 ? 0 : limit - 1), nowMs) };
}

function tokenState(one: Counted, nowMs: number): LimitState | null {
  const [limit, remaining] = [one.scope.tpm, tokensLeft(one)];
  if (limit === null || remaining === null) return null;
  return { limit, remaining, resetMs: waitMs(one.counter.tokensFreeIn(remaining > 0 ? 0 : limit - 1), nowMs) };
}

/** The state of the one with the least left; only its slots are looked through. */
function tightest(
  counted: readonly Counted[],
  leftOf: (one: Counted) => number | null,
  stateOf: (one: Counted, nowMs: number) => LimitState | null,
  nowMs: number,
): LimitState | null {
  let found: Counted | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const one of counted) {
    const left = leftOf(one);
    if (left === null || left >= least) continue;
    least = left;
    found = one;
  }
  return found ? stateOf(found, nowMs) : null;
}
