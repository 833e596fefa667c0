import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { gzipSync } from 'node:zlib';

import { createCheckedFetch, OutboundError, type OutboundInit, type OutboundPolicy } from './outbound.ts';

interface Seen {
  host: string | null;
  encoding: string | null;
  peer: string;
}

const OPEN: OutboundPolicy = { allowPrivate: true };
const CLOSED: OutboundPolicy = { allowPrivate: false };
let server: ReturnType<typeof Bun.serve>;
let seen: Seen[] = [];

beforeAll(() => {
  server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request, self) {
      const { headers, url } = request;
      seen.push({
        host: headers.get('host'),
        encoding: headers.get('accept-encoding'),
        peer: String(self.requestIP(request)?.port),
      });
      const { pathname } = new URL(url);
      if (pathname === '/redirect')
        return new Response('', { status: 302, headers: { location: `http://127.0.0.1:${self.port}/` } });
      if (pathname === '/bomb')
        return new Response(gzipSync(Buffer.alloc(1_000_000)), { headers: { 'content-encoding': 'gzip' } });
      if (pathname === '/slow') return new Promise<Response>(() => {});
      return new Response('hello');
    },
  });
});
afterAll(() => server.stop(true));

/** @param names what DNS answers; each look-up is counted. */
function outbound(names: Record<string, string[]> = {}) {
  const asked: string[] = [];
  const call = createCheckedFetch(async (host) => {
    asked.push(host);
    const found = names[host];
    if (!found) throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
    return [...found];
  });
  seen = [];
  return { asked, call: (url: string, policy = OPEN, init: OutboundInit = {}) => call(url, init, policy) };
}

const problemOf = async (answer: Promise<Response>): Promise<string> => {
  try {
    return `answered ${(await answer).status}`;
  } catch (error) {
    return error instanceof OutboundError ? error.problem : `threw ${String(error)}`;
  }
};

const catching = async (url: string, policy?: OutboundPolicy, names: Record<string, string[]> = {}) => {
  const { call } = outbound(names);
  return problemOf((async () => call(url, policy))());
};

