import { afterEach, expect, test, vi } from 'vitest';

import { readStored, writeStored } from './stored.ts';

afterEach(() => vi.unstubAllGlobals());

test('what is written is read, and null removes it', () => {
  writeStored('session', 'a', '1');
  expect(readStored('session', 'a')).toBe('1');
  expect(readStored('local', 'a')).toBeNull();
  writeStored('session', 'a', null);
  expect(readStored('session', 'a')).toBeNull();
});

test('storage that is switched off or full stops nothing', () => {
  vi.stubGlobal('localStorage', {
    getItem: () => {
      throw new DOMException('denied', 'SecurityError');
    },
    setItem: () => {
      throw new DOMException('full', 'QuotaExceededError');
    },
  });
  expect(readStored('local', 'a')).toBeNull();
  expect(() => writeStored('local', 'a', '1')).not.toThrow();
});
