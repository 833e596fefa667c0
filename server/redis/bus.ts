// Tells the other processes what happened here, and here what happened there. Redis may lose messages and may be
// away: whatever must not be missed is in the database, where it is looked for every half second all the same.
import { RedisClient } from 'bun';

import { BRIDGED, type Events, type HallpassEvent } from '../events.ts';
import type { Logger } from '../lib/logger.ts';
import type { RedisLink } from './link.ts';

const RETRY_MS = 1_000;
const CONNECT_MAX_MS = 1_000;
/** A subscription that says nothing may be dead. */
const PING_MS = 5_000;
/** Events told in one message; more within a moment are dropped, and that is logged. */
export const BATCH_MAX = 500;
/** What is not urgent is told together. */
const BATCH_MS = 20;
const MESSAGE_MAX_BYTES = 1_000_000;

export interface RedisBusOptions {
  url: string;
  link: RedisLink;
  channel: string;
  me: string;
  events: Events;
  log: Logger;
}

interface Message {
  from: string;
  events: HallpassEvent[];
}

export class RedisBus implements Disposable {
  readonly #options: RedisBusOptions;
  readonly #types: ReadonlySet<string> = new Set(BRIDGED);
  #subscriber: RedisClient | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #batch: HallpassEvent[] = [];
  #batchTimer: ReturnType<typeof setTimeout> | undefined;
  #dropped = 0;
  #closed = false;
  readonly #stopListening: () => void;

  constructor(options: RedisBusOptions) {
    this.#options = options;
    this.#stopListening = options.events.onAny((event, from) => {
      if (from === 'here' && this.#types.has(event.type)) this.#tell(event);
    });
  }

  get isListening(): boolean {
    return this.#subscriber !== undefined;
  }

  start(): void {
    void this.#subscribe();
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#stopListening();
    clearTimeout(this.#timer);
    clearTimeout(this.#batchTimer);
    this.#subscriber?.close();
  }

  #tell(event: HallpassEvent): void {
    if (this.#batch.length >= BATCH_MAX) {
      this.#dropped += 1;
      return;
    }
    this.#batch.push(event);
    const isUrgent = !event.type.startsWith('call.');
    if (isUrgent) this.#flush();
    else this.#batchTimer ??= setTimeout(() => this.#flush(), BATCH_MS);
  }

  #flush(): void {
    clearTimeout(this.#batchTimer);
    this.#batchTimer = undefined;
    const { link, channel, me, log } = this.#options;
    const message: Message = { from: me, events: this.#batch };
    this.#batch = [];
    if (this.#dropped > 0) log.warn('other servers were not told of some events', { events: this.#dropped });
    this.#dropped = 0;
    // Away: those who need to know find it in the database.
    if (link.isUp) void link.command('PUBLISH', [channel, JSON.stringify(message)]).catch(() => {});
  }

  readonly #hear = (text: string): void => {
    if (text.length > MESSAGE_MAX_BYTES) return;
    const { me, events, log } = this.#options;
    try {
      const message = JSON.parse(text) as Message;
      if (message.from === me) return;
      for (const event of message.events.slice(0, BATCH_MAX))
        if (this.#types.has(event.type)) events.emit(event, 'elsewhere');
    } catch (error) {
      log.warn('a message of another server cannot be read', { error });
    }
  };

  async #subscribe(): Promise<void> {
    const { url, channel, events } = this.#options;
    const client = new RedisClient(url, {
      autoReconnect: false,
      enableOfflineQueue: false,
      connectionTimeout: CONNECT_MAX_MS,
    });
    const lost = () => {
      client.close();
      if (this.#closed || (this.#subscriber !== undefined && this.#subscriber !== client)) return;
      this.#subscriber = undefined;
      this.#later(() => void this.#subscribe(), RETRY_MS);
    };
    try {
      await client.connect();
      await within(client.subscribe(channel, this.#hear));
      if (this.#closed) return client.close();
      client.onclose = lost;
      this.#subscriber = client;
      // Something may have been said while nobody listened.
      events.emit({ type: 'changes.hinted' }, 'elsewhere');
      this.#ping(client, lost);
    } catch {
      lost();
    }
  }

  #ping(client: RedisClient, lost: () => void): void {
    this.#later(() => {
      within(client.ping()).then(
        () => client === this.#subscriber && !this.#closed && this.#ping(client, lost),
        () => client === this.#subscriber && lost(),
      );
    }, PING_MS);
  }

  #later(what: () => void, ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(what, ms);
    this.#timer.unref();
  }
}

async function within<T>(work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('no answer')), CONNECT_MAX_MS);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
