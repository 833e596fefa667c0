import { afterAll, beforeAll, expect, test } from 'bun:test';

import { account } from '../ledger/ledger.fixtures.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { findBalances } from './store.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
  const row = {
    timeZone: 'UTC',
    capNanos: 100,
    carriedNanos: 0,
    calls: 3,
    promptTokens: 11,
    completionTokens: 7,
    createdAt: 0,
    updatedAt: 0,
  };
  const rows = [
    { id: 'a1', partyKind: 'pass', partyId: 'x', periodStart: 0, periodEnd: 10, settledNanos: 40, heldNanos: 9 },
    { id: 'a2', partyKind: 'pass', partyId: 'x', periodStart: 10, periodEnd: 20, settledNanos: 1, heldNanos: 0 },
    { id: 'a3', partyKind: 'user', partyId: 'x', periodStart: 10, periodEnd: 20, settledNanos: 2, heldNanos: 0 },
  ];
  await app.ctx.db
    .insertInto('accounts')
    .values(rows.map((each) => ({ ...row, ...each })))
    .execute();
});
afterAll(() => app[Symbol.asyncDispose]());

test('tells what each account has spent in its own period', async () => {
  const at = (periodStart: number) => ({ periodStart, periodEnd: periodStart + 10 });
  const user = account('x', 100, { partyKind: 'user', ...at(10) });
  const balanceOf = await findBalances(app.ctx.db, [account('x', 100, at(0)), account('x', 100, at(10)), user]);
  expect(balanceOf(account('x', 100, at(0)))).toEqual({
    spentNanos: 40,
    heldNanos: 9,
    calls: 3,
    promptTokens: 11,
    completionTokens: 7,
  });
  expect(balanceOf(account('x', 100, at(10))).spentNanos).toBe(1);
  expect(balanceOf(user).spentNanos).toBe(2);
});

test('an account that was never used has spent nothing', async () => {
  const unknown = account('unknown', 5);
  expect((await findBalances(app.ctx.db, [unknown]))(unknown)).toMatchObject({ spentNanos: 0, heldNanos: 0, calls: 0 });
  expect((await findBalances(app.ctx.db, []))(unknown)).toMatchObject({ spentNanos: 0 });
});
