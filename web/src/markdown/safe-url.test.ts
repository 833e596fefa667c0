import { describe, expect, test } from 'vitest';

import { safeUrl } from './safe-url.ts';

describe('an address in an answer', () => {
  test.each(['https://example.org/a?b#c', 'http://10.0.0.5:8000/', 'mailto:a@example.org'])(
    '%s may be followed',
    (address) => {
      expect(safeUrl(address)).toBeDefined();
    },
  );

  test.each([
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\tscript:alert(1)',
    '\u0001javascript:alert(1)',
    'vbscript:x',
    'data:text/html,<script>alert(1)</script>',
    'data:image/svg+xml,<svg onload=alert(1)>',
    'blob:http://x/1',
    'file:///etc/passwd',
    'about:blank',
    'ftp://example.org/',
    '/admin',
    '//evil.example/',
    '#top',
    '?x=1',
    '',
    'not an address',
    `https://example.org/${'a'.repeat(5_000)}`,
  ])('%j is dead', (address) => {
    expect(safeUrl(address)).toBeUndefined();
  });
});
