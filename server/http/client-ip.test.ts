// Who is asking, behind proxies that are trusted and through headers that anybody can write.
import { describe, expect, test } from 'bun:test';

import { createClientIp } from './client-ip.ts';

const clientIp = createClientIp('10.0.0.0/8, ::1, 2001:db8:aaaa::/48');

describe('the address of a request', () => {
  test.each([
    // Nobody in front: the header says nothing.
    ['203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['203.0.113.9', '10.0.0.1, 10.0.0.2', '203.0.113.9'],
    ['10.0.0.1', undefined, '10.0.0.1'],
    // One hop, two, three: the right-most that is not ours.
    ['10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['::1', '198.51.100.1, 10.0.0.2', '198.51.100.1'],
    ['::ffff:10.0.0.1', '198.51.100.1, 2001:db8:aaaa::5, 10.3.4.5', '198.51.100.1'],
    // What the caller wrote in front of it is not looked at.
    ['10.0.0.1', '127.0.0.1, 198.51.100.1', '198.51.100.1'],
    ['10.0.0.1', '10.0.0.7, 198.51.100.1, 10.0.0.2', '198.51.100.1'],
    ['10.0.0.1', '"<script>", 198.51.100.1', '198.51.100.1'],
    // Rubbish nearest to us: the proxy itself is all that is known.
    ['10.0.0.1', '198.51.100.1, unknown', '10.0.0.1'],
    ['10.0.0.1', '198.51.100.1,', '10.0.0.1'],
    ['10.0.0.1', '', '10.0.0.1'],
    // Spellings.
    ['10.0.0.1', '198.51.100.1:4711', '198.51.100.1'],
    ['10.0.0.1', '[2001:DB8::1]:4711', '2001:db8::1'],
    ['10.0.0.1', '[2001:db8::1]', '2001:db8::1'],
    ['10.0.0.1', '::ffff:c633:6401', '198.51.100.1'],
    ['fe80::1%eth0', '198.51.100.1', 'fe80::1'],
  ])('peer %s, forwarded for %p: %s', (peer, forwardedFor, expected) =>
    expect(clientIp(peer, forwardedFor)).toBe(expected),
  );

  test('is found in bounded time however much is written', () => {
    expect(clientIp('10.0.0.1', `${'10.0.0.2,'.repeat(100_000)}198.51.100.1`)).toBe('198.51.100.1');
    expect(clientIp('10.0.0.1', `198.51.100.1${',10.0.0.2'.repeat(60)}`)).toBe('10.0.0.2');
  });
});

test.each(['everyone', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0.0/'])('%p is refused at start, by name', (entry) =>
  expect(() => createClientIp(`10.0.0.1,${entry}`)).toThrow(`TRUSTED_PROXIES: ${entry} is not`),
);
