import { expect, test } from 'bun:test';

import { formatNetwork, isWithin, normalizeIp, parseNetwork } from './networks.ts';

test.each([
  ['192.0.2.7', '192.0.2.7'],
  [' 192.0.2.7/32 ', '192.0.2.7'],
  ['192.0.2.7/31', '192.0.2.6/31'],
  ['10.1.2.3/8', '10.0.0.0/8'],
  ['255.255.255.255/1', '128.0.0.0/1'],
  ['1.2.3.4/0', '0.0.0.0/0'],
  ['2001:DB8:0:0::0007', '2001:db8::7'],
  ['2001:db8::7/127', '2001:db8::6/127'],
  ['2001:db8::7/128', '2001:db8::7'],
  ['2001:db8:ffff:ffff::/33', '2001:db8:8000::/33'],
  ['::1/0', '::/0'],
  ['fe80::1%eth0', 'fe80::1'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:c000:0207', '192.0.2.7'],
  ['::ffff:192.0.2.7/120', '192.0.2.0/24'],
  ['::ffff:0:0/96', '0.0.0.0/0'],
  ['64:ff9b::192.0.2.7', '64:ff9b::c000:207'],
])('%s is %s', (text, expected) => expect(formatNetwork(parseNetwork(text)!)).toBe(expected));

test.each(
  [
    ['', '/24', '192.0.2.7/', '192.0.2.7/33', '2001:db8::/129', '192.0.2.7/-1', '192.0.2.7/1/2', '192.0.2/24'],
    ['::ffff:192.0.2.7/95', '192.168.010.1', '0x7f.1', 'localhost', '192.0.2.7 ', '::1/1e1', '%eth0', '1.2.3.4%0'],
  ].flat(),
)('%p is none, or has no second reading', (text) => {
  const network = parseNetwork(text);
  if (text.trim() === '192.0.2.7') expect(formatNetwork(network!)).toBe('192.0.2.7');
  else expect(network).toBeUndefined();
});

test.each([
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['0:0:0:0:0:FFFF:192.0.2.1', '192.0.2.1'],
  ['::ffff:c000:201', '192.0.2.1'],
  ['fe80::1%en0', 'fe80::1'],
  ['2001:db8::ffff:1:2', '2001:db8::ffff:1:2'],
  ['::1', '::1'],
])('%s of a caller is %s', (ip, expected) => expect(normalizeIp(ip)).toBe(expected));

test.each([
  ['0.0.0.0/0', ['1.2.3.4', '255.255.255.255'], ['::1', 'x']],
  ['::/0', ['::1', '2001:db8::1'], ['1.2.3.4']],
  ['192.0.2.6/31', ['192.0.2.6', '192.0.2.7'], ['192.0.2.5', '192.0.2.8']],
  ['192.0.2.6/32', ['192.0.2.6'], ['192.0.2.7']],
  ['2001:db8::6/127', ['2001:db8::6', '2001:db8::7'], ['2001:db8::5', '2001:db8::8']],
  ['2001:db8::6/128', ['2001:DB8:0::6'], ['2001:db8::7']],
])('%s holds %p and not %p', (text, inside, outside) => {
  const network = parseNetwork(text)!;
  for (const ip of inside) expect([ip, isWithin(network, ip)]).toEqual([ip, true]);
  for (const ip of outside) expect([ip, isWithin(network, ip)]).toEqual([ip, false]);
});
