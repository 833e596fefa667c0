import { expect, test } from 'vitest';

import { codeFrom, isOnlyHere, passFrom, passLink } from './pass-link.ts';

test.each(['sk-hp-abc-def', 'sk-own+key/with=signs%20', 'sk-#hash'])('the key %s comes back out of its link', (key) => {
  const link = passLink('http://192.168.1.5:8000', key);
  expect(new URL(link).pathname).toBe('/setup.html');
  expect(passFrom(link)).toBe(key);
  expect(passFrom(new URL(link).hash)).toBe(key);
});

test('a key may be typed by itself', () => {
  expect(passFrom('  sk-hp-abc-def\n')).toBe('sk-hp-abc-def');
});

test.each(['', '#', '#%', '#%E4%BD%A0', 'two words', `#${'x'.repeat(513)}`])('%j holds no key', (text) => {
  expect(passFrom(text)).toBeUndefined();
});

test.each([
  'K7QM-2RXPW-9TDHF',
  ' k7qm 2rxpw 9tdhf ',
  'Ｋ７ＱＭ－２RXPW—9TDHF',
  'http://a.test/setup.html#K7QM-2RXPW-9TDHF',
])('%j holds an activation code', (text) => expect(codeFrom(text)).toBe('K7QM-2RXPW-9TDHF'));

test.each(['', 'sk-hp-abc-def', 'K7QM-2RXPW-9TDH', 'K0QM-2RXPW-9TDHF', 'K7QM-2RXPW-9TDHFF'])(
  '%j holds no activation code',
  (text) => expect(codeFrom(text)).toBeUndefined(),
);

test('which addresses no phone can reach', () => {
  const here = [
    'http://localhost:8000',
    'http://127.0.0.1:8000',
    'http://127.8.8.8',
    'http://[::1]:8000',
    'http://a.localhost',
  ];
  expect(here.map(isOnlyHere)).toEqual(here.map(() => true));
  expect(['http://192.168.1.5:8000', 'https://ai.school.example', 'nonsense'].map(isOnlyHere)).toEqual([
    false,
    false,
    false,
  ]);
});
