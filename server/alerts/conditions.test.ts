import { alertText } from '@hallpass/shared/alerts.ts';
import { describe, expect, test } from 'bun:test';

import { CALLS_MIN, type ChannelFact, conditionsOf, type Facts, FAILURES_MIN } from './conditions.ts';

const GIB = 1_073_741_824;
const calm: Facts = {
  now: 1_000,
  budgets: [],
  channels: [],
  calls: { count: 0, errors: 0, minutes: 15 },
  disk: { host: 'h', freeBytes: 100 * GIB, totalBytes: 200 * GIB },
};
const told = (facts: Partial<Facts>) =>
  conditionsOf({ ...calm, ...facts }).map(({ kind, level, detail }) => [kind, level, detail.reason ?? detail.percent]);

test('a calm system has nothing to tell', () => expect(told({})).toEqual([]));

describe('a budget', () => {
  const budget = (usedNanos: number, partyKind = 'classroom', accountId = 'a', capNanos = 1_000) =>
    told({ budgets: [{ accountId, partyKind, name: 'x', capNanos, usedNanos }] });

  test('is told of at 80 % and at 100 %, and not before', () => {
    expect(budget(799)).toEqual([]);
    expect(budget(800)).toEqual([['budget_near', 'warning', 80]]);
    expect(budget(999)).toEqual([['budget_near', 'warning', 99]]);
    expect(budget(1_000)).toEqual([['budget_spent', 'critical', 100]]);
  });
  test('of one person is noted and sent to nobody', () => {
    for (const kind of ['pass', 'user', 'seat']) expect(budget(900, kind)).toEqual([['budget_near', 'note', 90]]);
    expect(budget(900, 'plan', 'a@')).toEqual([['budget_near', 'note', 90]]);
    expect(budget(900, 'plan')).toEqual([['budget_near', 'warning', 90]]);
  });
  test('of nothing was never there to be used up', () => expect(budget(0, 'classroom', 'a', 0)).toEqual([]));
});

describe('a channel', () => {
  const key = (status: string, more: object = {}) => ({
    id: `k${status}`,
    hint: '…1234',
    status,
    coolsUntil: null,
    lastError: null,
    ...more,
  });
  const channel = (fact: Partial<ChannelFact>) =>
    told({
      channels: [{ id: 'c', name: 'c', keys: [key('enabled')], attempts: 0, failures: 0, checkFailed: false, ...fact }],
    });

  test('is down when no key is left, all cool, every late request failed or its check did', () => {
    expect(channel({})).toEqual([]);
    expect(channel({ keys: [key('disabled')] })).toEqual([['channel_down', 'critical', 'no_key']]);
    expect(channel({ keys: [key('enabled', { coolsUntil: 1_001 })] })).toEqual([
      ['channel_down', 'critical', 'cooling'],
    ]);
    expect(channel({ keys: [key('enabled', { coolsUntil: 1_000 })] })).toEqual([]);
    expect(channel({ attempts: FAILURES_MIN, failures: FAILURES_MIN })).toEqual([
      ['channel_down', 'critical', 'failing'],
    ]);
    expect(channel({ attempts: FAILURES_MIN - 1, failures: FAILURES_MIN - 1 })).toEqual([]);
    expect(channel({ attempts: 100, failures: 99 })).toEqual([]);
    expect(channel({ checkFailed: true })).toEqual([['channel_down', 'critical', 'check']]);
    expect(channel({ keys: [] })).toEqual([]);
  });
  test('a key that its service refused is told of by itself; one that an administrator switched off is not', () => {
    const refused = key('disabled', { lastError: '401' });
    expect(channel({ keys: [key('enabled'), refused] })).toEqual([['key_disabled', 'warning', '401']]);
    expect(channel({ keys: [key('enabled'), key('disabled')] })).toEqual([]);
  });
});

test('the rate of errors counts from so many calls on', () => {
  const calls = (count: number, errors: number) => told({ calls: { count, errors, minutes: 15 } });
  expect(calls(CALLS_MIN - 1, CALLS_MIN - 1)).toEqual([]);
  expect(calls(CALLS_MIN, CALLS_MIN / 4 - 1)).toEqual([]);
  expect(calls(CALLS_MIN, CALLS_MIN / 4)).toEqual([['error_rate', 'warning', 25]]);
  expect(calls(100, 50)).toEqual([['error_rate', 'critical', 50]]);
});

test('a disk is low by its share or by its bytes', () => {
  const disk = (freeBytes: number, totalBytes: number) => told({ disk: { host: 'h', freeBytes, totalBytes } });
  expect(disk(2 * GIB, 100 * GIB)).toEqual([['disk_low', 'warning', 2]]);
  expect(disk(GIB - 1, 4 * GIB)).toEqual([['disk_low', 'warning', 24]]);
  expect(disk(GIB / 8, 4 * GIB)).toEqual([['disk_low', 'critical', 3]]);
  expect(told({ disk: null })).toEqual([]);
});

test('an alert about a key quotes what its service said, in the reader’s language', () => {
  const alert = {
    kind: 'key_disabled',
    subject_name: 'one',
    detail: { hint: 'sk-…abcd', reason: 'HTTP 401: no such key' },
  } as const;
  expect(alertText(alert, 'zh-CN')).toBe('渠道“one”的密钥 sk-…abcd 被上游拒绝，已停用：HTTP 401 “no such key”');
  expect(alertText(alert, 'en')).toEndWith('is switched off: HTTP 401 “no such key”');
});
