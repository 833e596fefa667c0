import { expect, test } from 'vitest';

import { checkBlock, toBlockBody } from './blocked-values.ts';

const NOW = new Date('2026-11-27T10:00').getTime();
const wrong = (values: Parameters<typeof checkBlock>[0]) =>
  Object.entries(checkBlock(values, NOW)).flatMap(([name, text]) => (text ? [name] : []));

test('an address is needed, and an end that is still to come', () => {
  expect(wrong({ address: ' ', reason: '', until: '' })).toEqual(['address']);
  expect(wrong({ address: '192.0.2.7', reason: '', until: '' })).toEqual([]);
  expect(wrong({ address: '192.0.2.7', reason: '', until: '2026-11-27T09:59' })).toEqual(['until']);
  expect(wrong({ address: '192.0.2.7', reason: '', until: 'soon' })).toEqual(['until']);
  expect(wrong({ address: '192.0.2.7', reason: '', until: '2026-11-27T10:01' })).toEqual([]);
});

test('what is empty is not sent; a time is sent with its zone', () => {
  expect(toBlockBody({ address: ' 192.0.2.0/24 ', reason: ' ', until: '' })).toEqual({ ip_address: '192.0.2.0/24' });
  expect(toBlockBody({ address: '::1', reason: ' spam ', until: '2026-11-27T10:00' })).toEqual({
    ip_address: '::1',
    reason: 'spam',
    expires_at: new Date(NOW).toISOString(),
  });
});
