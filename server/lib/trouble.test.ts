import { afterAll, beforeAll, expect, test } from 'bun:test';
import net from 'node:net';

import { LOCALES } from '@hallpass/shared/errors.ts';
import { troubleText, UPSTREAM_TROUBLES } from '@hallpass/shared/upstream-troubles.ts';

import { createCheckedFetch } from './outbound.ts';
import { TroubleError, troubleOf } from './trouble.ts';

/** Answers each connection with these bytes, then closes it. */
async function startRaw(bytes: string): Promise<net.Server> {
  const server = net.createServer((socket) => {
    socket.on('error', () => {}).once('data', () => void socket.end(bytes));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return server;
}
const portOf = (server: net.Server) => (server.address() as net.AddressInfo).port;

let servers: Record<'silent' | 'ssh' | 'zipped', net.Server>;
beforeAll(async () => {
  servers = {
    silent: await startRaw(''),
    ssh: await startRaw('SSH-2.0-OpenSSH_9.9\r\n'),
    zipped: await startRaw('HTTP/1.1 200 X\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\nab'),
  };
});
afterAll(() => Object.values(servers).forEach((server) => server.close()));

const call = createCheckedFetch(async (host) => {
  if (host === 'gone.test') throw Object.assign(new Error('no'), { code: 'ENOTFOUND' });
  return ['127.0.0.1'];
});
const told = async (url: string, signal?: AbortSignal) => {
  try {
    await call(url, { method: 'POST', body: '{}', ...(signal ? { signal } : {}) }, { allowPrivate: true });
    return 'answered';
  } catch (error) {
    return troubleOf(error);
  }
};

test('what the runtime throws is told by what happened', async () => {
  const unused = await startRaw('');
  const port = portOf(unused);
  await new Promise((resolve) => unused.close(resolve));
  expect(await told(`http://127.0.0.1:${port}/`)).toBe('connection_refused');
  expect(await told(`http://named.test:${port}/`)).toBe('connection_refused');
  expect(await told('http://gone.test/')).toBe('host_not_found');
  expect(await told('http://169.254.169.254/')).toBe('address_forbidden');
  expect(await told(`http://127.0.0.1:${portOf(servers.silent)}/`)).toBe('connection_closed');
  expect(await told(`http://127.0.0.1:${portOf(servers.ssh)}/`)).toBe('not_http');
  expect(await told(`http://127.0.0.1:${portOf(servers.zipped)}/`)).toBe('answer_compressed');
  const hanging = net.createServer(() => {});
  await new Promise<void>((resolve) => void hanging.listen(0, '127.0.0.1', resolve));
  expect(await told(`http://127.0.0.1:${portOf(hanging)}/`, AbortSignal.timeout(50))).toBe('timed_out');
  hanging.close();
});

test('names of certificates and secure connections, as Bun and Node give them', () => {
  const named = (code: string) => troubleOf(Object.assign(new Error('x'), { code }));
  for (const code of ['DEPTH_ZERO_SELF_SIGNED_CERT', 'CERT_HAS_EXPIRED', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'])
    expect([code, named(code)]).toEqual([code, 'certificate_invalid']);
  expect(named('ERR_TLS_CERT_ALTNAME_INVALID')).toBe('certificate_invalid');
  expect(named('ERR_SSL_WRONG_VERSION_NUMBER')).toBe('tls_failed');
  expect([named('SQLITE_BUSY'), troubleOf('a text'), troubleOf(undefined)]).toEqual([undefined, undefined, undefined]);
});

test('the cause tells more than what wraps it', () => {
  const cause = new TroubleError('redirected');
  expect(troubleOf(new Error('outer', { cause: new Error('middle', { cause }) }))).toBe('redirected');
});

test('a code is said in each language, an upstream’s own sentence stays', () => {
  for (const code of Object.keys(UPSTREAM_TROUBLES)) {
    const texts = LOCALES.map((locale) => troubleText(code, locale));
    expect([code, new Set(texts).size >= 2, texts.includes(code)]).toEqual([code, true, false]);
  }
  expect(troubleText('no such deployment', 'zh-CN')).toBe('no such deployment');
  expect(troubleText('constructor', 'zh-CN')).toBe('constructor');
});

test.each([
  [
    'HTTP 401: no such key',
    '对方拒绝了这个密钥：HTTP 401 “no such key”',
    '對方拒絕了這個金鑰：HTTP 401 「no such key」',
  ],
  ['HTTP 403: ', '对方拒绝了这个密钥：HTTP 403', '對方拒絕了這個金鑰：HTTP 403'],
  ['HTTP 400: API key not valid', '对方拒绝了这个密钥：HTTP 400 “API key not valid”', undefined],
  ['HTTP 400', 'HTTP 400', 'HTTP 400'],
  ['HTTP 429: slow\ndown', '对方要求放慢请求：HTTP 429 “slow\ndown”', undefined],
  ['HTTP 503', '对方出错了：HTTP 503', '對方出錯了：HTTP 503'],
  ['HTTP 404: no', 'HTTP 404 “no”', 'HTTP 404 「no」'],
  ['HTTP 4010', 'HTTP 4010', 'HTTP 4010'],
])('%p is said in the reader’s language, and what the upstream said is quoted', (stored, simplified, traditional) => {
  expect(troubleText(stored, 'zh-CN')).toBe(simplified);
  if (traditional) expect(troubleText(stored, 'zh-TW')).toBe(traditional);
});
