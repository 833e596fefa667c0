// One connection to Redis at a time, with a bound on every wait. The first answer that is late or wrong ends it:
// from then on nobody waits for Redis, until a probe in the background has found it well again.
//
// Bun's own client has no time limit for a command and comes back by itself after up to two seconds, so its
// reconnecting and its queue are off; what is known to be lost is rejected at once.
import { RedisClient } from 'bun';

import type { Logger } from '../lib/logger.ts';

export class RedisAway extends Error {
  override name = 'RedisAway';
}

/** How often Redis is tried while it is away. */
export const PROBE_MS = 1_000;
const CONNECT_MAX_MS = 1_000;
/** A timer that comes so much too late tells that this process was busy, not Redis. */
const OWN_DELAY_MS = 10;
/** A command waits for those sent before it; that is our load, not a slow Redis. */
const QUEUED_MS = 0.25;
/** How often such a late timer gives Redis another chance. */
const CHANCES = 3;

export interface RedisLinkOptions {
  url: string;
  log: Logger;
  /** An answer that takes longer counts as none. */
  timeoutMs: number;
  probeMs?: number;
}

export interface RedisIdentity {
  /** Another one after each restart or fail-over: what it holds may be older than what was written. */
  runId: string;
}

export class RedisLink implements Disposable {
  readonly #options: RedisLinkOptions;
  readonly #watchers = new Set<(isUp: boolean) => void>();
  #client: RedisClient | undefined;
  #identity: RedisIdentity | undefined;
  /** When the answer to each command is due. */
  #pending = new Map<number, number>();
  #lastId = 0;
  #watch: ReturnType<typeof setTimeout> | undefined;
  #probe: ReturnType<typeof setTimeout> | undefined;
  #told: 'up' | 'down' | undefined;
  #closed = false;

  constructor(options: RedisLinkOptions) {
    this.#options = options;
  }

  get isUp(): boolean {
    return this.#client !== undefined;
  }

  /** The server behind the connection of now. */
  get identity(): RedisIdentity | undefined {
    return this.#identity;
  }

  /** Told of each change. @returns the function that stops listening. */
  onChange(watcher: (isUp: boolean) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Tries once, then in the background for as long as it takes. */
  async start(): Promise<void> {
    await this.#connect();
  }

  /** @throws RedisAway, without waiting when it is known to be away. @throws Error what Redis answered. */
  async command<T = unknown>(name: string, args: readonly string[]): Promise<T> {
    const client = this.#client;
    if (!client) throw new RedisAway('Redis is away');
    this.#lastId += 1;
    const id = this.#lastId;
    this.#pending.set(id, performance.now() + this.#options.timeoutMs + this.#pending.size * QUEUED_MS);
    this.#watch ??= this.#watchOldest(CHANCES);
    try {
      return (await client.send(name, args as string[])) as T;
    } catch (error) {
      if (isAnswer(error)) throw error;
      this.#lost(client, error);
      throw new RedisAway('Redis is away', { cause: error });
    } finally {
      this.#pending.delete(id);
    }
  }

  /** It answers, but not as a Redis that can be used does. */
  giveUp(error: unknown): void {
    if (this.#client) this.#lost(this.#client, error);
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    clearTimeout(this.#probe);
    clearTimeout(this.#watch);
    this.#client?.close();
    this.#client = undefined;
  }

  #watchOldest(chances: number): ReturnType<typeof setTimeout> | undefined {
    const [oldestDueAt] = this.#pending.values();
    if (oldestDueAt === undefined) return undefined;
    const late = chances < CHANCES;
    const dueAt = late ? performance.now() + OWN_DELAY_MS : oldestDueAt;
    const timer = setTimeout(
      () => {
        this.#watch = undefined;
        const [nextDueAt] = this.#pending.values();
        const isOver = nextDueAt !== undefined && performance.now() >= nextDueAt - 1;
        const wasBusy = performance.now() - dueAt > OWN_DELAY_MS || late;
        if (isOver && (!wasBusy || chances === 0))
          return this.#lost(this.#client, new RedisAway(`no answer within ${this.#options.timeoutMs} ms`));
        this.#watch = this.#watchOldest(isOver ? chances - 1 : CHANCES);
      },
      Math.max(0, dueAt - performance.now()),
    );
    timer.unref();
    return timer;
  }

  async #connect(): Promise<void> {
    const client = new RedisClient(this.#options.url, {
      autoReconnect: false,
      enableOfflineQueue: false,
      connectionTimeout: CONNECT_MAX_MS,
    });
    try {
      await client.connect();
      const identity = await within(this.#options.timeoutMs, identify(client));
      if (this.#closed) return client.close();
      client.onclose = (error) => this.#lost(client, error);
      this.#client = client;
      this.#identity = identity;
      this.#tell(true);
    } catch (error) {
      client.close();
      if (this.#closed) return;
      this.#tell(false, error);
      this.#probeLater();
    }
  }

  #lost(client: RedisClient | undefined, error: unknown): void {
    if (client === undefined || client !== this.#client) return;
    this.#client = undefined;
    clearTimeout(this.#watch);
    this.#watch = undefined;
    // Whoever still waits is told now: closing rejects what is pending.
    client.close();
    if (this.#closed) return;
    this.#tell(false, error);
    this.#probeLater();
  }

  #probeLater(): void {
    this.#probe = setTimeout(() => void this.#connect(), this.#options.probeMs ?? PROBE_MS);
    this.#probe.unref();
  }

  /** One line for each outage and each return. */
  #tell(isUp: boolean, error?: unknown): void {
    const state = isUp ? 'up' : 'down';
    if (this.#told === state) return;
    if (isUp && this.#told === 'down') this.#options.log.info('Redis answers again');
    if (!isUp) this.#options.log.warn('Redis does not answer as it should', { error });
    this.#told = state;
    for (const watcher of this.#watchers) watcher(isUp);
  }
}

async function identify(client: RedisClient): Promise<RedisIdentity> {
  const info = String(await client.send('INFO', ['server']));
  return { runId: /run_id:(\w+)/.exec(info)?.[1] ?? '' };
}

function isAnswer(error: unknown): boolean {
  return (error as { code?: string }).code === 'ERR_REDIS_SERVER_ERROR';
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new RedisAway(`no answer within ${ms} ms`)), ms);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
