import { expect, test } from 'vitest';

import { nextPage } from './next-page.ts';
import { passwordError } from './password-error.ts';

test.each([
  ['/admin/channels', '/admin/channels'],
  ['/', '/'],
  ['//evil.example', '/x'],
  ['/\\evil.example', '/x'],
  ['https://evil.example', '/x'],
  ['javascript:alert(1)', '/x'],
  ['', '/x'],
  [undefined, '/x'],
  [['/a'], '/x'],
])('after a sign-in, %j leads to %s', (wanted, page) => {
  expect(nextPage(wanted, '/x')).toBe(page);
});

test('a password has at least eight characters, as people count them', () => {
  expect(passwordError('1234567')).toBeTruthy();
  expect(passwordError('12345678')).toBeUndefined();
  expect(passwordError('🌇🌇🌇🌇')).toBeTruthy();
  expect(passwordError('')).toBeTruthy();
});
