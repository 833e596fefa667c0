import { describe, expect, test } from 'bun:test';

import { MemoryBoard } from '../channels/board.ts';
import type { CatalogChannel, CatalogRoute } from '../models/catalog.ts';
import { TestClock } from '../testing/test-clock.ts';
import { orderRoutes } from './pick.ts';
import { UpstreamHealth } from './upstream-health.ts';

const createHealth = (clock = new TestClock()) => new UpstreamHealth(new MemoryBoard(clock));

const channel = (id: string, more: Partial<CatalogChannel> = {}): CatalogChannel => ({
  id,
  name: id,
  preset: null,
  protocol: 'openai-chat',
  baseUrl: 'http://127.0.0.1:1/v1',
  authType: 'bearer',
  keyUsageMode: 'single',
  rpmLimit: null,
  tpmLimit: null,
  options: {
    firstByteTimeoutMs: 1,
    stallTimeoutMs: 1,
    longestStreamMs: 1,
    maxTokensField: 'max_tokens',
    maxResponseBytes: 1,
    query: '',
    body: undefined,
    thinkTags: undefined,
  },
  keys: ['a', 'b', 'c'].map((key) => ({ id: `${id}-${key}`, secret: key, status: 'enabled' })),
  ...more,
});
const route = (id: string, more: Partial<CatalogRoute> = {}): CatalogRoute => ({
  id,
  upstreamModel: 'm',
  priority: 10,
  weight: 1,
  channel: channel(id),
  prices: null,
  priceGuessed: false,
  ...more,
});

describe('keys', () => {
  const chosen = (mode: CatalogChannel['keyUsageMode'], times = 4) => {
    const health = createHealth();
    let n = 0;
    const random = () => [0, 0.99, 0.5, 0.1][n++ % 4]!;
    const used = route('r', { channel: channel('ch', { keyUsageMode: mode }) });
    return Array.from({ length: times }, () => health.chooseKey(used, random)?.secret);
  };

  test('single uses the first, round robin each in turn, random any', () => {
    expect(chosen('single')).toEqual(['a', 'a', 'a', 'a']);
    expect(chosen('round_robin')).toEqual(['a', 'b', 'c', 'a']);
    expect(chosen('random')).toEqual(['a', 'c', 'b', 'a']);
  });

  test('a cooling key is passed over until its time is over', () => {
    const clock = new TestClock();
    const health = createHealth(clock);
    const used = route('ch');
    health.coolKey('ch-a', 7_000);
    expect(health.chooseKey(used, Math.random)?.secret).toBe('b');
    clock.advance(7_000);
    expect(health.chooseKey(used, Math.random)?.secret).toBe('a');
  });

  test('without a time each throttling in a row doubles the wait, up to five minutes; an answer ends the row', () => {
    const health = createHealth();
    const waits = Array.from({ length: 7 }, () => health.coolKey('k', undefined));
    expect(waits).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
    health.succeeded('ch', 'k');
    expect(health.coolKey('k', undefined)).toBe(10_000);
    expect(health.coolKey('k', 1_500)).toBe(1_500);
  });

  test('the shortest wait of several routes is that of the first key to come back', () => {
    const health = createHealth();
    const routes = [route('a'), route('b')];
    expect(health.shortestWaitMs(routes)).toBeUndefined();
    health.coolKey('a-a', 9_000);
    health.coolKey('b-c', 4_000);
    expect(health.shortestWaitMs(routes)).toBe(4_000);
  });

  test('all cooling: none; a channel without authentication needs none', () => {
    const health = createHealth();
    for (const key of ['a', 'b', 'c']) health.coolKey(`ch-${key}`, 1_000);
    expect(health.chooseKey(route('ch'), Math.random)).toBeUndefined();
    expect(health.chooseKey(route('x', { channel: channel('x', { authType: 'none' }) }), Math.random)).toBeNull();
  });
});

