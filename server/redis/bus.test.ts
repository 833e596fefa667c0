import { afterEach, beforeEach, describe, expect, test } from 'bun:test';

import { MemoryBoard } from '../channels/board.ts';
import { createSharedBoard } from '../channels/shared-board.ts';
import { createEvents, type Events, type HallpassEvent } from '../events.ts';
import { createLogger } from '../lib/logger.ts';
import { eventually } from '../testing/gateway-app.ts';
import { TestClock } from '../testing/test-clock.ts';
import { hasRedis, startTestRedis, type TestRedis } from '../testing/test-redis.ts';
import { createThrottle } from '../users/throttle.ts';
import { BATCH_MAX, RedisBus } from './bus.ts';
import { RedisLink } from './link.ts';

interface Process {
  events: Events;
  /** What it heard from the other one. */
  heard: HallpassEvent[];
  bus: RedisBus;
  link: RedisLink;
  logs: string[];
}

describe.skipIf(!hasRedis)('what processes tell each other', () => {
  let redis: TestRedis;
  let here: Process;
  let there: Process;

  const join = async (me: string): Promise<Process> => {
    const logs: string[] = [];
    const log = createLogger((line) => logs.push(line));
    const events = createEvents((error) => logs.push(String(error)));
    const link = new RedisLink({ url: redis.url, log, timeoutMs: 2_000, probeMs: 50 });
    const bus = new RedisBus({ url: redis.url, link, channel: '{t}:events', me, events, log });
    const heard: HallpassEvent[] = [];
    events.onAny((event, from) => from === 'elsewhere' && heard.push(event));
    await link.start();
    bus.start();
    await eventually(async () => bus.isListening);
    return { events, heard, bus, link, logs };
  };
  const types = ({ heard }: Process) => heard.map(({ type }) => type).filter((type) => type !== 'changes.hinted');

  beforeEach(async () => {
    redis = await startTestRedis();
    here = await join('here');
    there = await join('there');
  });
  afterEach(async () => {
    for (const { bus, link } of [here, there]) {
      bus[Symbol.dispose]();
      link[Symbol.dispose]();
    }
    await redis[Symbol.asyncDispose]();
  });

  test('bridged events arrive once, at the others only, and go no further', async () => {
    const local: string[] = [];
    there.events.on('classroom.paused', ({ classroomId }) => local.push(classroomId));
    here.events.emit({ type: 'classroom.paused', classroomId: 'c' });
    here.events.emit({ type: 'settings.changed' });
    await eventually(async () => types(there).length > 0);
    here.events.emit({ type: 'call.refused', requestId: 'r', at: 1, code: 'x', passId: null, ip: null });
    await eventually(async () => types(there).length > 1);
    expect(types(there)).toEqual(['classroom.paused', 'call.refused']);
    expect([types(here), local]).toEqual([[], []]);
  });

  test('more than fits into a moment is dropped and logged, not kept', async () => {
    for (let i = 0; i < BATCH_MAX + 7; i += 1)
      here.events.emit({ type: 'call.refused', requestId: `${i}`, at: i, code: 'x', passId: null, ip: null });
    await eventually(async () => types(there).length === BATCH_MAX);
    expect(here.logs.filter((line) => line.includes('"events":7'))).toHaveLength(1);
  });

  test('nonsense on the channel harms nobody', async () => {
    for (const text of ['{', '{"from":"x"}', '{"from":"x","events":[{"type":"settings.changed"}]}'])
      await redis.command('PUBLISH', '{t}:events', text);
    here.events.emit({ type: 'classroom.paused', classroomId: 'c' });
    await eventually(async () => types(there).length > 0);
    expect(types(there)).toEqual(['classroom.paused']);
  });

  test('after Redis was away it listens again, and has the version row looked at', async () => {
    await redis.kill();
    await eventually(async () => !there.bus.isListening);
    there.heard.length = 0;
    await redis.start();
    await eventually(async () => there.bus.isListening && here.link.isUp, 8_000);
    expect(there.heard.map(({ type }) => type)).toContain('changes.hinted');
    here.events.emit({ type: 'classroom.paused', classroomId: 'c' });
    await eventually(async () => types(there).length > 0);
  });

  test('a key that rests on one server rests on the other, a woken one does not, and turns are taken in common', async () => {
    const clock = new TestClock();
    const boards = [here, there].map(({ events }) => createSharedBoard(new MemoryBoard(clock), events));
    const [one, other] = boards as [(typeof boards)[0], (typeof boards)[0]];
    one!.rest('key-1', 5_000);
    for (let turn = 0; turn < 3; turn += 1) expect(one!.nextTurn('ch')).toBe(turn);
    await eventually(async () => other!.restingMs('key-1') === 5_000);
    expect(other!.nextTurn('ch')).toBe(3);
    other!.wake(['key-1']);
    await eventually(async () => one!.restingMs('key-1') === 0);
    expect(one!.nextTurn('ch')).toBe(4);
  });

  test('guessing on two servers in turn is slowed down as on one, and who signs in is known on both', async () => {
    const clock = new TestClock();
    const [one, other] = [here, there].map(({ events }) => {
      const throttle = createThrottle(clock, (count) => events.emit({ type: 'throttle.counted', ...count }));
      events.onAny((event, from) => from === 'elsewhere' && event.type === 'throttle.counted' && throttle.hear(event));
      return throttle;
    });
    const told = async (process: Process, times: number) =>
      eventually(async () => process.heard.filter(({ type }) => type === 'throttle.counted').length === times);
    for (let i = 0; i < 5; i += 1) one!.signIn('pupil', '203.0.113.1');
    await told(there, 5);
    expect(() => other!.signIn('pupil', '203.0.113.1')).toThrow();
    expect(JSON.stringify(there.heard)).not.toContain('pupil');
    clock.advance(60_000);
    other!.signIn('pupil', '203.0.113.1').succeeded();
    await told(here, 2);
    for (let i = 0; i < 5; i += 1) one!.signIn('pupil', '203.0.113.1');
  });
});
