// Which rules this process lets calls in by: through Redis, or within its share, or (while it is not settled) not at
// all. Nobody changes alone: an epoch is in force once every live process has adopted it, and adopting means to stop
// by the old rules first and to say what was counted. So whatever becomes of Redis, no limit is exceeded.
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { AppError } from '../lib/app-error.ts';
import { RedisAway, type RedisLink } from '../redis/link.ts';
import type { Agreement, View } from './agreement.ts';
import { agedBy, type Windows } from './limits.ts';
import type { MemoryLimits } from './memory-limits.ts';
import { CountersLost, type RedisLimits } from './redis-limits.ts';
import { createShares, type Shares } from './shares.ts';

export type Mode = { epoch: number; servers: number } & (
  | { store: 'redis'; redis: RedisLimits }
  | { store: 'memory'; shares: Shares }
);

const LOOK_MS = 500;
/** While processes are agreeing. */
const HASTE_MS = 25;
/** How long a call waits for an agreement. */
const WAIT_MAX_MS = 1_500;
const RETRY_AFTER_MS = 1_000;
/** Calls that wait; one more is refused at once. */
const WAITING_MAX = 10_000;
/** Without word from the others for so long nobody is let in: they may have agreed on something else by then. */
const CONFIRMED_MS = 4_000;
const RENEW_MS = 4_000;
/** A Redis that comes and goes is waited for longer each time. */
const TRUST_MAX_MS = 32_000;

export interface LimitsModeOptions {
  agreement: Agreement;
  link: RedisLink;
  memory: MemoryLimits;
  clock: Clock;
  log: Logger;
  redisFor(epoch: number): RedisLimits;
  /** Ids of the places open here, by party. */
  openPlaces(): ReadonlyMap<string, readonly string[]>;
  onChange(mode: Mode): void;
}

export class LimitsMode implements AsyncDisposable {
  readonly #options: LimitsModeOptions;
  #mode: Mode | undefined;
  #adopted = 0;
  /** What this process had counted when it adopted the epoch. */
  #own: { windows: Windows; atMs: number } = { windows: {}, atMs: 0 };
  #redis: RedisLimits | undefined;
  #lostEpoch = 0;
  #confirmedAt = Number.NEGATIVE_INFINITY;
  #waiting: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #closed = false;
  #lastStore: Mode['store'] | undefined;
  #upSince = 0;
  #fellAt = Number.NEGATIVE_INFINITY;
  #trustMs = 0;
  #renewedAt = 0;
  #isBlind = false;

  constructor(options: LimitsModeOptions) {
    this.#options = options;
    options.link.onChange((isUp) => {
      const now = performance.now();
      if (isUp) this.#upSince = now;
      else {
        this.#trustMs =
          now - this.#fellAt < 60_000 ? Math.min(TRUST_MAX_MS, Math.max(1_000, this.#trustMs * 2)) : 1_000;
        this.#fellAt = now;
      }
      this.hurry();
    });
  }

  /** The store in force, or that was last. */
  get store(): Mode['store'] {
    return this.#mode?.store ?? this.#lastStore ?? 'memory';
  }

  isInForce({ epoch }: Mode): boolean {
    return this.#mode?.epoch === epoch;
  }

  get inForce(): Mode | undefined {
    return this.#mode;
  }

