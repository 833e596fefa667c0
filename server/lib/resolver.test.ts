import { expect, test } from 'bun:test';

import { createResolver } from './resolver.ts';

function counted(answer: (host: string) => string[] = () => ['192.0.2.1']) {
  const asked: string[] = [];
  let now = 0;
  const resolver = createResolver(
    async (host) => {
      asked.push(host);
      return answer(host);
    },
    () => now,
  );
  return { resolver, asked, advance: (ms: number) => (now += ms) };
}

test('an answer is remembered for 30 seconds and no longer', async () => {
  const { resolver, asked, advance } = counted();
  await resolver.addresses('a.test');
  advance(29_999);
  expect(resolver.addresses('a.test')).toEqual(['192.0.2.1']);
  advance(1);
  await resolver.addresses('a.test');
  expect(asked).toHaveLength(2);
});

test('at most 256 names are remembered; the oldest goes', async () => {
  const { resolver, asked } = counted();
  for (let i = 0; i < 257; i++) await resolver.addresses(`${i}.test`);
  expect(resolver.addresses('1.test')).toEqual(['192.0.2.1']);
  expect(resolver.addresses('0.test')).toBeInstanceOf(Promise);
  expect(asked).toHaveLength(258);
});

test('a failure is not remembered', async () => {
  let fails = true;
  const { resolver } = counted(() => {
    if (fails) throw new Error('ENOTFOUND');
    return ['192.0.2.1'];
  });
  await expect(resolver.addresses('a.test')).rejects.toThrow();
  fails = false;
  expect(await resolver.addresses('a.test')).toEqual(['192.0.2.1']);
});

test('IPv4 comes first, and no more than eight addresses are kept', async () => {
  const { resolver } = counted(() => ['2001:db8::1', ...Array.from({ length: 20 }, (_, i) => `192.0.2.${i}`)]);
  const addresses = await resolver.addresses('a.test');
  expect(addresses).toHaveLength(8);
  expect(addresses[0]).toBe('192.0.2.0');
});

test('the address that answered is put first; a forgotten name is asked for again', async () => {
  const { resolver, asked } = counted(() => ['192.0.2.1', '192.0.2.2']);
  await resolver.addresses('a.test');
  resolver.prefer('a.test', '192.0.2.2');
  expect(resolver.addresses('a.test')).toEqual(['192.0.2.2', '192.0.2.1']);
  resolver.forget('a.test');
  await resolver.addresses('a.test');
  expect(asked).toHaveLength(2);
});
