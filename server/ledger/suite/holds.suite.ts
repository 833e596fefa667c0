// What an open holds, grants and refuses.
import { expect, test } from 'bun:test';

import { account, bound, header, open, settle } from '../ledger.fixtures.ts';
import type { SuiteContext } from '../ledger.suite.ts';
import type { PartyKind } from '../ledger.ts';
import { callRow, countRows, opened, spending } from './read.ts';

const KINDS: PartyKind[] = ['pass', 'seat', 'classroom', 'user', 'plan', 'system'];

export function holdTests({ current }: SuiteContext): void {
  test('holds on every account in one step', async () => {
    const { ledger, raw } = current();
    const accounts = [account('p', 100), account('c', 1_000, { partyKind: 'classroom' })];
    expect(await opened(ledger, open(accounts, bound(40)))).toMatchObject({ held: 40, granted: 40 });
    expect(await spending(raw)).toEqual({
      'pass:p': { settled: 0, held: 40, cap: 100, calls: 0 },
      'classroom:c': { settled: 0, held: 40, cap: 1_000, calls: 0 },
    });
  });

  test('records spend of uncapped accounts without holding or bounding anything', async () => {
    const { ledger, raw } = current();
    const { id, held, granted } = await opened(ledger, open([account('p', null)], null));
    expect({ held, granted }).toEqual({ held: 0, granted: null });
    await ledger.settle(settle(id, 70));
    expect(await spending(raw)).toEqual({ 'pass:p': { settled: 70, held: 0, cap: null, calls: 1 } });
  });

  test('stamps the row with who, what and when', async () => {
    const { ledger, raw } = current();
    const call = header({ userId: 'user_1', userName: 'Ming', seatId: 'seat_1', mode: 'homework', stream: true });
    await opened(ledger, open([account('p', 100)], bound(40), { call }));
    expect(await callRow(raw, call.id)).toMatchObject({
      state: 'open',
      request_id: call.requestId,
      user_id: 'user_1',
      user_name: 'Ming',
      seat_id: 'seat_1',
      mode: 'homework',
      stream: 1,
      hour: Math.floor(call.openedAt / 3_600_000),
      day: '2026-11-21',
      held_nanos: 40,
      cost_nanos: 0,
      status: null,
      settled_at: null,
      unpriced: 0,
    });
  });

  test.each([
    { left: 100, least: 16, granted: 50 },
    { left: 50, least: 16, granted: 50 },
    { left: 49, least: 16, granted: 49 },
    { left: 16, least: 16, granted: 16 },
    { left: 15, least: 16, granted: undefined },
    { left: 15, least: 15, granted: 15 },
    { left: 0, least: 0, granted: 0 },
  ])('with $left left and at least $least asked for, grants $granted of 50', async ({ left, least, granted }) => {
    const { ledger } = current();
    const reply = await ledger.open(open([account('p', left)], bound(50, least)));
    expect(reply.ok ? reply.grantedOutputTokens : undefined).toEqual(granted);
  });

  test('holds the prompt and every answer asked for, rounded up once', async () => {
    const { ledger } = current();
    const hold = {
      fixedMicros: 2_500_001n,
      outputNanos: 500_000,
      wantedOutputTokens: 9,
      minOutputTokens: 1,
      answers: 3,
    };
    // 2.500001 + 3 × 9 × 0.5 = 16.000001 → 17
    expect(await opened(ledger, open([account('p', 17)], hold))).toMatchObject({ held: 17, granted: 9 });
    expect(await opened(ledger, open([account('q', 16)], hold))).toMatchObject({ held: 15, granted: 8 });
  });

  test('writes no call and holds nothing when it refuses', async () => {
    const { ledger, raw } = current();
    await opened(ledger, open([account('p', 100), account('c', 100, { partyKind: 'classroom' })], bound(60)));
    const wide = account('q', 1_000);
    const reply = await ledger.open(open([wide, account('c', 100, { partyKind: 'classroom' })], bound(41)));
    expect(reply).toEqual({
      ok: false,
      refusal: {
        account: account('c', 100, { partyKind: 'classroom' }),
        capNanos: 100,
        settledNanos: 0,
        heldNanos: 60,
      },
    });
    expect(await countRows(raw, 'calls')).toBe(1);
    expect(Object.keys(await spending(raw)).toSorted()).toEqual(['classroom:c', 'pass:p']);
  });

  test.each(KINDS)('the tightest of six nested accounts decides and is named: %s', async (tight) => {
    const { ledger, raw } = current();
    const accounts = KINDS.map((partyKind) =>
      account(`${partyKind}_1`, partyKind === tight ? 100 : 1_000, { partyKind }),
    );
    const { id } = await opened(ledger, open(accounts, bound(80)));
    await ledger.settle(settle(id, 80));
    const before = await spending(raw);
    const reply = await ledger.open(open(accounts, bound(21)));
    expect(reply).toMatchObject({
      ok: false,
      refusal: { account: { partyKind: tight }, capNanos: 100, settledNanos: 80, heldNanos: 0 },
    });
    expect(await spending(raw)).toEqual(before);
    const { id: last } = await opened(ledger, open(accounts, bound(20)));
    await ledger.settle(settle(last, 20));
  });

  test('of equally tight accounts the most specific is named', async () => {
    const { ledger } = current();
    const accounts = [account('p', 10), account('c', 10, { partyKind: 'classroom' })];
    expect(await ledger.open(open(accounts, bound(11)))).toMatchObject({ refusal: { account: { partyKind: 'pass' } } });
  });

  test('an account that is used up is named before one that is only held', async () => {
    const { ledger } = current();
    const classroom = account('c', 100, { partyKind: 'classroom' });
    const { id } = await opened(ledger, open([account('q', 100), classroom], bound(95)));
    await ledger.settle(settle(id, 95));
    await opened(ledger, open([account('p', 50)], bound(50)));
    const reply = await ledger.open(open([account('p', 50), classroom], bound(10), { waitMs: 1_000 }));
    expect(reply).toMatchObject({ ok: false, refusal: { account: { partyKind: 'classroom' } } });
  });

  test('a changed cap takes effect with the next call', async () => {
    const { ledger, raw } = current();
    const { id } = await opened(ledger, open([account('p', 100)], bound(60)));
    await ledger.settle(settle(id, 60));
    expect(await ledger.open(open([account('p', 70)], bound(11)))).toMatchObject({ ok: false });
    expect((await spending(raw))['pass:p']).toMatchObject({ cap: 70 });
    const { id: next } = await opened(ledger, open([account('p', 200)], bound(140)));
    await ledger.settle(settle(next, 1));
    expect((await spending(raw))['pass:p']).toMatchObject({ cap: 200, settled: 61, held: 0 });
  });

  test('a free call is let in even when the budget is used up', async () => {
    const { ledger } = current();
    const { id } = await opened(ledger, open([account('p', 10)], bound(10)));
    await ledger.settle(settle(id, 10));
    const free = { fixedMicros: 0n, outputNanos: 0, wantedOutputTokens: 4_096, minOutputTokens: 16, answers: 1 };
    const call = await opened(ledger, open([account('p', 10)], free));
    expect(call).toMatchObject({ held: 0, granted: 4_096 });
    // What an upstream claims for a free call is not charged.
    expect(await ledger.settle(settle(call.id, 5))).toEqual({ settled: true, costNanos: 0, overHold: true });
  });

  test('counts each period apart', async () => {
    const { ledger, raw } = current();
    const week = (start: number) => account('p', 100, { periodStart: start, periodEnd: start + 7 });
    const { id } = await opened(ledger, open([week(1)], bound(100)));
    await ledger.settle(settle(id, 100));
    expect(await ledger.open(open([week(1)], bound(1)))).toMatchObject({ ok: false });
    const { id: next } = await opened(ledger, open([week(8)], bound(100)));
    await ledger.settle(settle(next, 3));
    expect(await spending(raw)).toMatchObject({ 'pass:p@1': { settled: 100 }, 'pass:p@8': { settled: 3 } });
  });

  test.each([
    ['a negative cap', open([account('p', -1)], bound(1))],
    ['a fractional cap', open([account('p', 0.5)], bound(1))],
    ['an account listed twice', open([account('p', 9), account('p', 9)], bound(1))],
    ['a negative price', open([account('p', 9)], { ...bound(1), outputNanos: -1 })],
    ['no answers', open([account('p', 9)], { ...bound(1), answers: 0 })],
    ['tokens that are no number', open([account('p', 9)], { ...bound(1), wantedOutputTokens: Number.NaN })],
    ['an endless wait', open([account('p', 9)], bound(1), { waitMs: Infinity })],
    ['a call without an id', open([account('p', 9)], bound(1), { call: header({ id: '' }) })],
  ])('refuses %s and harms none of the calls beside it', async (_, broken) => {
    const { ledger, raw } = current();
    const good = () => ledger.open(open([account('p', 9)], bound(3)));
    const results = await Promise.allSettled([good(), ledger.open(broken), good()]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await spending(raw))['pass:p']).toMatchObject({ held: 6, cap: 9 });
  });

  test('a call id opened twice is held once', async () => {
    const { ledger, raw } = current();
    const call = header();
    const results = await Promise.allSettled(
      [1, 2, 3].map(() => ledger.open(open([account('p', 100)], bound(10), { call }))),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect((await spending(raw))['pass:p']).toMatchObject({ held: 10 });
  });
}
