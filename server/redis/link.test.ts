import { describe, expect, test } from 'bun:test';

import { createLogger } from '../lib/logger.ts';
import { eventually } from '../testing/gateway-app.ts';
import { hasRedis, startTestRedis } from '../testing/test-redis.ts';
import { RedisAway, RedisLink } from './link.ts';

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe.skipIf(!hasRedis)('the connection to Redis', () => {
  test('a Redis that stands still costs one wait; then nobody waits, until a probe finds it well', async () => {
    await using redis = await startTestRedis();
    const logs: string[] = [];
    using link = new RedisLink({
      url: redis.url,
      log: createLogger((line) => logs.push(line)),
      timeoutMs: 50,
      probeMs: 50,
    });
    await link.start();
    expect(await link.command<string>('PING', [])).toBe('PONG');
    redis.pause();
    const startedAt = performance.now();
    expect(await failureOf(link.command('PING', []))).toBeInstanceOf(RedisAway);
    expect(performance.now() - startedAt).toBeLessThan(500);
    const later = performance.now();
    for (let i = 0; i < 1_000; i += 1) expect(await failureOf(link.command('PING', []))).toBeInstanceOf(RedisAway);
    expect(performance.now() - later).toBeLessThan(200);
    redis.resume();
    await eventually(async () => link.isUp, 5_000);
    expect(await link.command<string>('PING', [])).toBe('PONG');
    expect(logs.filter((line) => line.includes('"warn"'))).toHaveLength(1);
  });

  test('one Redis that is not there at the start is found when it comes, under another run id after a restart', async () => {
    await using redis = await startTestRedis();
    await redis.kill();
    using link = new RedisLink({ url: redis.url, log: createLogger(() => {}), timeoutMs: 1_000, probeMs: 50 });
    await link.start();
    expect(link.isUp).toBe(false);
    await redis.start();
    await eventually(async () => link.isUp, 5_000);
    const first = link.identity?.runId;
    await redis.kill();
    await eventually(async () => !link.isUp);
    await redis.start();
    await eventually(async () => link.isUp, 5_000);
    expect(link.identity?.runId).toHaveLength(40);
    expect(link.identity?.runId).not.toBe(first!);
  });

  test('a word of refusal is no outage', async () => {
    await using redis = await startTestRedis();
    using link = new RedisLink({ url: redis.url, log: createLogger(() => {}), timeoutMs: 1_000 });
    await link.start();
    expect(String(await failureOf(link.command('NONSENSE', [])))).toContain('unknown command');
    expect(link.isUp).toBe(true);
  });
});
