import { NAMES_MAX } from '@hallpass/shared/lists.ts';
import { expect, test } from 'vitest';

import { checkNames, toNamesBody } from './class-pass-values.ts';

const list = (count: number) => Array.from({ length: count }, (_, n) => `s${n}`).join('\n');

test('as many names are pasted at once as the server takes', () => {
  expect(checkNames({ names: list(NAMES_MAX), days: '' }).names).toBeUndefined();
  expect(checkNames({ names: list(NAMES_MAX + 1), days: '' }).names).toBe('At most 200 names at once; these are 201.');
});

test('days are as long as the plan says where none are typed', () => {
  expect(toNamesBody({ names: 'Ming', days: ' ' })).toEqual({ names: ['Ming'] });
  expect(toNamesBody({ names: 'Ming', days: '30' })).toEqual({ names: ['Ming'], days: 30 });
  expect(checkNames({ names: 'Ming', days: '3651' }).days).toBe('Please enter a whole number from 1 to 3650.');
});
