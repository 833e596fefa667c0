// What every implementation of Limits keeps, told as tests.
import { describe, expect, test } from 'bun:test';

import { TestClock } from '../testing/test-clock.ts';
import type { Lease, LimitReply, Limits, LimitScope } from './limits.ts';

export interface LimitsUnderTest extends AsyncDisposable {
  limits: Limits;
}

const scope = (key: string, fields: Partial<LimitScope> = {}): LimitScope => ({
  key,
  name: `name of ${key}`,
  rpm: null,
  tpm: null,
  maxParallel: null,
  ...fields,
});

function leaseOf(reply: LimitReply): Lease {
  if (!reply.ok) throw new Error(`refused: ${reply.problem}`);
  return reply.lease;
}

function refusalOf(reply: LimitReply): Extract<LimitReply, { ok: false }> {
  if (reply.ok) throw new Error('was let through');
  return reply;
}

/** @param make a new implementation on this clock; a place nobody gives back is free after `leaseMs`. */
export function limitsSuite(name: string, make: (clock: TestClock, leaseMs: number) => Promise<LimitsUnderTest>): void {
  const LEASE_MS = 600_000;
  const start = async () => {
    const clock = new TestClock();
    const made = await make(clock, LEASE_MS);
    return { clock, limits: made.limits, [Symbol.asyncDispose]: () => made[Symbol.asyncDispose]() };
  };

  describe(`${name}: requests a minute`, () => {
    test('exactly the limit passes, one more is told when there is room', async () => {
      await using run = await start();
      const p = scope('pass:p', { rpm: 3 });
      for (const remaining of [2, 1, 0]) {
        expect(leaseOf(await run.limits.acquire([p], 0)).requests).toMatchObject({ limit: 3, remaining });
        run.clock.advance(1_000);
      }
      expect(refusalOf(await run.limits.acquire([p], 0))).toEqual({
        ok: false,
        problem: 'rpm',
        scope: p,
        limit: 3,
        retryAfterMs: 57_000,
      });
      run.clock.advance(56_999);
      refusalOf(await run.limits.acquire([p], 0));
      run.clock.advance(1);
      leaseOf(await run.limits.acquire([p], 0));
      expect(refusalOf(await run.limits.acquire([p], 0)).retryAfterMs).toBe(1_000);
    });

    test('500 at once on a limit of 37: 37 pass', async () => {
      await using run = await start();
      const p = scope('pass:p', { rpm: 37 });
      const replies = await Promise.all(Array.from({ length: 500 }, () => run.limits.acquire([p], 0)));
      expect(replies.filter(({ ok }) => ok)).toHaveLength(37);
    });

    test('the window slides: never more than the limit in any 60 slots, and no burst at the minute’s edge', async () => {
      await using run = await start();
      const p = scope('pass:p', { rpm: 5 });
      const passed: number[] = [];
      for (let second = 0; second < 400; second++) {
        for (let attempt = 0; attempt < 2; attempt++) if ((await run.limits.acquire([p], 0)).ok) passed.push(second);
        run.clock.advance(1_000);
      }
      for (const from of passed)
        expect(passed.filter((second) => second >= from && second < from + 60).length).toBeLessThanOrEqual(5);
      expect(passed.length).toBeGreaterThanOrEqual(5 * 6);
    });

    test('a long silence empties the window', async () => {
      await using run = await start();
      const p = scope('pass:p', { rpm: 2 });
      for (let attempt = 0; attempt < 2; attempt++) leaseOf(await run.limits.acquire([p], 0));
      run.clock.advance(86_400_000);
      expect((await run.limits.peek(p)).requests).toMatchObject({ remaining: 2 });
      expect(leaseOf(await run.limits.acquire([p], 0)).requests).toEqual({ limit: 2, remaining: 1, resetMs: 60_000 });
    });

    test('wall time that jumps changes nothing', async () => {
      await using run = await start();
      const p = scope('pass:p', { rpm: 1 });
      leaseOf(await run.limits.acquire([p], 0));
      for (const at of [0, Date.UTC(2040, 0, 1)]) {
        run.clock.setWall(at);
        refusalOf(await run.limits.acquire([p], 0));
      }
    });

    test('a party that used nothing has all and nothing to wait for, in the middle of a second too', async () => {
      await using run = await start();
      run.clock.advance(1_234.5);
      const untouched = scope('pass:p', { rpm: 3, tpm: 100 });
      expect(await run.limits.peek(untouched)).toEqual({
        requests: { limit: 3, remaining: 3, resetMs: 0 },
        tokens: { limit: 100, remaining: 100, resetMs: 0 },
      });
    });

    test('zero lets nobody in', async () => {
      await using run = await start();
      expect(refusalOf(await run.limits.acquire([scope('pass:p', { rpm: 0 })], 0)).retryAfterMs).toBe(60_000);
    });

    test('a refund gives the request back, a release does not; the second of two calls does nothing', async () => {
      await using run = await start();
      const p = scope('pass:p', { rpm: 1 });
      const first = leaseOf(await run.limits.acquire([p], 0));
      first.refund();
      first.refund();
      const second = leaseOf(await run.limits.acquire([p], 0));
      second.release();
      second.refund();
      refusalOf(await run.limits.acquire([p], 0));
    });

    test('a refund after the window has passed gives nothing twice', async () => {
      await using run = await start();
      const p = scope('pass:p', { rpm: 1 });
      const old = leaseOf(await run.limits.acquire([p], 0));
      run.clock.advance(61_000);
      leaseOf(await run.limits.acquire([p], 0));
      old.refund();
      refusalOf(await run.limits.acquire([p], 0));
      expect((await run.limits.peek(p)).requests).toMatchObject({ remaining: 0 });
    });
  });

  describe(`${name}: tokens a minute`, () => {
    test('the estimate counts, the difference is corrected at the end', async () => {
      await using run = await start();
      const p = scope('pass:p', { tpm: 100 });
      const first = leaseOf(await run.limits.acquire([p], 60));
      expect(first.tokens).toEqual({ limit: 100, remaining: 40, resetMs: 60_000 });
      expect(refusalOf(await run.limits.acquire([p], 41))).toMatchObject({
        problem: 'tpm',
        limit: 100,
        retryAfterMs: 60_000,
      });
      first.release(10);
      first.release(10);
      expect((await run.limits.peek(p)).tokens).toMatchObject({ remaining: 90 });
      leaseOf(await run.limits.acquire([p], 90)).release(95);
      expect((await run.limits.peek(p)).tokens).toMatchObject({ remaining: 0 });
    });

    test('tokens that turn out more count when they are known, fewer are taken off only while they count', async () => {
      await using run = await start();
      const p = scope('pass:p', { tpm: 100 });
      const long = leaseOf(await run.limits.acquire([p], 20));
      const short = leaseOf(await run.limits.acquire([p], 50));
      run.clock.advance(61_000);
      long.release(80);
      short.release(1);
      expect((await run.limits.peek(p)).tokens).toMatchObject({ remaining: 40 });
      run.clock.advance(59_000);
      expect((await run.limits.peek(p)).tokens).toMatchObject({ remaining: 40 });
      run.clock.advance(1_000);
      expect((await run.limits.peek(p)).tokens).toMatchObject({ remaining: 100 });
    });

    test('a refund gives the tokens back', async () => {
      await using run = await start();
      const p = scope('pass:p', { tpm: 100 });
      leaseOf(await run.limits.acquire([p], 100)).refund();
      leaseOf(await run.limits.acquire([p], 100));
    });

    test('tokens that were not counted are not taken off, when a limit comes and goes', async () => {
      await using run = await start();
      const limited = scope('pass:p', { tpm: 100 });
      leaseOf(await run.limits.acquire([limited], 60));
      const free = scope('pass:p');
      leaseOf(await run.limits.acquire([free], 500)).refund();
      leaseOf(await run.limits.acquire([free], 500)).release(10);
      expect((await run.limits.peek(limited)).tokens).toMatchObject({ remaining: 40 });
    });

    test('a request larger than the limit never fits', async () => {
      await using run = await start();
      expect(refusalOf(await run.limits.acquire([scope('pass:p', { tpm: 100 })], 101)).retryAfterMs).toBe(60_000);
    });
  });

  describe(`${name}: concurrency`, () => {
    test('a place is free when it is given back, once', async () => {
      await using run = await start();
      const p = scope('pass:p', { maxParallel: 2 });
      const first = leaseOf(await run.limits.acquire([p], 0));
      leaseOf(await run.limits.acquire([p], 0));
      expect(refusalOf(await run.limits.acquire([p], 0))).toMatchObject({ problem: 'concurrency', scope: p, limit: 2 });
      first.release();
      first.release();
      first.refund();
      leaseOf(await run.limits.acquire([p], 0));
      refusalOf(await run.limits.acquire([p], 0));
    });

    test('a place nobody gives back is free at its deadline, and giving it back then frees no other', async () => {
      await using run = await start();
      const p = scope('pass:p', { maxParallel: 1 });
      const leaked = leaseOf(await run.limits.acquire([p], 0));
      run.clock.advance(LEASE_MS - 1);
      refusalOf(await run.limits.acquire([p], 0));
      run.clock.advance(1);
      leaseOf(await run.limits.acquire([p], 0));
      leaked.release();
      refusalOf(await run.limits.acquire([p], 0));
    });
  });

  describe(`${name}: several scopes`, () => {
    test('a refusal by one takes nothing from the others', async () => {
      await using run = await start();
      const free = scope('classroom:c', { rpm: 10, tpm: 1_000, maxParallel: 1 });
      const full = scope('pass:p', { rpm: 0 });
      refusalOf(await run.limits.acquire([free, full], 500));
      expect((await run.limits.peek(free)).requests).toMatchObject({ remaining: 10 });
      expect((await run.limits.peek(free)).tokens).toMatchObject({ remaining: 1_000 });
      leaseOf(await run.limits.acquire([free], 0));
    });

    test('concurrency is told before requests, requests before tokens; of two scopes the longer wait', async () => {
      await using run = await start();
      const all = scope('a', { rpm: 0, tpm: 0, maxParallel: 0 });
      expect(refusalOf(await run.limits.acquire([all], 1)).problem).toBe('concurrency');
      expect(refusalOf(await run.limits.acquire([scope('b', { rpm: 0, tpm: 0 })], 1)).problem).toBe('rpm');
      const [sooner, later] = [scope('sooner', { rpm: 1 }), scope('later', { rpm: 1 })];
      leaseOf(await run.limits.acquire([sooner], 0));
      run.clock.advance(5_000);
      leaseOf(await run.limits.acquire([later], 0));
      expect(refusalOf(await run.limits.acquire([sooner, later], 0)).scope.key).toBe('later');
    });

    test('the headers show the tightest of all; without limits there is none', async () => {
      await using run = await start();
      const lease = leaseOf(
        await run.limits.acquire([scope('wide', { rpm: 100, tpm: 500 }), scope('tight', { rpm: 4 }), scope('none')], 7),
      );
      expect(lease.requests).toMatchObject({ limit: 4, remaining: 3 });
      expect(lease.tokens).toMatchObject({ limit: 500, remaining: 493 });
      expect(leaseOf(await run.limits.acquire([], 7))).toMatchObject({ requests: null, tokens: null });
    });

    test('parties do not share anything', async () => {
      await using run = await start();
      for (const key of ['pass:a', 'pass:b', 'pass:ab']) leaseOf(await run.limits.acquire([scope(key, { rpm: 1 })], 0));
    });

    test('a limit that changes counts what was used before', async () => {
      await using run = await start();
      for (let used = 0; used < 5; used++) leaseOf(await run.limits.acquire([scope('pass:p', { rpm: 100 })], 0));
      refusalOf(await run.limits.acquire([scope('pass:p', { rpm: 5 })], 0));
      leaseOf(await run.limits.acquire([scope('pass:p', { rpm: 6 })], 0));
    });
  });
}
