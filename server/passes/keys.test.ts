import { expect, test } from 'bun:test';

import { createIds, systemClock } from '../lib/clock.ts';
import { hashKey, maskKey, newKey } from './keys.ts';

const ids = createIds(systemClock);

test('a key is sk-hp-<public id>-<192 secret bits>, safe in a URL and selected whole by a double click', () => {
  const seen = new Set<string>();
  for (let made = 0; made < 1_000; made++) {
    const { key, publicId } = newKey(ids);
    expect(key).toMatch(/^sk-hp-[0-9a-z]{10}-[0-9a-z]{38}$/);
    expect(key.split('-')[2]).toBe(publicId);
    seen.add(key);
  }
  expect(seen.size).toBe(1_000);
});

test('every secret bit reaches the key', () => {
  const fixed = (byte: number) =>
    newKey({ ...ids, secret: (length) => Buffer.alloc(length, byte).toString('base64url') });
  expect(fixed(0).key).toBe(`sk-hp-${'0'.repeat(10)}-${'0'.repeat(38)}`);
  const secret = fixed(255).key.split('-')[3]!;
  const value = [...secret].reduce((sum, digit) => sum * 36n + BigInt(Number.parseInt(digit, 36)), 0n);
  expect(value).toBe(2n ** 192n - 1n);
});

test('the hash is the whole key’s SHA-256', () => {
  expect(hashKey('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  const { key } = newKey(ids);
  for (const other of [key.slice(0, -1), `${key}.`, `${key} `, key.toUpperCase()])
    expect(hashKey(other)).not.toBe(hashKey(key));
});

test('a mask shows the public id and four characters, of a foreign key only those', () => {
  const { key, publicId } = newKey(ids);
  expect(maskKey(key, publicId)).toBe(`sk-hp-${publicId}-...${key.slice(-4)}`);
  expect(maskKey('sk-my-own-key-1234', publicId)).toBe('sk-...1234');
  expect(maskKey('imported-key-5678', publicId)).toBe('...5678');
});
