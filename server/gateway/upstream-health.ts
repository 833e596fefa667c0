// Which upstreams this process trusts: cooling keys, a breaker for each channel, and how many retries run.
// What rests is on the board, which replicas may share; counts of failures are this process's own.
import type { UpstreamBoard } from '../channels/board.ts';
import type { CatalogKey, CatalogRoute } from '../models/catalog.ts';

/** A channel that failed this often in a row rests. */
const FAILURES_TO_REST = 5;
/** The rest; then one call tries it. The last usable channel is never locked out for longer. */
const REST_MS = 30_000;
/** A key whose upstream throttles without naming a time: twice as long each time, until it answers. */
const FIRST_COOLDOWN_MS = 10_000;
const LAST_COOLDOWN_MS = 5 * 60_000;
/** Retries may be this share of the calls under way, but always a few. */
const RETRY_SHARE = 0.2;
const RETRY_FLOOR = 3;
const MAX_TRACKED = 10_000;

export class UpstreamHealth {
  readonly #board: UpstreamBoard;
  /** Failures in a row, by channel; one that is well has no entry. */
  readonly #failures = new Map<string, number>();
  /** Times in a row that a key was throttled without a time, by key. */
  readonly #throttled = new Map<string, number>();
  #active = 0;
  #retrying = 0;

  constructor(board: UpstreamBoard) {
    this.#board = board;
  }

  /** The key to use now, by the channel's rotation; null = it needs none; undefined = all are cooling or disabled. */
  chooseKey({ channel }: CatalogRoute, random: () => number): CatalogKey | null | undefined {
    if (channel.authType === 'none') return null;
    const { keys } = channel;
    if (keys.length === 1) return this.#isResting(keys[0]!) ? undefined : keys[0]!;
    const usable = keys.some(this.#isResting) ? keys.filter((key) => !this.#isResting(key)) : keys;
    if (usable.length === 0) return undefined;
    if (channel.keyUsageMode === 'single') return usable[0]!;
    if (channel.keyUsageMode === 'random') return usable[Math.floor(random() * usable.length)]!;
    return usable[this.#board.nextTurn(channel.id) % usable.length]!;
  }

  readonly #isResting = ({ id }: CatalogKey): boolean => this.#board.restingMs(id) > 0;

  isResting(channelId: string): boolean {
    return this.#board.restingMs(channelId) > 0;
  }

  /** Until the first key of these routes may be used again, in ms; undefined = none of them cools. */
  shortestWaitMs(routes: readonly CatalogRoute[]): number | undefined {
    const waits = routes.flatMap(({ channel }) => channel.keys.map(({ id }) => this.#board.restingMs(id)));
    const cooling = waits.filter((ms) => ms > 0);
    return cooling.length === 0 ? undefined : Math.min(...cooling);
  }

  /** @param ms what the upstream asked for; undefined = it named no time. @returns how long the key rests. */
  coolKey(keyId: string, ms: number | undefined): number {
    const restMs = ms ?? this.#nextCooldownMs(keyId);
    this.#board.rest(keyId, restMs);
    return restMs;
  }

  #nextCooldownMs(keyId: string): number {
    const times = this.#throttled.get(keyId) ?? 0;
    if (this.#throttled.size >= MAX_TRACKED) this.#throttled.clear();
    this.#throttled.set(keyId, times + 1);
    return Math.min(FIRST_COOLDOWN_MS * 2 ** times, LAST_COOLDOWN_MS);
  }

  /** A request goes to this channel: after a rest it is the probe, and the others stay away until it has an answer. */
  starting(channelId: string): void {
    if (this.#failures.size > 0 && (this.#failures.get(channelId) ?? 0) >= FAILURES_TO_REST)
      this.#board.rest(channelId, REST_MS);
  }

  /** Its answer began: a channel at rest is back, and rests again should this answer break. */
  answered(channelId: string): void {
    if (this.#failures.size === 0) return;
    if ((this.#failures.get(channelId) ?? 0) < FAILURES_TO_REST) return;
    this.#failures.set(channelId, FAILURES_TO_REST - 1);
    this.#board.wake([channelId]);
  }

  succeeded(channelId: string, keyId: string | undefined): void {
    if (this.#failures.size > 0) this.#failures.delete(channelId);
    if (this.#throttled.size > 0 && keyId !== undefined) this.#throttled.delete(keyId);
  }

  /** @returns whether it rests from now on. */
  failed(channelId: string): boolean {
    const count = (this.#failures.get(channelId) ?? 0) + 1;
    if (this.#failures.size >= MAX_TRACKED) this.#failures.clear();
    this.#failures.set(channelId, count);
    if (count >= FAILURES_TO_REST) this.#board.rest(channelId, REST_MS);
    return count === FAILURES_TO_REST;
  }

  /** The try said nothing of the channel, such as a client that left: whoever comes next may probe it. */
  undecided(channelId: string): void {
    if (this.#failures.size > 0 && (this.#failures.get(channelId) ?? 0) >= FAILURES_TO_REST)
      this.#board.wake([channelId]);
  }

  /** A channel was saved anew: what was held against it and its keys is forgotten, and of no other. */
  forgetChannel(channelId: string, keyIds: readonly string[]): void {
    this.#failures.delete(channelId);
    for (const id of keyIds) this.#throttled.delete(id);
    this.#board.wake([channelId, ...keyIds]);
  }

  forget(): void {
    this.#failures.clear();
    this.#throttled.clear();
    this.#board.clear();
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
