// R19 and R29 with real processes: three servers on one PostgreSQL and one Redis, which is killed, stopped, emptied and
// rolled back. What the scripted upstream saw is the witness: it never sees more calls than the limit.
import { describe, expect, test } from 'bun:test';

import type { AppContext } from '../context.ts';
import { openPostgres } from '../db/postgres.ts';
import { createIds, systemClock } from '../lib/clock.ts';
import { hashKey } from '../passes/keys.ts';
import { eventually } from '../testing/gateway-app.ts';
import { addClassroom } from '../testing/passes.ts';
import { type Replicas, canRunReplicas, startReplicas } from '../testing/replicas.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../testing/scripted-upstream.ts';
import { ADMIN_KEY, jsonInit, type ServerProcess, setUpModel } from '../testing/server-process.ts';

const question = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };
/** A machine that is busy with other tests may make a Redis late that is not. */
const PATIENT = { REDIS_TIMEOUT_MS: '1000' };

interface City extends Replicas {
  upstream: ScriptedUpstream;
}

async function startCity(servers: number, env: Record<string, string> = PATIENT): Promise<City> {
  const upstream = startScriptedUpstream();
  upstream.script('m', { words: ['hello'] });
  upstream.script('slow', { words: Array.from({ length: 100 }, () => ' word'), wordDelayMs: 100 });
  const replicas = await startReplicas(servers, env);
  for (const model of ['m', 'slow']) await setUpModel(replicas.servers[0]!.url, upstream.baseUrl, model);
  for (const server of replicas.servers) await untilLimits(server, 'redis');
  return {
    ...replicas,
    upstream,
    async [Symbol.asyncDispose]() {
      await replicas[Symbol.asyncDispose]();
      upstream[Symbol.dispose]();
    },
  };
}

const untilLimits = (server: ServerProcess, store: 'redis' | 'memory') =>
  eventually(async () => {
    const response = await fetch(`${server.url}/readyz`);
    return response.ok && ((await response.json()) as { limits: string }).limits === store;
  }, 8_000);

async function newPass({ servers }: City, fields: Record<string, unknown>): Promise<string> {
  const made = await fetch(`${servers[0]!.url}/key/generate`, jsonInit(fields, ADMIN_KEY));
  return ((await made.json()) as { key: string }).key;
}

const ask = (server: ServerProcess, key: string, fields: Record<string, unknown> = {}) =>
  fetch(`${server.url}/v1/chat/completions`, jsonInit({ ...question, ...fields }, key));

/** What another server, or a hand on the database, does. */
function handleOf({ url }: City) {
  const { db, close } = openPostgres(url);
  const bumpChanges = async () => {
    await db
      .updateTable('changes')
      .set((eb) => ({ version: eb('version', '+', 1) }))
      .execute();
  };
  const ctx = { db, bumpChanges, clock: systemClock, ids: createIds(systemClock) } as unknown as AppContext;
  return { ctx, [Symbol.asyncDispose]: close };
}

/** @returns how many calls were answered, and the statuses there were. */
async function flood(servers: readonly ServerProcess[], key: string, calls: number) {
  const responses = await Promise.all(
    Array.from({ length: calls }, (_, i) => ask(servers[i % servers.length]!, key).then(statusOf)),
  );
  return {
    answered: responses.filter((status) => status === 200).length,
    statuses: [...new Set(responses)].toSorted((a, b) => a - b),
  };
}

async function statusOf(response: Response): Promise<number> {
  await response.text();
  return response.status;
}

