// R19: three processes' worth of limits on one real Redis that is killed, stopped, emptied and rolled back.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';

import { createLogger } from '../lib/logger.ts';
import { RedisLink } from '../redis/link.ts';
import { eventually } from '../testing/gateway-app.ts';
import { TestClock } from '../testing/test-clock.ts';
import { hasRedis, startTestRedis, type TestRedis } from '../testing/test-redis.ts';
import { type Agreement, createMemoryAgreement } from './agreement.ts';
import type { Lease, LimitReply, LimitScope } from './limits.ts';
import { limitsSuite } from './limits.suite.ts';
import { RedisLimits } from './redis-limits.ts';
import { SharedLimits } from './shared-limits.ts';

/** This machine may be busy: what is measured is the rule, not the speed. */
const TIMEOUT_MS = 1_000;

const scope = (fields: Partial<LimitScope>): LimitScope => ({
  key: 'pass:p',
  name: 'p',
  rpm: null,
  tpm: null,
  maxParallel: null,
  ...fields,
});

describe.skipIf(!hasRedis)('limits that processes share', () => {
  let redis: TestRedis;
  let clock: TestClock;
  let join: (me: string) => Agreement;
  let logs: string[];
  let all: { limits: SharedLimits; link: RedisLink }[];

  beforeEach(async () => {
    redis = await startTestRedis();
    clock = new TestClock();
    join = createMemoryAgreement(() => performance.now());
    logs = [];
    all = [];
  });
  afterEach(async () => {
    for (const { limits, link } of all) {
      await limits[Symbol.asyncDispose]();
      link[Symbol.dispose]();
    }
    await redis[Symbol.asyncDispose]();
  });

  const start = async (me: string, timeoutMs = TIMEOUT_MS) => {
    const log = createLogger((line) => logs.push(line));
    const link = new RedisLink({ url: redis.url, log, timeoutMs, probeMs: 100 });
    const now = () => clock.monotonic() + 1_000_000;
    const newId = () => crypto.randomUUID();
    const limits = new SharedLimits({
      agreement: join(me),
      link,
      clock,
      log,
      newId,
      redisFor: (epoch) => new RedisLimits({ link, prefix: `{t}:${epoch}`, newId, now, placeTtlMs: 600_000 }),
      onChange: () => {},
    });
    all.push({ limits, link });
    await link.start();
    limits.start();
    return limits;
  };
  const three = async (timeoutMs?: number) => {
    const made = [];
    for (const me of ['a', 'b', 'c']) made.push(await start(me, timeoutMs));
    for (const limits of made) await eventually(async () => limits.store === 'redis');
    return made as [SharedLimits, SharedLimits, SharedLimits];
  };
  const untilStore = async (store: 'redis' | 'memory') => {
    for (const { limits } of all) await eventually(async () => limits.store === store, 8_000);
  };
  /** How many of these get in. */
  const admitted = async (asks: Promise<LimitReply>[]) => (await Promise.all(asks)).filter(({ ok }) => ok).length;
  const flood = (many: readonly SharedLimits[], calls: number, one: LimitScope) =>
    admitted(Array.from({ length: calls }, (_, i) => many[i % many.length]!.acquire([one], 0)));
  const leaseOf = (reply: LimitReply): Lease => {
    if (!reply.ok) throw new Error(reply.problem);
    return reply.lease;
  };

  limitsSuite('shared', async (suiteClock) => {
    clock = suiteClock;
    await start('alone');
    await untilStore('redis');
    return { limits: all[0]!.limits, [Symbol.asyncDispose]: async () => {} };
  });

  test('exact over three processes with 500 calls at once', async () => {
    expect(await flood(await three(), 500, scope({ rpm: 37 }))).toBe(37);
  });

  test('Redis is killed: what was let in through it counts, each goes on with its share, all together reach the limit', async () => {
    const [a, b, c] = await three();
    const p = scope({ rpm: 30 });
    // All of it through one process: the others know nothing of it but what they are told.
    expect(await flood([a], 12, p)).toBe(12);
    await redis.kill();
    expect(await flood([a, b, c], 300, p)).toBe(18);
    clock.advance(61_000);
    expect(await flood([b], 300, p)).toBe(10);
    expect(await flood([a, b, c], 300, p)).toBe(20);
    expect(logs.filter((line) => line.includes('keeps its share'))).toHaveLength(3);
  });

  test('Redis comes back: what was let in without it counts', async () => {
    const [a, b, c] = await three();
    const p = scope({ rpm: 30 });
    await redis.kill();
    expect(await flood([a, b], 300, p)).toBe(20);
    await redis.start();
    await untilStore('redis');
    expect(await flood([c], 300, p)).toBe(10);
    clock.advance(61_000);
    expect(await flood([c], 300, p)).toBe(30);
  });

  test('a limit of 1 on three processes is kept by one of them while Redis is away', async () => {
    const [a, b, c] = await three();
    await redis.kill();
    expect(await flood([c, b, a], 90, scope({ rpm: 1 }))).toBe(1);
    expect(await flood([a, b, c], 90, scope({ key: 'pass:q', maxParallel: 1 }))).toBe(1);
  });

  test('Redis is emptied: nothing is forgotten', async () => {
    const [a, b, c] = await three();
    const p = scope({ rpm: 30, maxParallel: 25 });
    const open = [];
    for (let i = 0; i < 20; i++) open.push(leaseOf(await [a, b, c][i % 3]!.acquire([p], 0)));
    await redis.command('FLUSHALL');
    expect(await flood([a, b, c], 300, p)).toBe(5);
    for (const lease of open.slice(0, 9)) lease.release();
    expect(await flood([a, b, c], 300, p)).toBe(5);
  });

  test('Redis is rolled back to an older snapshot: its old counters are not believed', async () => {
    const made = await three();
    const p = scope({ rpm: 30 });
    expect(await flood(made, 6, p)).toBe(6);
    await redis.command('SAVE');
    expect(await flood(made, 300, p)).toBe(24);
    await redis.kill();
    await redis.start();
    expect(await flood(made, 300, p)).toBe(0);
    await untilStore('redis');
    expect(await flood(made, 300, p)).toBe(0);
  });

  test('Redis stands still: a call waits for it once, and nobody waits after that', async () => {
    const [a] = await three(50);
    const p = scope({ rpm: 300 });
    redis.pause();
    await a.acquire([p], 0);
    await untilStore('memory');
    const startedAt = performance.now();
    for (let i = 0; i < 50; i++) leaseOf(await a.acquire([p], 0));
    expect(performance.now() - startedAt).toBeLessThan(500);
    redis.resume();
    await untilStore('redis');
    expect(
      await flood(
        all.map(({ limits }) => limits),
        900,
        p,
      ),
    ).toBe(249);
  });

  test('one process alone loses Redis: the others leave it too, together they stay within the limit', async () => {
    const made = await three();
    const p = scope({ rpm: 31 });
    expect(await flood(made, 4, p)).toBe(4);
    all[0]!.link.giveUp(new Error('cut off'));
    expect(await flood(made, 300, p)).toBe(27);
  });

  test('a process that ended takes nothing it let in with it; one that joins gets a share', async () => {
    const [a, b, c] = await three();
    const p = scope({ rpm: 30 });
    expect(await flood([c], 15, p)).toBe(15);
    await c[Symbol.asyncDispose]();
    await redis.command('FLUSHALL');
    expect(await flood([a, b], 300, p)).toBe(15);
    await redis.kill();
    const d = await start('d');
    expect(await flood([a, b, d], 300, p)).toBe(0);
    clock.advance(61_000);
    expect(await flood([d], 300, p)).toBe(10);
  });
});
