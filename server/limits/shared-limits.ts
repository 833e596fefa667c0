// Limits that several server processes share: counted in Redis, and always in memory too, so that without Redis each
// process goes on with its share. limits-mode.ts says which of the two is in force.
import { AppError } from '../lib/app-error.ts';
import type { Lease, LimitReply, Limits, LimitScope, LimitState } from './limits.ts';
import { LimitsMode, type LimitsModeOptions, type Mode } from './limits-mode.ts';
import { LEASE_MS, MemoryLimits } from './memory-limits.ts';
import { CountersLost, type RedisPlace } from './redis-limits.ts';
import { RedisAway } from '../redis/link.ts';

export type SharedLimitsOptions = Omit<LimitsModeOptions, 'memory' | 'openPlaces'> & { newId(): string };

/** How often a call may find that the rules have changed while it was asking. */
const TRIES_MAX = 5;
const RETRY_AFTER_MS = 1_000;

interface Taken {
  mode: Mode;
  place: RedisPlace;
  /** The same call in memory. */
  shadow: Lease;
  shown: Pick<Lease, 'requests' | 'tokens'>;
}

export class SharedLimits implements Limits, AsyncDisposable {
  readonly #memory: MemoryLimits;
  readonly #mode: LimitsMode;
  readonly #newId: () => string;
  /** Calls that run here; bounded by what the server takes at once. */
  readonly #open = new Map<string, { scopes: readonly LimitScope[]; sinceMs: number }>();

  constructor({ newId, ...options }: SharedLimitsOptions) {
    this.#memory = new MemoryLimits(options.clock);
    this.#newId = newId;
    this.#mode = new LimitsMode({ ...options, memory: this.#memory, openPlaces: () => this.#openPlaces() });
  }

  start(): void {
    this.#mode.hurry();
  }

  /** Where limits are kept now. */
  get store(): 'redis' | 'memory' {
    return this.#mode.store;
  }

  /** @throws AppError limits_unsettled when the processes cannot agree where limits are kept. */
  async acquire(scopes: readonly LimitScope[], tokens: number): Promise<LimitReply> {
    if (scopes.length === 0) return this.#memory.acquire(scopes, tokens);
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const mode = await this.#mode.ready();
      if (mode.store === 'memory') return this.#within(mode, scopes, tokens);
      const reply = await this.#through(mode, scopes, tokens);
      if (reply) return reply;
    }
    throw new AppError('limits_unsettled', { retryAfterMs: RETRY_AFTER_MS });
  }

  async peek(scope: LimitScope): Promise<{ requests: LimitState | null; tokens: LimitState | null }> {
    const mode = await this.#mode.ready();
    return mode.store === 'redis' ? mode.redis.peek(scope) : this.#memory.peek(mode.shares(scope));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#mode[Symbol.asyncDispose]();
  }

  /** Within this process's share; a refusal names the whole limit. */
  async #within(
    mode: Extract<Mode, { store: 'memory' }>,
    scopes: readonly LimitScope[],
    tokens: number,
  ): Promise<LimitReply> {
    const shares = scopes.map(mode.shares);
    const reply = await this.#memory.acquire(shares, tokens);
    if (reply.ok) {
      const place = { id: this.#newId(), scopes, second: null, tokens };
      return { ok: true, lease: this.#lease({ mode, place, shadow: reply.lease, shown: reply.lease }) };
    }
    const scope = scopes[shares.indexOf(reply.scope)]!;
    return { ...reply, scope, limit: (reply.problem === 'concurrency' ? scope.maxParallel : scope[reply.problem])! };
  }

  /** @returns undefined when Redis did not decide, or its word does not count any more. */
  async #through(
    mode: Extract<Mode, { store: 'redis' }>,
    scopes: readonly LimitScope[],
    tokens: number,
  ): Promise<LimitReply | undefined> {
    try {
      const reply = await mode.redis.take(scopes, tokens);
      // What this process let in before a change must be part of what it says at the change.
      if (!this.#mode.isInForce(mode)) return undefined;
      if (!reply.ok) return reply;
      const shadow = this.#memory.count(scopes, tokens);
      return { ok: true, lease: this.#lease({ mode, place: reply.place, shadow, shown: reply }) };
    } catch (error) {
      if (!(error instanceof RedisAway)) throw error;
      if (error instanceof CountersLost) this.#mode.lost(mode);
      else this.#mode.doubt(mode);
      return undefined;
    }
  }

  #lease({ mode, place, shadow, shown }: Taken): Lease {
    this.#open.set(place.id, { scopes: place.scopes, sinceMs: performance.now() });
    const end = (giveBack: boolean, actualTokens?: number) => {
      if (!this.#open.delete(place.id)) return;
      if (giveBack) shadow.refund();
      else shadow.release(actualTokens);
      const now = this.#mode.inForce;
      if (now?.store !== 'redis') return;
      const known = now.epoch === mode.epoch ? place : { ...place, second: null };
      // What Redis does not hear comes back by its deadline.
      void now.redis.end(known, giveBack, actualTokens).catch(() => this.#mode.doubt(now));
    };
    return {
      requests: shown.requests,
      tokens: shown.tokens,
      release: (actualTokens) => end(false, actualTokens),
      refund: () => end(true),
    };
  }

  #openPlaces(): Map<string, string[]> {
    const places = new Map<string, string[]>();
    const oldest = performance.now() - LEASE_MS;
    for (const [id, { scopes, sinceMs }] of this.#open) {
      if (sinceMs < oldest) this.#open.delete(id);
      for (const { key, maxParallel } of sinceMs < oldest ? [] : scopes) {
        if (maxParallel === null) continue;
        const ids = places.get(key) ?? [];
        ids.push(id);
        places.set(key, ids);
      }
    }
    return places;
  }
}
