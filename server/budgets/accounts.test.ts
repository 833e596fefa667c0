import { describe, expect, test } from 'bun:test';

import type { PartyKind } from '../ledger/ledger.ts';
import type { PermissionLevel } from '../plans/levels.ts';
import { emptyLevel } from '../plans/rows.ts';
import { accountsOf, isCapped } from './accounts.ts';

const NOW = Date.UTC(2026, 10, 21, 2);
const DAY = { periodStart: Date.UTC(2026, 10, 20, 16), periodEnd: Date.UTC(2026, 10, 21, 16) };
const MONTH = { periodStart: Date.UTC(2026, 9, 31, 16), periodEnd: Date.UTC(2026, 10, 30, 16) };
const NONE = { periodStart: 0, periodEnd: null };

const level = (kind: PartyKind, fields: Partial<PermissionLevel> = {}): PermissionLevel => ({
  ...emptyLevel({ kind, id: `${kind}_1`, name: `the ${kind}`, createdAt: Date.UTC(2026, 0, 1) }),
  ...fields,
});
const budget = (budgetNanos: number, budgetPeriod: string | null = null) => ({ budgetNanos, budgetPeriod });
const accounts = (...levels: PermissionLevel[]) =>
  accountsOf({ levels, timeZone: 'Asia/Shanghai' }, NOW).map(({ partyName, timeZone, ...account }) => {
    expect(timeZone).toBe('Asia/Shanghai');
    expect(partyName).toBe(`the ${account.partyKind}`);
    return account;
  });

test('everyone has an account, most specific first, even without a budget', () => {
  expect(
    accounts(level('pass'), level('seat'), level('classroom'), level('user'), level('plan'), level('system')),
  ).toEqual([
    { partyKind: 'pass', partyId: 'pass_1', capNanos: null, ...NONE },
    { partyKind: 'seat', partyId: 'seat_1', capNanos: null, ...NONE },
    { partyKind: 'classroom', partyId: 'classroom_1', capNanos: null, ...NONE },
    { partyKind: 'user', partyId: 'user_1', capNanos: null, ...NONE },
    { partyKind: 'system', partyId: 'system_1', capNanos: null, ...NONE },
  ]);
});

test('each level’s budget is its account’s cap, in its own period', () => {
  const [pass, classroom, system] = accounts(
    level('pass', budget(5, '1d')),
    level('classroom', budget(50)),
    level('system', budget(500, '1mo')),
  );
  expect(pass).toMatchObject({ capNanos: 5, ...DAY });
  expect(classroom).toMatchObject({ capNanos: 50, ...NONE });
  expect(system).toMatchObject({ capNanos: 500, ...MONTH });
});

test('a guest is the address, and has an account only with a budget', () => {
  expect(accounts(level('guest'), level('plan'), level('system')).map(({ partyKind }) => partyKind)).toEqual([
    'system',
  ]);
  expect(accounts(level('guest', { id: '203.0.113.9' }), level('plan', budget(9, '1d')))).toEqual([
    { partyKind: 'guest', partyId: '203.0.113.9', capNanos: 9, ...DAY },
  ]);
});

describe('a plan’s budget', () => {
  test('is each pass’s own where the pass has none, counted from the pass’s beginning', () => {
    const pass = level('pass', { budgetAnchorAt: NOW - 1_000 });
    expect(accounts(pass, level('user'), level('plan', budget(9, '1mo')))).toEqual([
      { partyKind: 'pass', partyId: 'pass_1', capNanos: 9, ...MONTH },
      { partyKind: 'user', partyId: 'user_1', capNanos: null, ...NONE },
    ]);
    expect(accounts(pass, level('plan', budget(9, '5h')))[0]).toMatchObject({ periodStart: NOW - 1_000 });
  });

  test('is each user’s own where there is no pass', () => {
    expect(accounts(level('user'), level('plan', budget(9, '1d')))).toEqual([
      { partyKind: 'user', partyId: 'user_1', capNanos: 9, ...DAY },
    ]);
  });

  test.each([
    [5, 9],
    [9, 5],
  ])('and the pass’s own in the same period: the smaller counts (%p and %p)', (own, plan) => {
    expect(accounts(level('pass', budget(own, '1d')), level('plan', budget(plan, '1d')))).toEqual([
      { partyKind: 'pass', partyId: 'pass_1', capNanos: 5, ...DAY },
    ]);
  });

  test('and the pass’s own in another period both hold, apart for each pass', () => {
    expect(accounts(level('pass', budget(5, '1d')), level('plan', budget(90, '1mo')), level('system'))).toEqual([
      { partyKind: 'pass', partyId: 'pass_1', capNanos: 5, ...DAY },
      { partyKind: 'plan', partyId: 'pass:pass_1@plan_1', capNanos: 90, ...MONTH },
      { partyKind: 'system', partyId: 'system_1', capNanos: null, ...NONE },
    ]);
  });

  test('may have a pool that everyone on it shares', () => {
    expect(accounts(level('pass'), level('plan', { ...budget(9, '1d'), pool: budget(90, '1mo') }))).toEqual([
      { partyKind: 'pass', partyId: 'pass_1', capNanos: 9, ...DAY },
      { partyKind: 'plan', partyId: 'plan_1', capNanos: 90, ...MONTH },
    ]);
  });
});

test('remembers the accounts of a principal until the first period ends', () => {
  const payer = {
    levels: [level('pass', budget(5, '1d')), level('system', budget(9, '1mo'))],
    timeZone: 'Asia/Shanghai',
  };
  const today = accountsOf(payer, NOW);
  expect(accountsOf(payer, DAY.periodEnd - 1)).toBe(today);
  expect(accountsOf(payer, DAY.periodEnd)[0]).toMatchObject({ periodStart: DAY.periodEnd });
  expect(accountsOf(payer, DAY.periodEnd)[1]).toEqual(today[1]!);
  expect(accountsOf(payer, NOW)).toEqual(today);
  expect(accountsOf({ ...payer, timeZone: 'UTC' }, NOW)[0]).toMatchObject({ periodStart: Date.UTC(2026, 10, 21) });
});

test('a call is capped when any budget is in scope, also a pool or a budget of zero', () => {
  expect(isCapped([level('pass'), level('plan'), level('system')])).toBe(false);
  expect(isCapped([level('pass'), level('system', budget(0))])).toBe(true);
  expect(isCapped([level('pass'), level('plan', { pool: budget(1) })])).toBe(true);
});