describe('a checked call', () => {
  test('reaches a name at its checked address, says the name, and keeps the connection', async () => {
    const { call, asked } = outbound({ 'upstream.test': ['127.0.0.1'] });
    for (let i = 0; i < 5; i++)
      expect(await (await call(`http://upstream.test:${server.port}/x`)).text()).toBe('hello');
    expect(asked).toEqual(['upstream.test']);
    expect(seen[0]).toMatchObject({ host: `upstream.test:${server.port}`, encoding: 'identity' });
    expect(new Set(seen.map(({ peer }) => peer)).size).toBe(1);
  });

  test('asks once for many callers that wait for one name', async () => {
    const { call, asked } = outbound({ 'upstream.test': ['127.0.0.1'] });
    await Promise.all(
      Array.from({ length: 20 }, async () => (await call(`http://upstream.test:${server.port}/`)).text()),
    );
    expect(asked).toHaveLength(1);
  });

  test('needs no look-up for a literal address and for localhost', async () => {
    const { call, asked } = outbound();
    for (const host of ['127.0.0.1', 'localhost', 'localhost.', 'ollama.localhost', '2130706433', '0x7f.1'])
      expect((await call(`http://${host}:${server.port}/`)).status).toBe(200);
    expect(asked).toEqual([]);
  });

  test('tries the next address when one refuses the connection, and that one first afterwards', async () => {
    const { call } = outbound({ 'two.test': ['127.0.0.1', '127.0.0.99'] });
    const odd = outbound({ 'two.test': ['127.0.0.99', '127.0.0.1'] });
    expect((await call(`http://two.test:${server.port}/`)).status).toBe(200);
    expect((await odd.call(`http://two.test:${server.port}/`)).status).toBe(200);
    expect((await odd.call(`http://two.test:${server.port}/`)).status).toBe(200);
    expect(odd.asked).toHaveLength(1);
  });

  test('S27: does not follow a redirect', async () => {
    const { call } = outbound();
    expect((await call(`http://127.0.0.1:${server.port}/redirect`)).status).toBe(302);
    expect(seen).toHaveLength(1);
  });

  test('a proxy of the environment leads to https upstreams outside, reads no request and meets none of this network', async () => {
    const heard: string[] = [];
    using proxy = Bun.listen({
      hostname: '127.0.0.1',
      port: 0,
      socket: {
        data(socket, bytes) {
          heard.push(bytes.toString('latin1'));
          socket.end('HTTP/1.1 502 No\r\ncontent-length: 0\r\n\r\n');
        },
      },
    });
    const before = { HTTP_PROXY: process.env.HTTP_PROXY, HTTPS_PROXY: process.env.HTTPS_PROXY };
    process.env.HTTP_PROXY = process.env.HTTPS_PROXY = `http://127.0.0.1:${proxy.port}`;
    try {
      const { call } = outbound({ 'ollama.test': ['127.0.0.1'], 'vendor.test': ['203.0.113.7'] });
      const withKey = { headers: { authorization: 'Bearer sk-in-the-clear' }, signal: AbortSignal.timeout(1_000) };
      for (const host of ['127.0.0.1', 'localhost', 'ollama.test'])
        expect(await (await call(`http://${host}:${server.port}/`)).text()).toBe('hello');
      await problemOf(call('http://vendor.test/v1', OPEN, withKey));
      expect(await catching('http://evil.test/', OPEN, { 'evil.test': ['169.254.169.254'] })).toBe('forbidden_address');
      expect(heard).toEqual([]);
      expect(await problemOf(call('https://vendor.test/v1', OPEN, withKey))).toStartWith('threw');
      expect(heard.join('')).toStartWith('CONNECT 203.0.113.7:443 HTTP/1.1\r\n');
      expect(heard.join('')).not.toContain('sk-in-the-clear');
    } finally {
      for (const [name, value] of Object.entries(before))
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
    }
  });

  test('does not unpack an answer it did not ask to be compressed', async () => {
    expect(await catching(`http://127.0.0.1:${server.port}/bomb`)).toBe('encoded');
  });

  test('ends with the caller’s signal, also before it began', async () => {
    const { call } = outbound({ 'upstream.test': ['127.0.0.1'] });
    const controller = new AbortController();
    const answer = call(`http://upstream.test:${server.port}/slow`, OPEN, { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(answer).rejects.toThrow();
    await expect(
      call(`http://upstream.test:${server.port}/slow`, OPEN, { signal: AbortSignal.abort() }),
    ).rejects.toThrow();
  });
});

describe('S25, S26: a checked call refuses', () => {
  const METADATA = [
    '169.254.169.254',
    '[::ffff:169.254.169.254]',
    '[::ffff:a9fe:a9fe]',
    '2852039166',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '[fd00:ec2::254]',
    '100.100.100.200',
    'metadata.google.internal',
    '0',
    '[::]',
    '0.0.0.0',
    '[fe80::1]',
    '224.0.0.1',
  ];
  test.each(METADATA)('http://%s whatever the policy', async (host) => {
    expect(await catching(`http://${host}/`, OPEN)).toBe('forbidden_address');
  });

  const PRIVATE = [
    '127.0.0.1',
    'localhost',
    'localhost.',
    'LOCALHOST',
    '127.1',
    '017700000001',
    '0x7f000001',
    '[::1]',
    '[::ffff:7f00:1]',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.0.1',
    '100.64.1.1',
    '[fd12::1]',
    '127。0。0。1',
    '①②⑦.0.0.1',
  ];
  test.each(PRIVATE)('http://%s unless private addresses are allowed', async (host) => {
    expect(await catching(`http://${host}:${server.port}/`, CLOSED)).toBe('forbidden_address');
  });

  test('a name that answers with a forbidden address', async () => {
    expect(await catching('http://evil.test/', OPEN, { 'evil.test': ['169.254.169.254'] })).toBe('forbidden_address');
    expect(await catching('http://evil.test/', CLOSED, { 'evil.test': ['127.0.0.1', '::1', '10.0.0.1'] })).toBe(
      'forbidden_address',
    );
  });

  test('the forbidden ones of a name’s several addresses', async () => {
    const { call } = outbound({ 'mixed.test': ['169.254.169.254', '127.0.0.1'] });
    expect(await (await call(`http://mixed.test:${server.port}/`)).text()).toBe('hello');
  });

  test('a name that changes its answer after the check: it connects to what was checked', async () => {
    let times = 0;
    const call = createCheckedFetch(async () => (times++ === 0 ? ['127.0.0.1'] : ['169.254.169.254']));
    expect((await call(`http://rebind.test:${server.port}/`, {}, OPEN)).status).toBe(200);
    expect(times).toBe(1);
  });

  test.each([
    'ftp://example.com/',
    'file:///etc/passwd',
    'gopher://example.com/',
    'http://user@example.com/',
    'http://a:b@127.0.0.1/',
    'nonsense',
    '',
  ])('%s', async (url) => {
    expect(await catching(url)).toBe('bad_url');
  });

  test('a name without an address', async () => {
    expect(await catching('http://nowhere.test/')).toBe('unresolvable');
  });
});
