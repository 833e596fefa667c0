// What a server has when it is given a Redis. Constructed in context.ts only.
import { createHash } from 'node:crypto';

import type { Clock, Ids } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Agreement } from '../limits/agreement.ts';
import { RedisLimits } from '../limits/redis-limits.ts';
import { SharedLimits } from '../limits/shared-limits.ts';
import type { Events } from '../events.ts';
import { RedisBus } from './bus.ts';
import { RedisLink } from './link.ts';

export interface RedisOptions {
  url: string;
  timeoutMs: number;
  /** Something only this installation has: several may use one Redis. */
  mark: string;
  agreement: Agreement;
  clock: Clock;
  ids: Ids;
  log: Logger;
  events: Events;
}

export interface RedisParts extends AsyncDisposable {
  link: RedisLink;
  bus: RedisBus;
  limits: SharedLimits;
}

/** Connects, or goes on without until Redis answers. */
export async function createRedis(options: RedisOptions): Promise<RedisParts> {
  const { url, timeoutMs, mark, agreement, clock, ids, log, events } = options;
  const link = new RedisLink({ url, timeoutMs, log });
  // The braces keep all keys of an installation in one place of a cluster.
  const prefix = `{hallpass:${createHash('sha256').update(mark).digest('hex').slice(0, 12)}}`;
  const limits = new SharedLimits({
    agreement,
    link,
    clock,
    log,
    newId: () => ids.next('place'),
    redisFor: (epoch) => new RedisLimits({ link, prefix: `${prefix}:limits:${epoch}`, newId: () => ids.next('place') }),
    onChange: ({ store, servers }) => events.emit({ type: 'limits.store_changed', store, servers }),
  });
  const bus = new RedisBus({ url, link, channel: `${prefix}:events`, me: agreement.me, events, log });
  await link.start();
  limits.start();
  bus.start();
  return {
    link,
    bus,
    limits,
    async [Symbol.asyncDispose]() {
      await limits[Symbol.asyncDispose]();
      bus[Symbol.dispose]();
      link[Symbol.dispose]();
    },
  };
}
