// Calls that a dead process left open.
import { expect, test } from 'bun:test';

import { account, attempt, bound, header, NOON, onePerToken, open, settle } from '../ledger.fixtures.ts';
import type { OrphanUnits } from '../ledger.ts';
import type { SuiteContext } from '../ledger.suite.ts';
import { callRow, countRows, failureOf, opened, spending } from './read.ts';

const LATER = NOON + 60_000;

export function orphanTests({ current }: SuiteContext): void {
  test('are charged their prompt and what was delivered, flagged, and give their hold back', async () => {
    const handle = current();
    const call = header({ promptEstimate: 20 });
    await opened(handle.ledger, open([account('p', 100)], bound(60), { call }));
    handle.ledger.progress(call.id, 10);
    handle.ledger.progress(call.id, 41);
    await Bun.sleep(400);
    await handle.restart();
    expect(await handle.ledger.recover(LATER)).toBe(1);
    expect(await callRow(handle.raw, call.id)).toMatchObject({
      state: 'orphaned',
      status: 'cut',
      estimated: 1,
      prompt_tokens: 20,
      completion_tokens: 11,
      cost_nanos: 31,
      delivered_bytes: 41,
      settled_at: LATER,
      over_hold: 0,
    });
    expect(await spending(handle.raw)).toEqual({ 'pass:p': { settled: 31, held: 0, cap: 100, calls: 1 } });
  });

  test('are charged at most their hold', async () => {
    const handle = current();
    const call = header({ promptEstimate: 500 });
    await opened(handle.ledger, open([account('p', 100)], bound(60), { call }));
    await handle.restart();
    await handle.ledger.recover(LATER);
    expect(await callRow(handle.raw, call.id)).toMatchObject({ cost_nanos: 60, over_hold: 1, reported_nanos: 500 });
  });

  test('include the price per request, and cost nothing where no price is known', async () => {
    const handle = current();
    const perRequest = header({ promptEstimate: 5, prices: { ...onePerToken, requestNanos: 7 } });
    const unpriced = header({ promptEstimate: 5, prices: null, unpriced: true });
    await opened(handle.ledger, open([account('p', null)], null, { call: perRequest }));
    await opened(handle.ledger, open([account('p', null)], null, { call: unpriced }));
    await handle.restart();
    expect(await handle.ledger.recover(LATER)).toBe(2);
    expect(await callRow(handle.raw, perRequest.id)).toMatchObject({ cost_nanos: 12, prompt_tokens: 5 });
    expect(await callRow(handle.raw, unpriced.id)).toMatchObject({ cost_nanos: 0, prompt_tokens: 5, unpriced: 1 });
  });

  test('include pictures, searches and seconds of sound, each at its price', async () => {
    const handle = current();
    const prices = { ...onePerToken, imageNanos: 40_000_000, requestNanos: 7, audioNanos: 3_000_000 };
    const ask = (units: OrphanUnits, promptEstimate: number) => header({ promptEstimate, prices, units });
    const pictures = ask({ images: 3, requests: 1, audioTokens: 0 }, 0);
    const searches = ask({ images: 0, requests: 4, audioTokens: 0 }, 0);
    const sound = ask({ images: 0, requests: 1, audioTokens: 9 }, 10);
    for (const call of [pictures, searches, sound])
      await opened(handle.ledger, open([account('p', null)], null, { call }));
    await handle.restart();
    expect(await handle.ledger.recover(LATER)).toBe(3);
    expect(await callRow(handle.raw, pictures.id)).toMatchObject({ cost_nanos: 3 * 40 + 7, estimated: 1 });
    expect(await callRow(handle.raw, searches.id)).toMatchObject({ cost_nanos: 4 * 7 });
    expect(await callRow(handle.raw, sound.id)).toMatchObject({ cost_nanos: 9 * 3 + 1 + 7, prompt_tokens: 10 });
  });

  test('are settled once: a late settle and a second recovery change no charge', async () => {
    const handle = current();
    const { id } = await opened(handle.ledger, open([account('p', 100)], bound(60)));
    await handle.restart();
    expect(await handle.ledger.recover(LATER)).toBe(1);
    expect(await handle.ledger.recover(LATER)).toBe(0);
    const late = { ...settle(id, 50), attempts: [attempt(`att_${id}`)] };
    for (let i = 0; i < 2; i += 1)
      expect(await handle.ledger.settle(late)).toMatchObject({ settled: false, costNanos: 0 });
    // What was asked of upstreams is on record all the same.
    expect(await countRows(handle.raw, 'attempts')).toBe(1);
    expect(await spending(handle.raw)).toEqual({ 'pass:p': { settled: 0, held: 0, cap: 100, calls: 1 } });
  });

  test('settled calls are left alone', async () => {
    const handle = current();
    const { id } = await opened(handle.ledger, open([account('p', 100)], bound(60)));
    await handle.ledger.settle(settle(id, 50));
    await handle.restart();
    expect(await handle.ledger.recover(LATER)).toBe(0);
    expect(await callRow(handle.raw, id)).toMatchObject({ state: 'settled', cost_nanos: 50 });
  });

  test('recovery while calls run is refused', async () => {
    const { ledger } = current();
    const { id } = await opened(ledger, open([account('p', 100)], bound(60)));
    expect(await failureOf(ledger.recover(LATER))).toMatchObject({ message: 'recovery runs before the first call' });
    expect(await ledger.settle(settle(id, 50))).toMatchObject({ settled: true });
  });

  test('ten thousand are settled within five seconds', async () => {
    const handle = current();
    const accounts = [account('p', 1_000_000), account('c', 1_000_000, { partyKind: 'classroom' })];
    const calls = Array.from({ length: 10_000 }, () =>
      opened(handle.ledger, open(accounts, bound(60), { call: header({ promptEstimate: 3 }) })),
    );
    await Promise.all(calls);
    await handle.restart();
    const start = performance.now();
    expect(await handle.ledger.recover(LATER)).toBe(10_000);
    expect(performance.now() - start).toBeLessThan(5_000);
    expect((await spending(handle.raw))['pass:p']).toEqual({ settled: 30_000, held: 0, cap: 1_000_000, calls: 10_000 });
  }, 30_000);
}
