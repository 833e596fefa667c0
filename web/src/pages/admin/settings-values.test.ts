import { describe, expect, test } from 'vitest';

import type { ConfigReply } from '@/api/admin.ts';

import {
  alertChanges,
  changedSettings,
  checkAlertTargets,
  checkSettings,
  toSettingsValues,
} from './settings-values.ts';

describe('the settings’ form', () => {
  const config = {
    guest_rpm: 10,
    user_rpm: 60,
    class_size: 500,
    log_retention_days: 90,
    content_retention_days: 30,
    default_locale: 'en',
    system_budget: null,
    guests_allowed: true,
    registration: 'open',
    display_currency: 'USD',
    display_rate: null,
    cny_rate: 6.95,
  } as ConfigReply;

  test('sends only what was changed', () => {
    const values = toSettingsValues(config);
    expect(changedSettings(values, config)).toEqual({});
    expect(changedSettings({ ...values, guestRpm: '5', registration: 'closed' }, config)).toEqual({
      guest_rpm: 5,
      registration: 'closed',
    });
    const byInvite = { ...config, registration: 'invite' } as ConfigReply;
    expect(changedSettings({ ...toSettingsValues(byInvite), guestRpm: '5' }, byInvite)).toEqual({ guest_rpm: 5 });
  });

  test.each([
    ['guestRpm', '-1'],
    ['guestRpm', '1000001'],
    ['userRpm', ''],
    ['userRpm', '1e3'],
    ['classSize', '0'],
    ['classSize', '2001'],
    ['retentionDays', '0'],
    ['retentionDays', '3651'],
    ['contentDays', '0'],
    ['contentDays', '3651'],
    ['budget', '-1'],
    ['budget', '9000001'],
    ['budget', 'much'],
    ['cnyRate', ''],
    ['cnyRate', '0.5'],
    ['cnyRate', '101'],
    ['cnyRate', '7.1234567'],
  ] as const)('refuses the %s %j', (field, value) => {
    expect(checkSettings({ ...toSettingsValues(config), [field]: value })[field]).toBeTruthy();
  });

  test('another currency needs its rate; dollars send none', () => {
    const yuan = { ...toSettingsValues(config), currency: 'CNY' } as const;
    expect(checkSettings(yuan).rate).toBeTruthy();
    expect(checkSettings({ ...yuan, rate: '7,1' }).rate).toBeUndefined();
    expect(changedSettings({ ...yuan, rate: '7,1' }, config)).toEqual({ display_currency: 'CNY', display_rate: 7.1 });
    const back = { ...config, display_currency: 'CNY', display_rate: 7.1 } as ConfigReply;
    expect(changedSettings({ ...toSettingsValues(back), currency: 'USD' }, back)).toEqual({
      display_currency: 'USD',
      display_rate: null,
    });
  });

  test('no monthly budget is none, and none is not nothing', () => {
    const values = toSettingsValues(config);
    expect(changedSettings({ ...values, budget: '0' }, config)).toEqual({ system_budget: 0 });
    expect(changedSettings({ ...values, budget: '12,5' }, config)).toEqual({ system_budget: 12.5 });
    const capped = { ...config, system_budget: 20 } as ConfigReply;
    expect(toSettingsValues(capped).budget).toBe('20');
    expect(changedSettings({ ...toSettingsValues(capped), budget: ' ' }, capped)).toEqual({ system_budget: null });
  });

  test('accepts the bounds themselves', () => {
    const bounds = {
      ...toSettingsValues(config),
      guestRpm: '0',
      userRpm: '1000000',
      classSize: '2000',
      retentionDays: '3650',
    };
    expect(Object.values(checkSettings(bounds)).filter(Boolean)).toEqual([]);
  });
});

describe('where alerts go', () => {
  const wrong = (webhook: string, emails: string) =>
    Object.entries(checkAlertTargets({ webhook, emails })).flatMap(([name, text]) => (text ? [name] : []));

  test('several addresses are one list, and nothing is nowhere', () => {
    expect(alertChanges({ webhook: ' ', emails: '' })).toEqual({ alert_webhook_url: null, alert_emails: [] });
    expect(alertChanges({ webhook: 'https://a.test/x', emails: 'a@b.test，c@d.test; e@f.test' })).toEqual({
      alert_webhook_url: 'https://a.test/x',
      alert_emails: ['a@b.test', 'c@d.test', 'e@f.test'],
    });
  });

  test('what cannot be an address is said at its field', () => {
    expect(wrong('', '')).toEqual([]);
    expect(wrong('ftp://x', '')).toEqual(['webhook']);
    expect(wrong('https://x.test', 'a@b.test, nobody')).toEqual(['emails']);
  });
});
