import { expect, test } from 'bun:test';

import { ConfigError, readConfig } from './config.ts';

function problems(env: Record<string, string>): string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** What a header cannot carry as one word could never be sent, and a fault would repeat it in the log. */
const ONE_WORD = 'may hold only letters, digits and signs of ASCII: no space, no comma';

test('nothing is required, and empty counts as unset', () => {
  const config = readConfig({ APP_PORT: '', ADMIN_PASSWORD: '   ' });
  expect(config.APP_PORT).toBe(8000);
  expect(config.HOST).toBe('0.0.0.0');
  expect(config.DEFAULT_LOCALE).toBe('zh-CN');
  expect(config.ADMIN_PASSWORD).toBeUndefined();
  expect(config.SECRET_KEY).toBeUndefined();
});

test.each([
  ['ADMIN_PASSWORD', 'change_me'],
  ['ADMIN_PASSWORD', 'your_secure_password'],
  ['SECRET_KEY', 'your_secret_key'],
  ['SECRET_KEY', 'Random-Secret-Key'],
  ['ENCRYPTION_KEY', 'random_encrypt_key'],
  ['ENCRYPTION_KEY', 'your_encryption_key'],
  ['SECRET_KEY', 'please-changeme-now'],
  ['LITELLM_ADMIN_KEY', 'sk-1234'],
])('%s=%s is refused as a sample', (name, value) => {
  expect(problems({ [name]: value })).toEqual([`${name} is a sample value from documentation. Choose your own.`]);
});

test.each([
  ['SECRET_KEY', 'x'.repeat(15), 'SECRET_KEY needs at least 16 characters.'],
  ['ENCRYPTION_KEY', 'x'.repeat(15), 'ENCRYPTION_KEY needs at least 16 characters.'],
  ['LITELLM_ADMIN_KEY', 'x'.repeat(15), 'LITELLM_ADMIN_KEY needs at least 16 characters.'],
  ['LITELLM_ADMIN_KEY', 'an admin key of words', `LITELLM_ADMIN_KEY ${ONE_WORD}.`],
  ['LITELLM_ADMIN_KEY', 'sk-admin,0123456789', `LITELLM_ADMIN_KEY ${ONE_WORD}.`],
  ['OPENAI_API_KEY', 'sk-upstream\nsk-other', `OPENAI_API_KEY ${ONE_WORD}.`],
  ['OPENAI_API_KEY', 'sk-上游', `OPENAI_API_KEY ${ONE_WORD}.`],
  ['ADMIN_PASSWORD', 'x'.repeat(7), 'ADMIN_PASSWORD needs at least 8 characters.'],
  ['APP_PORT', '65536', 'APP_PORT must be a whole number from 0 to 65535.'],
  ['APP_PORT', 'http', 'APP_PORT must be a whole number from 0 to 65535.'],
  ['GUEST_RPM', '1.5', 'GUEST_RPM must be a whole number from 0 to 1000000.'],
  ['PUBLIC_URL', 'school', 'PUBLIC_URL must be an address such as https://school.example.'],
  ['PUBLIC_URL', 'javascript:alert(1)', 'PUBLIC_URL must be an address such as https://school.example.'],
  ['DATABASE_URL', 'mysql://x', 'DATABASE_URL must be an address such as postgres://user:password@host/hallpass.'],
  ['REDIS_URL', 'localhost', 'REDIS_URL must be an address such as redis://host:6379.'],
  ['LEDGER_SYNC', 'off', 'LEDGER_SYNC must be one of full, normal.'],
  ['DEFAULT_LOCALE', 'fr', 'DEFAULT_LOCALE must be one of zh-CN, zh-TW, en.'],
  ['TIME_ZONE', 'Mars/Olympus', 'TIME_ZONE is not a time zone such as Asia/Taipei.'],
  ['ALLOW_PRIVATE_UPSTREAMS', 'maybe', 'ALLOW_PRIVATE_UPSTREAMS must be true or false.'],
])('%s=%s is told in a plain sentence', (name, value, sentence) => {
  expect(problems({ [name]: value })).toEqual([sentence]);
});

test.each([
  ['SECRET_KEY', 'x'.repeat(16)],
  ['ADMIN_PASSWORD', 'x'.repeat(8)],
  ['PUBLIC_URL', 'http://192.168.1.5:8000'],
  ['DATABASE_URL', 'postgresql://u@h/d'],
  ['ALLOW_PRIVATE_UPSTREAMS', 'false'],
])('%s=%s is taken', (name, value) => {
  expect(problems({ [name]: value })).toEqual([]);
});

test('every problem is named at once, and no value of a secret is repeated', () => {
  const all = problems({ APP_PORT: '-1', SECRET_KEY: 'hunter2', TIME_ZONE: 'x/y' });
  expect(all).toHaveLength(3);
  expect(all.join()).not.toContain('hunter2');
});
