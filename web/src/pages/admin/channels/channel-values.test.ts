import { describe, expect, test } from 'vitest';

import type { ChannelView } from '@/api/admin.ts';

import { checkChannel, toChannelBody, toChannelValues } from './channel-values.ts';

const filled = {
  ...toChannelValues(undefined),
  name: ' A ',
  baseUrl: ' https://x.example/v1 ',
  apiKey: '',
  modelId: ' m ',
  rpm: '60',
  checkMinutes: '',
  isOn: true,
};

/** A channel of three models and two keys. */
function stored(more: Partial<ChannelView>): ChannelView {
  const model = (name: string, own = name) => ({ name, upstream_model: own }) as ChannelView['models'][number];
  const key = (id: string, hint: string, status: string) => ({ id, hint, status }) as ChannelView['api_keys'][number];
  return {
    name: 'A',
    protocol: 'openai-chat',
    base_url: 'https://u.example/v1',
    model_id: 'm',
    rpm_limit: 60,
    is_enabled: true,
    options: {},
    preset: null,
    auth_type: 'bearer',
    key_usage_mode: 'single',
    api_keys: [key('k1', 'sk-…1', 'enabled'), key('k2', 'sk-…2', 'disabled')],
    models: [model('m', 'own-m'), model('n'), model('short', 'the-long-name')],
    ...more,
  } as ChannelView;
}

describe('a channel’s form', () => {
  test('sends the wire format only when it was changed, with the header its key goes in', () => {
    expect(toChannelBody({ ...filled, protocol: 'openai-responses' })).toMatchObject({
      protocol: 'openai-responses',
      auth_type: 'bearer',
    });
    expect(toChannelBody({ ...filled, protocol: 'anthropic-messages' }).auth_type).toBe('x-api-key');
    const channel = stored({ protocol: 'openai-responses' });
    expect(toChannelBody(toChannelValues(channel), channel)).not.toHaveProperty('protocol');
    const back = toChannelBody({ ...toChannelValues(channel), protocol: 'openai-chat' }, channel);
    expect(back).toMatchObject({ protocol: 'openai-chat', auth_type: 'bearer' });
    const custom = toChannelBody({ ...filled, authType: 'api-key', protocol: 'openai-responses' });
    expect(custom).not.toHaveProperty('auth_type');
  });

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
    const channel = stored({ options: { think_tags: true, health_check_minutes: 5 } });
    const values = toChannelValues(channel);
    expect(toChannelBody({ ...values, checkMinutes: ' 10 ' }, channel).options).toEqual({
      think_tags: true,
      health_check_minutes: 10,
    });
    expect(toChannelBody({ ...values, checkMinutes: '' }, channel).options).toEqual({ think_tags: true });
  });

  test('begins empty, or with the channel and without its secrets', () => {
    expect(toChannelValues(undefined)).toMatchObject({ name: '', rpm: '60', isOn: true, keys: [], moreModels: '' });
    const values = toChannelValues(stored({ rpm_limit: null, is_enabled: false }));
    expect(values).toMatchObject({
      name: 'A',
      baseUrl: 'https://u.example/v1',
      apiKey: '',
      modelId: 'm',
      rpm: '',
      isOn: false,
      keys: [
        { id: 'k1', hint: 'sk-…1', status: 'enabled' },
        { id: 'k2', hint: 'sk-…2', status: 'disabled' },
      ],
      moreModels: 'n\nshort = the-long-name',
    });
  });

  test('leaves keys and models alone where nothing about them was changed', () => {
    const channel = stored({});
    const body = toChannelBody(toChannelValues(channel), channel);
    expect(body.api_keys).toBeUndefined();
    expect(body.api_key).toBeUndefined();
    expect(body.models).toEqual([
      { name: 'm', upstream_model: 'own-m' },
      { name: 'n', upstream_model: 'n' },
      { name: 'short', upstream_model: 'the-long-name' },
    ]);
  });

  test('keeps, switches, removes and adds keys, each by its id', () => {
    const channel = stored({});
    const values = toChannelValues(channel);
    expect(toChannelBody({ ...values, apiKey: 'sk-new' }, channel).api_keys).toEqual([
      { id: 'k1', status: 'enabled' },
      { id: 'k2', status: 'disabled' },
      { key: 'sk-new' },
    ]);
    const changed = { ...values, keys: [{ ...values.keys[1]!, status: 'enabled' }], moreKeys: ' sk-3 \n\nsk-4' };
    expect(toChannelBody({ ...changed, keyMode: 'round_robin' }, channel)).toMatchObject({
      key_usage_mode: 'round_robin',
      api_keys: [{ id: 'k2', status: 'enabled' }, { key: 'sk-3' }, { key: 'sk-4' }],
    });
  });

  test('names further models, with the service’s own name where it is another', () => {
    const body = toChannelBody({ ...filled, moreModels: 'a\n b = vendor/b=1 \n' });
    expect(body.model_id).toBeUndefined();
    expect(body.models).toEqual([
      { name: 'm', upstream_model: 'm' },
      { name: 'a', upstream_model: 'a' },
      { name: 'b', upstream_model: 'vendor/b=1' },
    ]);
  });

  test('says which vendor it is and how its key travels', () => {
    const body = toChannelBody({ ...filled, preset: 'azure', authType: 'api-key', options: { query: { v: '1' } } });
    expect(body).toMatchObject({ preset: 'azure', auth_type: 'api-key', options: { query: { v: '1' } } });
    const native = { ...filled, preset: 'google-gemini', authType: 'x-goog-api-key', protocol: 'gemini' };
    expect(toChannelBody(native)).toMatchObject({ auth_type: 'x-goog-api-key', protocol: 'gemini' });
    expect(toChannelBody({ ...filled, protocol: 'gemini' }).auth_type).toBe('x-goog-api-key');
    expect('preset' in toChannelBody(filled)).toBe(false);
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
    ['baseUrl', 'https://{resource}.example/v1'],
    ['moreKeys', 'sk-1\nwith space'],
  ] as const)('refuses the %s %j', (field, value) => {
    const errors = checkChannel({ ...filled, [field]: value });
    expect(errors[field]).toBeTruthy();
    expect(Object.values(errors).filter(Boolean)).toHaveLength(1);
  });

  test('accepts what is right, also without a limit', () => {
    expect(Object.values(checkChannel({ ...filled, rpm: '' })).filter(Boolean)).toEqual([]);
  });
});