describe('channels', () => {
  test('five failures in a row send a channel to rest for 30 s; a success in between does not', () => {
    const clock = new TestClock();
    const health = createHealth(clock);
    for (let i = 0; i < 4; i += 1) health.failed('ch');
    health.succeeded('ch', undefined);
    for (let i = 0; i < 4; i += 1) health.failed('ch');
    expect(health.isResting('ch')).toBe(false);
    health.failed('ch');
    expect(health.isResting('ch')).toBe(true);
    clock.advance(30_001);
    expect(health.isResting('ch')).toBe(false);
  });

  test('after the rest one call probes; the others stay away until it has its answer', () => {
    const clock = new TestClock();
    const health = createHealth(clock);
    for (let i = 0; i < 5; i += 1) health.failed('ch');
    clock.advance(30_000);
    expect(health.isResting('ch')).toBe(false);
    health.starting('ch');
    expect(health.isResting('ch')).toBe(true);
    health.failed('ch');
    clock.advance(29_999);
    expect(health.isResting('ch')).toBe(true);
    clock.advance(1);
    health.starting('ch');
    health.answered('ch');
    expect(health.isResting('ch')).toBe(false);
    health.failed('ch');
    expect(health.isResting('ch')).toBe(true);
  });

  test('a probe that says nothing of the channel leaves the door open; a success closes the matter', () => {
    const clock = new TestClock();
    const health = createHealth(clock);
    for (let i = 0; i < 5; i += 1) health.failed('ch');
    clock.advance(30_000);
    health.starting('ch');
    health.undecided('ch');
    expect(health.isResting('ch')).toBe(false);
    health.starting('ch');
    health.answered('ch');
    health.succeeded('ch', undefined);
    for (let i = 0; i < 4; i += 1) health.failed('ch');
    expect(health.isResting('ch')).toBe(false);
  });

  test('a channel that was saved is forgotten with its keys, and no other', () => {
    const health = createHealth();
    for (const id of ['a', 'b']) {
      for (let i = 0; i < 5; i += 1) health.failed(id);
      health.coolKey(`${id}-key`, 60_000);
    }
    health.forgetChannel('a', ['a-key']);
    expect([health.isResting('a'), health.isResting('b')]).toEqual([false, true]);
    const keys = (id: string) => [{ id: `${id}-key`, secret: 's', status: 'enabled' as const }];
    expect(health.chooseKey(route('a', { channel: channel('a', { keys: keys('a') }) }), Math.random)?.id).toBe('a-key');
    expect(health.chooseKey(route('b', { channel: channel('b', { keys: keys('b') }) }), Math.random)).toBeUndefined();
  });

  test('retries are a fifth of the calls under way, and three always', () => {
    const health = createHealth();
    expect([1, 2, 3, 4].map(() => health.tryRetry())).toEqual([true, true, true, false]);
    for (let i = 0; i < 50; i += 1) health.callStarted();
    for (let i = 0; i < 7; i += 1) expect(health.tryRetry()).toBe(true);
    expect(health.tryRetry()).toBe(false);
    health.retryEnded();
    expect(health.tryRetry()).toBe(true);
  });
});

describe('the order of routes', () => {
  const healthy = { isResting: () => false };

  test('lower priority first, resting channels last', () => {
    const routes = [route('late', { priority: 20 }), route('first', { priority: 5 }), route('tired', { priority: 1 })];
    const order = orderRoutes(routes, { isResting: (id) => id === 'tired' }, () => 0.5);
    expect(order.map(({ id }) => id)).toEqual(['first', 'late', 'tired']);
  });

  test('within a priority, weights decide how often a route comes first', () => {
    const routes = [route('heavy', { weight: 3 }), route('light', { weight: 1 })];
    let state = 7;
    const random = () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
    let heavy = 0;
    for (let i = 0; i < 4_000; i += 1) if (orderRoutes(routes, healthy, random)[0]!.id === 'heavy') heavy += 1;
    expect(heavy / 4_000).toBeGreaterThan(0.72);
    expect(heavy / 4_000).toBeLessThan(0.78);
  });
});
