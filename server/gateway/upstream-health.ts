// What this process knows of its upstreams' health: cooling keys, failing channels, and how many retries run.
// In memory: a restart starts hopeful.
import type { Clock } from '../lib/clock.ts';
import type { CatalogKey, CatalogRoute } from '../models/catalog.ts';

/** A channel that failed this often in a row rests. */
const FAILURES_TO_REST = 5;
/** The longest rest; the last usable channel is never locked out for longer. */
const REST_MS = 30_000;
/** A 429 without Retry-After cools its key for this long. */
export const DEFAULT_COOLDOWN_MS = 10_000;
const MAX_COOLDOWN_MS = 10 * 60_000;
/** Retries may be this share of the calls under way, but always a few. */
const RETRY_SHARE = 0.2;
const RETRY_FLOOR = 3;
const MAX_TRACKED = 10_000;

export class UpstreamHealth {
  readonly #clock: Clock;
  readonly #cooling = new Map<string, number>();
  readonly #failures = new Map<string, { count: number; restUntil: number }>();
  readonly #nextKey = new Map<string, number>();
  #active = 0;
  #retrying = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The key to use now, by the channel's rotation; null = it needs none; undefined = all are cooling or disabled. */
  chooseKey({ channel }: CatalogRoute, random: () => number): CatalogKey | null | undefined {
    if (channel.authType === 'none') return null;
    const now = this.#clock.monotonic();
    const usable = channel.keys.filter((key) => (this.#cooling.get(key.id) ?? 0) <= now);
    if (usable.length === 0) return undefined;
    if (channel.keyUsageMode === 'single') return usable[0]!;
    if (channel.keyUsageMode === 'random') return usable[Math.floor(random() * usable.length)]!;
    const turn = this.#nextKey.get(channel.id) ?? 0;
    this.#nextKey.set(channel.id, (turn + 1) % 1_000_000_007);
    return usable[turn % usable.length]!;
  }

  isResting(channelId: string): boolean {
    return (this.#failures.get(channelId)?.restUntil ?? 0) > this.#clock.monotonic();
  }

  coolKey(keyId: string, ms: number): void {
    if (this.#cooling.size >= MAX_TRACKED) this.#cooling.clear();
    this.#cooling.set(keyId, this.#clock.monotonic() + Math.min(ms, MAX_COOLDOWN_MS));
  }

  succeeded(channelId: string): void {
    this.#failures.delete(channelId);
  }

  failed(channelId: string): void {
    const entry = this.#failures.get(channelId) ?? { count: 0, restUntil: 0 };
    entry.count += 1;
    if (entry.count >= FAILURES_TO_REST) entry.restUntil = this.#clock.monotonic() + REST_MS;
    if (this.#failures.size >= MAX_TRACKED) this.#failures.clear();
    this.#failures.set(channelId, entry);
  }

  /** A channel or key was saved anew: forget what was held against it. */
  forget(): void {
    this.#cooling.clear();
    this.#failures.clear();
  }

  callStarted(): void {
    this.#active += 1;
  }

  callEnded(): void {
    this.#active -= 1;
  }

  /** Takes a place for one retry, or says there are too many. */
  tryRetry(): boolean {
    if (this.#retrying >= Math.max(RETRY_FLOOR, this.#active * RETRY_SHARE)) return false;
    this.#retrying += 1;
    return true;
  }

  retryEnded(): void {
    this.#retrying -= 1;
  }
}
