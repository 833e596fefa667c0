// What a settle charges and gives back, exactly once.
import { expect, test } from 'bun:test';
import { sql } from 'kysely';

import { account, attempt, bound, header, NOON, onePerToken, open, settle } from '../ledger.fixtures.ts';
import type { SuiteContext } from '../ledger.suite.ts';
import { callRow, countRows, opened, spending } from './read.ts';

const usage = { promptTokens: 11, cachedTokens: 3, cacheWriteTokens: 2, completionTokens: 7, reasoningTokens: 5 };

export function settleTests({ current }: SuiteContext): void {
  test('charges the cost, gives the hold back, completes the row', async () => {
    const { ledger, raw } = current();
    const { id } = await opened(ledger, open([account('p', 100)], bound(40)));
    expect(await ledger.settle(settle(id, 18, { usage }))).toEqual({ settled: true, costNanos: 18, overHold: false });
    expect(await spending(raw)).toEqual({ 'pass:p': { settled: 18, held: 0, cap: 100, calls: 1 } });
    expect(await callRow(raw, id)).toMatchObject({
      state: 'settled',
      status: 'success',
      channel_id: 'chan_1',
      channel_name: 'A channel',
      settled_at: NOON + 100,
      first_byte_at: NOON + 50,
      prompt_tokens: 11,
      cached_tokens: 3,
      cache_write_tokens: 2,
      completion_tokens: 7,
      reasoning_tokens: 5,
      cost_nanos: 18,
      held_nanos: 40,
      over_hold: 0,
      reported_nanos: null,
      estimated: 0,
    });
  });

  test('happens once, whoever repeats it', async () => {
    const { ledger, raw } = current();
    const { id } = await opened(ledger, open([account('p', 100)], bound(40)));
    const attempts = [attempt('att_once')];
    const replies = await Promise.all([1, 2, 3, 4].map(() => ledger.settle(settle(id, 18, { attempts }))));
    expect(replies.filter(({ settled }) => settled)).toHaveLength(1);
    expect(await ledger.settle(settle(id, 39, { attempts: [attempt('att_other')] }))).toEqual({
      settled: false,
      costNanos: 18,
      overHold: false,
    });
    expect(await spending(raw)).toEqual({ 'pass:p': { settled: 18, held: 0, cap: 100, calls: 1 } });
    expect(await countRows(raw, 'attempts')).toBe(1);
  });

  test('of a call that was never opened changes nothing', async () => {
    const { ledger, raw } = current();
    expect(await ledger.settle(settle('call_none', 5))).toEqual({ settled: false, costNanos: 0, overHold: false });
    expect(await countRows(raw, 'calls')).toBe(0);
  });

  test('charges no more than the hold, keeps the reported figure and flags it', async () => {
    const { ledger, raw } = current();
    const { id } = await opened(ledger, open([account('p', 100)], bound(40)));
    expect(await ledger.settle(settle(id, 41))).toEqual({ settled: true, costNanos: 40, overHold: true });
    expect(await callRow(raw, id)).toMatchObject({ cost_nanos: 40, reported_nanos: 41, over_hold: 1 });
    expect(await ledger.settle(settle(id, 41))).toEqual({ settled: false, costNanos: 40, overHold: true });
    const { id: exact } = await opened(ledger, open([account('p', 100)], bound(40)));
    expect(await ledger.settle(settle(exact, 40))).toEqual({ settled: true, costNanos: 40, overHold: false });
  });

  test.each([
    ['negative', -5, 0],
    ['not a number', Number.NaN, 0],
    ['fractional', 1.2, 2],
    ['absurd', 1e300, 40],
  ])('a %s cost cannot keep a call from being settled', async (_, cost, charged) => {
    const { ledger, raw } = current();
    const { id } = await opened(ledger, open([account('p', 100)], bound(40)));
    const broken = { ...usage, promptTokens: cost, completionTokens: cost };
    await ledger.settle(
      settle(id, cost, { usage: broken, attempts: [attempt(`att_${id}`, { ...broken, costNanos: cost })] }),
    );
    expect((await spending(raw))['pass:p']).toMatchObject({ settled: charged, held: 0 });
  });

  test('never counts beyond what a whole number can hold', async () => {
    const { ledger, raw } = current();
    for (const expected of [Number.MAX_SAFE_INTEGER, 0]) {
      const { id } = await opened(ledger, open([account('p', null)], null));
      expect(await ledger.settle(settle(id, Number.MAX_SAFE_INTEGER))).toMatchObject({
        settled: true,
        costNanos: expected,
      });
    }
    expect((await spending(raw))['pass:p']).toMatchObject({ settled: Number.MAX_SAFE_INTEGER });
  });

  test('writes every attempt with its prices, in order', async () => {
    const { ledger, raw } = current();
    const { id } = await opened(ledger, open([account('p', 100)], bound(40)));
    const failed = attempt('att_1', {
      status: 'error',
      httpStatus: 500,
      errorCode: 'upstream_error',
      costNanos: 0,
      prices: null,
    });
    await ledger.settle(settle(id, 18, { attempts: [failed, attempt('att_2')] }));
    const { rows } = await sql<Record<string, unknown>>`select * from attempts order by position`.execute(raw);
    expect(rows).toMatchObject([
      {
        id: 'att_1',
        call_id: id,
        position: 0,
        status: 'error',
        http_status: 500,
        error_code: 'upstream_error',
        cost_nanos: 0,
        unit_prices: null,
        price_version: null,
      },
      {
        id: 'att_2',
        call_id: id,
        position: 1,
        status: 'ok',
        channel_key_id: 'key_1',
        route_id: 'route_1',
        upstream_model: 'upstream-model',
        upstream_request_id: 'up_1',
        prompt_tokens: 11,
        cost_nanos: 18,
        unit_prices: JSON.stringify(onePerToken),
        price_version: '1',
      },
    ]);
  });

  test('adds the call to the hour under everything it belongs to', async () => {
    const { ledger, raw } = current();
    const call = header({ passId: 'pass_9', userId: 'user_9', classroomId: 'class_9', planId: 'plan_9', model: 'm9' });
    await opened(ledger, open([account('p', 100)], bound(40), { call }));
    await ledger.settle(settle(call.id, 18, { usage, status: 'error' }));
    const { rows } = await sql<Record<string, unknown>>`select * from usage_rollups order by dimension`.execute(raw);
    const hour = Math.floor(NOON / 3_600_000);
    const sums = { hour, calls: 1, errors: 1, prompt_tokens: 11, completion_tokens: 7, cost_nanos: 18 };
    expect(rows).toEqual([
      { dimension: 'all', dimension_id: '', ...sums },
      { dimension: 'channel', dimension_id: 'chan_1', ...sums },
      { dimension: 'classroom', dimension_id: 'class_9', ...sums },
      { dimension: 'model', dimension_id: 'm9', ...sums },
      { dimension: 'pass', dimension_id: 'pass_9', ...sums },
      { dimension: 'plan', dimension_id: 'plan_9', ...sums },
      { dimension: 'user', dimension_id: 'user_9', ...sums },
    ]);
  });

  test('a client that leaves is no error in the roll-ups', async () => {
    const { ledger, raw } = current();
    for (const status of ['success', 'cancelled', 'cut', 'refused'] as const) {
      const { id } = await opened(ledger, open([account('p', 100)], bound(10)));
      await ledger.settle(settle(id, 1, { status }));
    }
    const { rows } = await sql`select calls, errors from usage_rollups where dimension = 'all'`.execute(raw);
    expect(rows).toEqual([{ calls: 4, errors: 2 }]);
  });

  test('cuts an upstream page of error text to a length a row can bear', async () => {
    const { ledger, raw } = current();
    const { id } = await opened(ledger, open([account('p', 100)], bound(10)));
    await ledger.settle(
      settle(id, 1, { status: 'error', errorCode: 'upstream_error', errorMessage: 'x'.repeat(100_000) }),
    );
    expect(String((await callRow(raw, id)).error_message)).toHaveLength(2_000);
  });
}