describe.skipIf(!canRunReplicas)('several servers', () => {
  test('R19: whatever becomes of Redis, the upstream never sees more than the limit, and calls go on', async () => {
    await using city = await startCity(3);
    const { redis, servers, upstream } = city;
    const key = await newPass(city, { rpm_limit: 30 });
    const seen = () => upstream.journal.filter(({ model }) => model === 'm').length;
    expect(await flood(servers, key, 500)).toEqual({ answered: 30, statuses: [200, 429] });
    // Emptied: nothing is forgotten.
    await redis.command('FLUSHALL');
    expect((await flood(servers, key, 30)).answered).toBe(0);
    // Killed: what one server let in counts for all, and what is left is shared out.
    const other = await newPass(city, { rpm_limit: 30 });
    expect((await flood([servers[0]!], other, 12)).answered).toBe(12);
    await redis.command('SAVE');
    expect((await flood([servers[1]!], other, 6)).answered).toBe(6);
    await redis.kill();
    expect((await flood(servers, other, 150)).answered).toBe(12);
    for (const server of servers) await untilLimits(server, 'memory');
    const third = await newPass(city, { rpm_limit: 31 });
    expect((await flood(servers, third, 150)).answered).toBe(31);
    // Back with a snapshot of earlier: it is not believed, and what was let in meanwhile counts.
    await redis.start();
    for (const server of servers) await untilLimits(server, 'redis');
    for (const used of [key, other, third]) expect((await flood(servers, used, 30)).answered).toBe(0);
    expect(seen()).toBe(30 + 30 + 31);
    for (const server of servers)
      expect(
        server
          .output()
          .split('\n')
          .filter((line) => line.includes('keeps its share')),
      ).toHaveLength(1);
  }, 120_000);

  test('R19: a server killed together with Redis: what it let in counts, and the others go on within seconds', async () => {
    await using city = await startCity(3);
    const { redis, servers, upstream } = city;
    const [first, second, third] = servers as [ServerProcess, ServerProcess, ServerProcess];
    const key = await newPass(city, { rpm_limit: 30 });
    expect((await flood([third], key, 12)).answered).toBe(12);
    expect((await flood([first], key, 6)).answered).toBe(6);
    third.kill('SIGKILL');
    await third.exited;
    await redis.kill();
    const living = [first, second];
    const killedAt = performance.now();
    await eventually(async () => (await flood(living, key, 30)).statuses.every((status) => status !== 503), 8_000);
    expect(performance.now() - killedAt).toBeLessThan(5_000);
    for (const server of living) await untilLimits(server, 'memory');
    await flood(living, key, 60);
    expect(upstream.journal).toHaveLength(30);
    await redis.start();
    for (const server of living) await untilLimits(server, 'redis');
    await flood(living, key, 60);
    expect(upstream.journal).toHaveLength(30);
  }, 60_000);

  test('R19: a Redis that stands still costs one short wait', async () => {
    await using city = await startCity(1, { REDIS_TIMEOUT_MS: '50' });
    const key = await newPass(city, { rpm_limit: 1_000 });
    const [server] = city.servers as [ServerProcess];
    expect(await statusOf(await ask(server, key))).toBe(200);
    city.redis.pause();
    const startedAt = performance.now();
    expect(await statusOf(await ask(server, key))).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    for (let i = 0; i < 20; i += 1) expect(await statusOf(await ask(server, key))).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(2_500);
    await untilLimits(server, 'memory');
    city.redis.resume();
    await untilLimits(server, 'redis');
  }, 60_000);

  test('R29: a pass that is blocked or limited on one server is so on the other within a second, with Redis and without', async () => {
    await using city = await startCity(2);
    const [first, second] = city.servers as [ServerProcess, ServerProcess];
    for (const isAway of [false, true]) {
      if (isAway) {
        await city.redis.kill();
        for (const server of city.servers) await untilLimits(server, 'memory');
      }
      for (const [path, change] of [
        ['/key/block', {}],
        ['/key/update', { rpm_limit: 0 }],
      ] as const) {
        const key = await newPass(city, { rpm_limit: 1_000 });
        const stream = await ask(second, key, { model: 'slow', stream: true });
        expect(stream.status).toBe(200);
        expect(await statusOf(await ask(second, key))).toBe(200);
        expect((await fetch(first.url + path, jsonInit({ key, ...change }, ADMIN_KEY))).status).toBe(200);
        const changedAt = performance.now();
        await eventually(async () => (await statusOf(await ask(second, key))) !== 200, 1_000);
        expect(performance.now() - changedAt).toBeLessThan(1_000);
        await stream.body!.cancel();
      }
    }
  }, 60_000);

  test('R29: a class that is paused ends its running answers on every server within a second, with Redis and without', async () => {
    await using city = await startCity(2);
    await using database = handleOf(city);
    for (const isAway of [false, true]) {
      if (isAway) {
        await city.redis.kill();
        for (const server of city.servers) await untilLimits(server, 'memory');
      }
      const key = await newPass(city, {});
      const classroomId = await addClassroom(database.ctx);
      await database.ctx.db.updateTable('passes').set({ classroomId }).where('tokenHash', '=', hashKey(key)).execute();
      await database.ctx.bumpChanges();
      await Bun.sleep(700);
      const streams = await Promise.all(
        city.servers.map((server) => ask(server, key, { model: 'slow', stream: true })),
      );
      const ends = Promise.all(streams.map((stream) => stream.text()));
      await database.ctx.db
        .updateTable('classrooms')
        .set({ pausedAt: Date.now() })
        .where('id', '=', classroomId)
        .execute();
      await database.ctx.bumpChanges();
      const pausedAt = performance.now();
      for (const text of await ends) expect(text).toContain('class_paused');
      expect(performance.now() - pausedAt).toBeLessThan(1_500);
      for (const server of city.servers) expect(await statusOf(await ask(server, key))).toBe(403);
    }
  }, 60_000);

  test('a second server without REDIS_URL does not start beside one that has none, and says what to do', async () => {
    await using replicas = await startReplicas(1, { REDIS_URL: '' });
    const refused = await replicas.start().then(
      () => 'started',
      (error: Error) => error.message,
    );
    expect(refused).toContain('Another Hallpass is already running on the database');
    expect(refused).toContain('set REDIS_URL to the same Redis for all of them');
  }, 60_000);

  test('a rolling restart loses no call, and a killed server’s places come back by their deadline', async () => {
    await using city = await startCity(2);
    const [first, second] = city.servers as [ServerProcess, ServerProcess];
    const key = await newPass(city, { max_parallel_requests: 4 });
    const streams = await Promise.all(
      [first, first, second, second].map((server) => ask(server, key, { model: 'slow', stream: true })),
    );
    expect(streams.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await statusOf(await ask(second, key))).toBe(429);
    const texts = Promise.all(streams.slice(0, 2).map((stream) => stream.text()));
    first.kill('SIGTERM');
    // A signal may reach a busy process after the next request does.
    await eventually(async () => (await fetch(`${first.url}/readyz`).catch(() => undefined))?.status !== 200);
    // Where its answers have ended already, it is gone.
    const refused = await ask(first, key).then(statusOf, () => 'gone');
    expect([503, 'gone']).toContain(refused);
    for (const text of await texts) expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(await first.exited).toBe(0);
    const next = await city.start();
    await untilLimits(next, 'redis');
    for (const stream of streams.slice(2)) await stream.text();
    const doomed = await Promise.all([1, 2, 3, 4].map(() => ask(next, key, { model: 'slow', stream: true })));
    expect(doomed.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    next.kill('SIGKILL');
    const killedAt = performance.now();
    expect(await statusOf(await ask(second, key))).toBe(429);
    await eventually(async () => (await statusOf(await ask(second, key))) === 200, 20_000);
    expect(performance.now() - killedAt).toBeGreaterThan(5_000);
  }, 90_000);
});
