import { expect, test } from 'bun:test';

import { createTestApp } from '../testing/test-app.ts';
import { upsertSetting } from './store.ts';

test('without stored values the environment decides', async () => {
  await using app = await createTestApp({ GUEST_RPM: '7', LOG_RETENTION_DAYS: '30', DEFAULT_LOCALE: 'en' });
  expect(app.ctx.settings.current()).toEqual({
    guestRpm: 7,
    userRpm: 60,
    logRetentionDays: 30,
    contentRetentionDays: 30,
    systemBudgetNanos: null,
    registration: 'open',
    guestsAllowed: true,
    defaultLocale: 'en',
    displayCurrency: 'USD',
    displayRate: null,
    cnyRate: 6.95,
    classSize: 500,
    alertWebhookUrl: null,
    alertEmails: [],
  });
  expect(app.ctx.settings.origins().guestRpm).toEqual({ source: 'environment', updatedAt: null });
});

test('a stored value wins, also one that another process stored', async () => {
  await using app = await createTestApp({ GUEST_RPM: '7' });
  await upsertSetting(app.ctx.db, { key: 'guest_rpm', value: '3', updatedAt: 5, updatedBy: null });
  expect(app.ctx.settings.current().guestRpm).toBe(7);
  await app.ctx.settings.reload();
  expect(app.ctx.settings.current().guestRpm).toBe(3);
  expect(app.ctx.settings.origins().guestRpm).toEqual({ source: 'stored', updatedAt: 5 });

  await upsertSetting(app.ctx.db, { key: 'guest_rpm', value: '4', updatedAt: 6, updatedBy: null });
  app.ctx.events.emit({ type: 'changes.seen', version: 2 });
  for (let i = 0; i < 100 && app.ctx.settings.current().guestRpm !== 4; i++) await Bun.sleep(5);
  expect(app.ctx.settings.current().guestRpm).toBe(4);
});

test('a stored text that cannot be used gives way to the environment and is reported', async () => {
  await using app = await createTestApp({ USER_RPM: '9' });
  for (const value of ['"60"', '-1', '1.5', 'null', '{', '9007199254740993'])
    await upsertSetting(app.ctx.db, { key: 'user_rpm', value, updatedAt: 5, updatedBy: null }).then(async () => {
      await app.ctx.settings.reload();
      expect([value, app.ctx.settings.current().userRpm]).toEqual([value, 9]);
    });
  expect(app.logs.filter(({ message }) => message === 'stored settings are not usable')).toHaveLength(6);
});

test('of two readings at once the later one stays', async () => {
  await using app = await createTestApp();
  const readings = [];
  for (let value = 1; value <= 20; value++) {
    await upsertSetting(app.ctx.db, { key: 'guest_rpm', value: String(value), updatedAt: value, updatedBy: null });
    readings.push(app.ctx.settings.reload());
  }
  await Promise.all(readings);
  expect(app.ctx.settings.current().guestRpm).toBe(20);
});
