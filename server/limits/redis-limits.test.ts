import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

import { createLogger } from '../lib/logger.ts';
import { RedisLink } from '../redis/link.ts';
import { hasRedis, startTestRedis, type TestRedis } from '../testing/test-redis.ts';
import type { LimitScope } from './limits.ts';
import { limitsSuite } from './limits.suite.ts';
import { CountersLost, RedisLimits } from './redis-limits.ts';

const scope = (key: string, fields: Partial<LimitScope>): LimitScope => ({
  key,
  name: key,
  rpm: null,
  tpm: null,
  maxParallel: null,
  ...fields,
});

describe.skipIf(!hasRedis)('on a real Redis', () => {
  let redis: TestRedis;
  const links: RedisLink[] = [];
  let made = 0;
  beforeAll(async () => void (redis = await startTestRedis()));
  afterAll(async () => {
    for (const link of links) link[Symbol.dispose]();
    await redis?.[Symbol.asyncDispose]();
  });

  const newLink = async () => {
    // This machine may be busy; how Redis is given up is tested elsewhere.
    const link = new RedisLink({ url: redis.url, log: createLogger(() => {}), timeoutMs: 5_000 });
    links.push(link);
    await link.start();
    return link;
  };
  const onRedis = async (fields: { now?: () => number; placeTtlMs?: number; prefix?: string } = {}) => {
    const { prefix = `{test}:${++made}`, ...rest } = fields;
    const limits = new RedisLimits({ link: await newLink(), prefix, newId: () => crypto.randomUUID(), ...rest });
    await limits.open();
    return { limits, prefix };
  };

  limitsSuite('Redis', async (clock, leaseMs) => ({
    limits: (await onRedis({ now: () => clock.monotonic() + 1_000_000, placeTtlMs: leaseMs })).limits,
    [Symbol.asyncDispose]: async () => {},
  }));

  test('limits are exact over three processes and 500 calls at once, by the clock of Redis', async () => {
    const first = await onRedis();
    const others = [await onRedis({ prefix: first.prefix }), await onRedis({ prefix: first.prefix })];
    const all = [first, ...others].map(({ limits }) => limits);
    const shared = [scope('pass:p', { rpm: 37 }), scope('classroom:c', { maxParallel: 41, tpm: 100_000 })];
    const replies = await Promise.all(Array.from({ length: 500 }, (_, i) => all[i % 3]!.acquire(shared, 10)));
    expect(replies.filter(({ ok }) => ok)).toHaveLength(37);
    expect((await all[1]!.peek(shared[0]!)).requests).toMatchObject({ limit: 37, remaining: 0 });
    expect((await all[2]!.peek(shared[1]!)).tokens).toMatchObject({ remaining: 100_000 - 370 });
  });

  test('everything expires by itself', async () => {
    const { limits, prefix } = await onRedis({ placeTtlMs: 50 });
    await limits.acquire([scope('pass:p', { rpm: 5, maxParallel: 5 })], 0);
    for (const key of [prefix, `${prefix}:pass:p`, `${prefix}:pass:p:open`])
      expect(Number(await redis.command('PTTL', key))).toBeGreaterThan(0);
  });

  test('a script that Redis has forgotten is taught again; counters that are gone are noticed', async () => {
    const { limits } = await onRedis();
    const p = scope('pass:p', { rpm: 2 });
    expect((await limits.acquire([p], 0)).ok).toBe(true);
    await redis.command('SCRIPT', 'FLUSH');
    expect((await limits.acquire([p], 0)).ok).toBe(true);
    expect((await limits.acquire([p], 0)).ok).toBe(false);
    await redis.command('FLUSHALL');
    expect(await limits.acquire([p], 0).catch((error: unknown) => error)).toBeInstanceOf(CountersLost);
    expect(await limits.keep().catch((error: unknown) => error)).toBeInstanceOf(CountersLost);
  });

  test('a Redis clock that is set back counts what was used for another minute, no longer', async () => {
    let now = 10_000_000;
    const { limits } = await onRedis({ now: () => now });
    const p = scope('pass:p', { rpm: 2 });
    for (let i = 0; i < 2; i++) expect((await limits.acquire([p], 0)).ok).toBe(true);
    now -= 3_600_000;
    expect((await limits.acquire([p], 0)).ok).toBe(false);
    now += 59_000;
    expect((await limits.acquire([p], 0)).ok).toBe(false);
    now += 1_000;
    expect((await limits.acquire([p], 0)).ok).toBe(true);
  });

  test('what was counted elsewhere is added, many parties at a time', async () => {
    const { limits } = await onRedis();
    const windows = Object.fromEntries(
      Array.from({ length: 450 }, (_, i) => [
        `pass:${i}`,
        { slots: [[3, 2, 20] as [number, number, number]], open: 1 },
      ]),
    );
    await limits.add(windows, new Map([['pass:449', ['place-1']]]));
    for (const i of [0, 201, 449]) {
      const p = scope(`pass:${i}`, { rpm: 5, tpm: 100, maxParallel: 1 });
      expect((await limits.peek(p)).requests).toMatchObject({ remaining: 3 });
      expect((await limits.peek(p)).tokens).toMatchObject({ remaining: 80 });
    }
    const last = scope('pass:449', { maxParallel: 1 });
    expect(await limits.acquire([last], 0)).toMatchObject({ ok: false, problem: 'concurrency' });
    await limits.end({ id: 'place-1', scopes: [last], second: null, tokens: 0 }, true);
    expect((await limits.acquire([last], 0)).ok).toBe(true);
  });
});
