// Calls that wait while only open holds stand in their way.
import { expect, test } from 'bun:test';

import { account, bound, nextCallId, header, open, type OpenInput, settle } from '../ledger.fixtures.ts';
import type { SuiteContext } from '../ledger.suite.ts';
import type { Ledger, OpenReply } from '../ledger.ts';
import { LINE_MAX } from '../waiting-line.ts';
import { countRows, failureOf, opened, spending } from './read.ts';

const LONG_MS = 20_000;

export function lineTests({ current }: SuiteContext): void {
  const waiting = (input: OpenInput): OpenInput => ({ ...input, waitMs: LONG_MS });

  test('serves in order of arrival as holds are given back', async () => {
    const { ledger, raw } = current();
    const first = await opened(ledger, open([account('p', 100)], bound(100)));
    const served: number[] = [];
    const calls = [0, 1, 2, 3].map(async (place) => {
      const call = await opened(ledger, waiting(open([account('p', 100)], bound(100))));
      served.push(place);
      // Nobody else may hold anything now.
      expect((await spending(raw))['pass:p']).toMatchObject({ held: 100 });
      await ledger.settle(settle(call.id, 0));
    });
    await ledger.settle(settle(first.id, 0));
    await Promise.all(calls);
    expect(served).toEqual([0, 1, 2, 3]);
  });

  test('holds nothing while it waits and tells how long it waited', async () => {
    const { ledger, raw } = current();
    const first = await opened(ledger, open([account('p', 100)], bound(90)));
    const second = ledger.open(
      waiting(open([account('p', 100), account('c', 500, { partyKind: 'classroom' })], bound(50))),
    );
    await Bun.sleep(60);
    expect(await spending(raw)).toEqual({ 'pass:p': { settled: 0, held: 90, cap: 100, calls: 0 } });
    expect(await countRows(raw, 'calls')).toBe(1);
    await ledger.settle(settle(first.id, 10));
    const reply = await second;
    expect(reply).toMatchObject({ ok: true, heldNanos: 50 });
    expect((reply as { waitedMs: number }).waitedMs).toBeGreaterThanOrEqual(50);
  });

  test('refuses with the figures when the wait is over', async () => {
    const { ledger } = current();
    const { id } = await opened(ledger, open([account('p', 100)], bound(90)));
    const start = performance.now();
    const reply = await ledger.open(open([account('p', 100)], bound(50), { waitMs: 100 }));
    expect(performance.now() - start).toBeGreaterThanOrEqual(95);
    expect(reply).toEqual({
      ok: false,
      refusal: { account: account('p', 100), capNanos: 100, settledNanos: 0, heldNanos: 90 },
    });
    await ledger.settle(settle(id, 0));
  });

  test('does not wait for what no hold can give back', async () => {
    const { ledger } = current();
    const { id } = await opened(ledger, open([account('p', 100)], bound(60)));
    await ledger.settle(settle(id, 60));
    await opened(ledger, open([account('p', 100)], bound(30)));
    const start = performance.now();
    expect(await ledger.open(waiting(open([account('p', 100)], bound(41))))).toMatchObject({ ok: false });
    expect(performance.now() - start).toBeLessThan(LONG_MS / 2);
  });

  test('sends away who can no longer be served when the money is spent', async () => {
    const { ledger } = current();
    const { id } = await opened(ledger, open([account('p', 100)], bound(100)));
    const second = ledger.open(waiting(open([account('p', 100)], bound(50))));
    await ledger.settle(settle(id, 51));
    expect(await second).toMatchObject({ ok: false, refusal: { settledNanos: 51, heldNanos: 0 } });
  });

  test('a newcomer goes behind those who wait, even if it could be afforded', async () => {
    const { ledger } = current();
    const { id } = await opened(ledger, open([account('p', 100)], bound(60)));
    const large = ledger.open(waiting(open([account('p', 100)], bound(80))));
    await Bun.sleep(20);
    const order: string[] = [];
    const small = ledger.open(waiting(open([account('p', 100)], bound(10))));
    void large.then(() => order.push('large'));
    void small.then(() => order.push('small'));
    expect(await ledger.open(open([account('p', 100)], bound(10)))).toMatchObject({ ok: false });
    expect(order).toEqual([]);
    await ledger.settle(settle(id, 0));
    await Promise.all([large, small]);
    expect(order).toEqual(['large', 'small']);
  });

  test('one who gives up lets the next be served at once', async () => {
    const { ledger } = current();
    await opened(ledger, open([account('p', 100)], bound(60)));
    const large = ledger.open(open([account('p', 100)], bound(80), { waitMs: 80 }));
    const small = ledger.open(waiting(open([account('p', 100)], bound(40))));
    expect(await large).toMatchObject({ ok: false });
    expect(await small).toMatchObject({ ok: true });
  });

  test('a client that leaves the line is not opened, and the next is served', async () => {
    const { ledger, raw } = current();
    await opened(ledger, open([account('p', 100)], bound(60)));
    const leaver = new AbortController();
    const large = ledger.open(waiting(open([account('p', 100)], bound(80))), leaver.signal);
    const small = ledger.open(waiting(open([account('p', 100)], bound(40))));
    await Bun.sleep(20);
    leaver.abort(new Error('gone'));
    expect(await failureOf(large)).toMatchObject({ message: 'gone' });
    expect(await small).toMatchObject({ ok: true });
    expect(await countRows(raw, 'calls')).toBe(2);
  });

  test('a client that is gone before it starts is not opened', async () => {
    const { ledger, raw } = current();
    const tooLate = ledger.open(open([account('p', 100)], bound(60)), AbortSignal.abort(new Error('gone')));
    expect(await failureOf(tooLate)).toMatchObject({ message: 'gone' });
    expect(await countRows(raw, 'calls')).toBe(0);
  });

  test('a client that leaves as it is served either holds nothing or is told that it holds', async () => {
    const { ledger, raw } = current();
    for (let round = 0; round < 20; round += 1) {
      const { id } = await opened(ledger, open([account('p', 100)], bound(60)));
      const leaver = new AbortController();
      const input = waiting(open([account('p', 100)], bound(80)));
      const second = ledger.open(input, leaver.signal).catch(() => undefined);
      const settled = ledger.settle(settle(id, 0));
      await Bun.sleep(round / 5);
      leaver.abort();
      const [reply] = await Promise.all([second, settled]);
      if (reply?.ok) await ledger.settle(settle(input.call.id, 0, { status: 'cancelled' }));
    }
    expect((await spending(raw))['pass:p']).toMatchObject({ held: 0, settled: 0 });
  });

  test('waits at the account that blocks, among several', async () => {
    const { ledger } = current();
    const room = account('room', 100, { partyKind: 'classroom' });
    const holder = await opened(ledger, open([account('a', 100), room], bound(90)));
    const own = await opened(ledger, open([account('b', 100)], bound(95)));
    const b = ledger.open(waiting(open([account('b', 100), room], bound(20))));
    await ledger.settle(settle(own.id, 0));
    await Bun.sleep(20);
    let isServed = false;
    void b.then(() => (isServed = true));
    await Bun.sleep(20);
    expect(isServed).toBe(false);
    await ledger.settle(settle(holder.id, 0));
    expect(await b).toMatchObject({ ok: true });
  });

  test('who came first is served first, also when they meet at another account', async () => {
    const { ledger } = current();
    const room = account('room', 100, { partyKind: 'classroom' });
    const roomHold = await opened(ledger, open([room], bound(60)));
    const ownHold = await opened(ledger, open([account('b', 100)], bound(90)));
    const order: string[] = [];
    // First at its own pass, second at the room, third at its own pass: both meet at the room later.
    const early = ledger.open(waiting(open([account('b', 100), room], bound(50))));
    await Bun.sleep(10);
    const late = ledger.open(waiting(open([account('c', 100), room], bound(50))));
    void early.then(() => order.push('early'));
    void late.then(() => order.push('late'));
    await Bun.sleep(10);
    await ledger.settle(settle(ownHold.id, 0));
    await ledger.settle(settle(roomHold.id, 0));
    await Promise.all([early, late]);
    expect(order).toEqual(['early', 'late']);
  });

  test('a raised cap serves those in line', async () => {
    const { ledger } = current();
    await opened(ledger, open([account('p', 100)], bound(90)));
    const first = ledger.open(waiting(open([account('p', 100)], bound(50))));
    await Bun.sleep(20);
    const second = ledger.open(waiting(open([account('p', 1_000)], bound(5))));
    expect(await first).toMatchObject({ ok: true });
    expect(await second).toMatchObject({ ok: true });
  });

  test(`has ${LINE_MAX} places on an account; the next is refused at once`, async () => {
    const { ledger, raw } = current();
    const { id } = await opened(ledger, open([account('p', 1_000)], bound(1_000)));
    const line = Array.from({ length: LINE_MAX }, () => inLine(ledger));
    expect(await ledger.open(waiting(open([account('p', 1_000)], bound(1))))).toMatchObject({ ok: false });
    const other = await ledger.open(open([account('q', 1_000)], bound(1), { call: header({ id: nextCallId() }) }));
    expect(other).toMatchObject({ ok: true });
    await ledger.settle(settle(id, 0));
    const replies = await Promise.all(line);
    expect(replies.filter(({ ok }) => ok)).toHaveLength(LINE_MAX);
    expect((await spending(raw))['pass:p']).toMatchObject({ held: LINE_MAX });
  });

  function inLine(ledger: Ledger): Promise<OpenReply> {
    return ledger.open(waiting(open([account('p', 1_000)], bound(1))));
  }
}
