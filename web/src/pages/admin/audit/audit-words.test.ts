import { expect, test } from 'vitest';

import { actionText, detailText } from './audit-words.ts';

test('an action is told in words, and one that is not known by its code', () => {
  expect(actionText('channel.update')).not.toContain('.');
  expect(actionText('user.first_admin')).not.toContain('.');
  expect(actionText('moon.landing')).toBe('moon.landing');
  expect(actionText('')).toBe('');
});

test('a detail is one line', () => {
  expect(detailText({ detail: { name: 'A', models: ['m'], on: true, reason: null } })).toBe(
    'name: A · models: ["m"] · on: true',
  );
  expect(detailText({ detail: {} })).toBe('');
});