  /** @throws AppError limits_unsettled when the processes do not agree in time. */
  async ready(): Promise<Mode> {
    for (const deadline = performance.now() + WAIT_MAX_MS; ;) {
      const now = performance.now();
      if (this.#mode && now - this.#confirmedAt < CONFIRMED_MS) return this.#mode;
      if (now >= deadline || this.#closed || this.#waiting.length >= WAITING_MAX)
        throw new AppError('limits_unsettled', { retryAfterMs: RETRY_AFTER_MS });
      await this.#nextChange(deadline - now);
    }
  }

  /** Looks now rather than at the next beat. */
  hurry(): void {
    if (this.#closed) return;
    if (this.#running) this.#again = true;
    else this.#run();
  }

  /** Redis did not decide: nobody is let in until it is known what is in force. */
  doubt(mode: Mode): void {
    if (this.isInForce(mode)) this.#mode = undefined;
    this.hurry();
  }

  /** What an epoch had counted in Redis is gone. */
  lost(mode: Mode): void {
    this.#lostEpoch = mode.epoch;
    this.doubt(mode);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
    this.#mode = undefined;
    this.#wake();
    await this.#options.agreement.leave(this.#options.memory.windows()).catch((error: unknown) => {
      this.#options.log.warn('the other servers did not hear that this one leaves', { error });
    });
  }

  async #nextChange(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    const timer = setTimeout(resolve, ms);
    await promise;
    clearTimeout(timer);
    const at = this.#waiting.indexOf(resolve);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #run(): void {
    clearTimeout(this.#timer);
    this.#again = false;
    this.#running = this.#step()
      .then(() => {
        if (this.#isBlind) this.#options.log.info('the servers can agree on limits again');
        this.#isBlind = false;
      })
      .catch((error: unknown) => {
        if (!this.#isBlind) this.#options.log.warn('the servers cannot agree on limits', { error });
        this.#isBlind = true;
      })
      .then(() => {
        this.#running = undefined;
        if (this.#closed) return;
        this.#timer = setTimeout(() => this.#run(), this.#mode && !this.#again ? LOOK_MS : HASTE_MS);
        this.#timer.unref();
      });
  }

  async #step(): Promise<void> {
    const { agreement } = this.#options;
    const startedAt = performance.now();
    let view = await agreement.look(this.#trustsRedis());
    const wish = this.#wish(view);
    if (wish) {
      // Not even the calls of this process may go on by the old rules.
      if (this.#mode?.store === 'redis') this.#mode = undefined;
      await agreement.propose(view.epoch, wish, this.#options.link.identity?.runId ?? '');
      view = await agreement.look(this.#trustsRedis());
    }
    if (view.epoch !== this.#adopted) {
      await this.#adopt(view);
      view = await agreement.look(this.#trustsRedis());
    }
    if (view.epoch === this.#adopted && !this.#mode) await this.#settle(view);
    this.#confirmedAt = startedAt;
    if (this.#mode) this.#wake();
    if (this.#mode?.store === 'redis') await this.#keep(this.#mode.redis);
  }

  #trustsRedis(): boolean {
    return this.#options.link.isUp && performance.now() - this.#upSince >= this.#trustMs;
  }

  /** What this process asks for, as things stand. */
  #wish(view: View): Mode['store'] | undefined {
    const { link, agreement } = this.#options;
    if (view.store === 'redis') {
      if (!link.isUp) return 'memory';
      return link.identity?.runId !== view.runId || this.#lostEpoch === view.epoch ? 'redis' : undefined;
    }
    const live = view.members.filter(({ state }) => state === 'live');
    if (this.#trustsRedis() && live.every(({ redisOk }) => redisOk)) return 'redis';
    return view.participants && !view.participants.includes(agreement.me) ? 'memory' : undefined;
  }

  async #adopt(view: View): Promise<void> {
    const { agreement, memory, clock, openPlaces, redisFor } = this.#options;
    this.#mode = undefined;
    const windows = memory.windows();
    const places = openPlaces();
    this.#own = { windows: memory.windows('exact'), atMs: clock.monotonic() };
    if (view.store === 'redis') {
      this.#redis = redisFor(view.epoch);
      await this.#redis.open();
      await this.#redis.add(windows, places);
      // Somebody has to speak for those who have left.
      const first = view.members.find(({ state }) => state === 'live')?.id;
      if (first === agreement.me && view.epoch !== this.#adopted) await this.#addLeft(view.epoch, this.#redis);
    }
    await agreement.adopt(view.epoch, windows);
    this.#adopted = view.epoch;
  }

  async #addLeft(epoch: number, redis: RedisLimits): Promise<void> {
    for (const { windows, agedMs, hasLeft } of await this.#options.agreement.windowsOfOthers(epoch))
      if (hasLeft) await redis.add(agedBy(windows, agedMs), new Map());
  }

  /** A dead process has not said what it let in; the first of the living says it from the book of calls. */
  async #speakFor(dead: readonly string[], view: View): Promise<void> {
    const { agreement } = this.#options;
    for (const id of dead) {
      const windows = await agreement.windowsOfDead(id);
      // First counted, then adopted: with the adoption calls may begin.
      if (view.store === 'redis') await this.#redis!.add(windows, new Map());
      await agreement.adoptFor(id, view.epoch, windows);
    }
    this.#options.log.warn('what a dead server had let in was counted from its calls', { servers: dead });
  }

  async #settle(view: View): Promise<void> {
    const { agreement, clock } = this.#options;
    const late = view.members.filter(({ epoch, state }) => epoch !== view.epoch && state !== 'left');
    if (late.some(({ state }) => state === 'live')) return;
    const live = view.members.filter(({ state }) => state === 'live').map(({ id }) => id);
    if (late.length > 0) {
      const dead = late.map(({ id }) => id);
      if (live[0] === agreement.me) await this.#speakFor(dead, view);
      return;
    }
    if (view.store === 'redis')
      return this.#begin({ epoch: view.epoch, servers: live.length, store: 'redis', redis: this.#redis! });
    if (!view.participants) return agreement.settle(view.epoch, live);
    const rank = view.participants.indexOf(agreement.me);
    if (rank < 0) return;
    const count = view.participants.length;
    const others = await agreement.windowsOfOthers(view.epoch);
    const shares = createShares({ clock, own: this.#own, others, rank, count });
    this.#begin({ epoch: view.epoch, servers: count, store: 'memory', shares });
  }

  #begin(mode: Mode): void {
    this.#mode = mode;
    const { log, onChange } = this.#options;
    if (mode.store === this.#lastStore) return;
    const fields = { servers: mode.servers };
    if (mode.store === 'memory') log.warn('Redis is away: each server keeps its share of the limits', fields);
    else log.info('limits are shared through Redis', fields);
    this.#lastStore = mode.store;
    onChange(mode);
  }

  /** Finds out whether Redis is still what it was, and holds the places of running calls. */
  async #keep(redis: RedisLimits): Promise<void> {
    try {
      await redis.keep();
      if (performance.now() - this.#renewedAt < RENEW_MS) return;
      this.#renewedAt = performance.now();
      await redis.add({}, this.#options.openPlaces());
    } catch (error) {
      if (!(error instanceof RedisAway)) throw error;
      if (error instanceof CountersLost) this.#lostEpoch = this.#adopted;
      this.#mode = undefined;
      this.#again = true;
    }
  }
}
