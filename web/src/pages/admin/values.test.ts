import { describe, expect, test } from 'vitest';

import type { ChannelView, ConfigReply } from '@/api/admin.ts';

import { checkChannel, toChannelBody, toChannelValues } from './channel-values.ts';
import { changedSettings, checkSettings, toSettingsValues } from './settings-values.ts';

const filled = {
  name: ' A ',
  baseUrl: ' https://x.example/v1 ',
  apiKey: '',
  modelId: ' m ',
  rpm: '60',
  checkMinutes: '',
  isOn: true,
};

describe('a channel’s form', () => {
  test('sends trimmed values, and no key where none was typed', () => {
    expect(toChannelBody(filled)).toEqual({
      name: 'A',
      base_url: 'https://x.example/v1',
      model_id: 'm',
      rpm_limit: 60,
      options: {},
      is_enabled: true,
    });
    expect(toChannelBody({ ...filled, apiKey: ' sk-1 ' }).api_key).toBe('sk-1');
    expect(toChannelBody({ ...filled, rpm: '' }).rpm_limit).toBeNull();
  });

  test('changes the time between health checks and keeps the options it has no field for', () => {
    const options = { think_tags: true, health_check_minutes: 5 };
    expect(toChannelBody({ ...filled, checkMinutes: ' 10 ' }, options).options).toEqual({
      think_tags: true,
      health_check_minutes: 10,
    });
    expect(toChannelBody(filled, options).options).toEqual({ think_tags: true });
  });

  test('begins empty, or with the channel and without its key', () => {
    expect(toChannelValues(undefined)).toMatchObject({ name: '', rpm: '60', isOn: true });
    const channel = { name: 'A', base_url: 'u', model_id: null, rpm_limit: null, is_enabled: false, options: {} };
    const values = toChannelValues(channel as ChannelView);
    expect(values).toEqual({
      name: 'A',
      baseUrl: 'u',
      apiKey: '',
      modelId: '',
      rpm: '',
      checkMinutes: '',
      isOn: false,
    });
  });

  test.each([
    ['name', ' '],
    ['baseUrl', 'api.example.com'],
    ['baseUrl', 'ftp://x'],
    ['baseUrl', 'https://a b'],
    ['modelId', ''],
    ['rpm', '0'],
    ['rpm', '-1'],
    ['rpm', '1.5'],
    ['rpm', '99999999'],
    ['rpm', 'viele'],
    ['checkMinutes', '0'],
    ['checkMinutes', '1.5'],
    ['checkMinutes', '1441'],
  ] as const)('refuses the %s %j', (field, value) => {
    const errors = checkChannel({ ...filled, [field]: value });
    expect(errors[field]).toBeTruthy();
    expect(Object.values(errors).filter(Boolean)).toHaveLength(1);
  });

  test('accepts what is right, also without a limit', () => {
    expect(Object.values(checkChannel({ ...filled, rpm: '' })).filter(Boolean)).toEqual([]);
  });
});

describe('the settings’ form', () => {
  const config = {
    guest_rpm: 10,
    user_rpm: 60,
    log_retention_days: 90,
    guests_allowed: true,
    registration: 'open',
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
    ['retentionDays', '0'],
    ['retentionDays', '3651'],
  ] as const)('refuses the %s %j', (field, value) => {
    expect(checkSettings({ ...toSettingsValues(config), [field]: value })[field]).toBeTruthy();
  });

  test('accepts the bounds themselves', () => {
    const bounds = { ...toSettingsValues(config), guestRpm: '0', userRpm: '1000000', retentionDays: '3650' };
    expect(Object.values(checkSettings(bounds)).filter(Boolean)).toEqual([]);
  });
});
