// What arrives over a real socket, byte by byte: hostile credentials in every carrier (S07–S09), hosts (S12),
// paths (S51) and bodies (S52).
import { afterAll, beforeAll, expect, test } from 'bun:test';

import { createApp } from '../app.ts';
import { addPass } from '../testing/passes.ts';
import { signInAs } from '../testing/people.ts';
import { type RawReply, sendRaw } from '../testing/raw-request.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { listen, type Listener } from './listen.ts';

let app: TestApp;
let server: Listener;
let login: string;

beforeAll(async () => {
  app = await createTestApp();
  const hono = createApp(app.ctx);
  server = listen(hono, { port: 0, hostname: '127.0.0.1' });
  login = (await signInAs(app.ctx, 'admin')).token;
});

afterAll(async () => {
  await server.close(0);
  await app[Symbol.asyncDispose]();
});

/** `latin1` keeps each character one byte. */
const bytes = (text: string) => Buffer.from(text, 'latin1');
const send = (line: string, headers: string[] = []) =>
  sendRaw(server.port, bytes([line, 'host: localhost', ...headers].join('\r\n')));
const utf8 = (text: string) => Buffer.from(text).toString('latin1');

const HOSTILE: Record<string, string> = {
  quote: "sk-hp-' or '1'='1",
  'double quote': 'sk-hp-"; drop table passes; --',
  comment: 'sk-hp-/**/',
  percent: 'sk-hp-%27%00%0a',
  backslash: 'sk-hp-\\x00\\u0000',
  NUL: 'sk-hp-\0abc',
  newline: 'sk-hp-\nabc',
  'carriage return': 'sk-hp-\rabc',
  'folded line': 'sk-hp-a\r\n b',
  'a second header': 'sk-hp-a\r\nx-injected: 1',
  tab: 'sk-hp-\tabc',
  '100 KB': `sk-hp-${'x'.repeat(100_000)}`,
  '8 KB': `sk-hp-${'x'.repeat(8_000)}`,
  'UTF-16': Buffer.from('sk-hp-鍵', 'utf16le').toString('latin1'),
  emoji: utf8('sk-hp-🔑🔑'),
  'look-alike letters': utf8('ѕk-hр-abc'),
  'right-to-left': utf8('sk-hp-\u202eabc'),
  'broken UTF-8': 'sk-hp-\xc3\x28\xff',
  JSON: '{"token":"x","role":"admin"}',
  array: '["sk-hp-a","sk-hp-b"]',
  prototype: '__proto__',
  constructor: 'constructor',
  'a dotted word': 'eyJ.eyJ.eyJ',
  'none token': 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c2VyIn0.',
  wildcard: '%_%_%_%_%_%',
  html: '<script>alert(1)</script>',
};

const CARRIERS: Record<string, (value: string) => { query?: string; headers?: string[] }> = {
  'Authorization: Bearer': (value) => ({ headers: [`authorization: Bearer ${value}`] }),
  'Authorization: Basic': (value) => ({ headers: [`authorization: Basic ${value}`] }),
  'Authorization alone': (value) => ({ headers: [`authorization: ${value}`] }),
  'x-api-key': (value) => ({ headers: [`x-api-key: ${value}`] }),
  'api-key': (value) => ({ headers: [`api-key: ${value}`] }),
  'x-goog-api-key': (value) => ({ headers: [`x-goog-api-key: ${value}`] }),
  cookie: (value) => ({ headers: [`cookie: token=${value}; session=${value}`] }),
  '?key=': (value) => ({ query: `?key=${encodeURIComponent(value)}&api_key=${encodeURIComponent(value)}` }),
};

/** Whatever the server says, it says it cleanly: no crash, no inside, no echo of the credential. */
function expectClean({ status, text }: RawReply, what: string, value: string): void {
  expect([what, status === 500]).toEqual([what, false]);
  const [head = '', body = ''] = text.split('\r\n\r\n');
  expect([what, /x-injected/i.test(head)]).toEqual([what, false]);
  expect([what, /stack|sqlite|postgres|syntax error|select |\.ts:\d/i.test(body)]).toEqual([what, false]);
  if (value.length > 12) expect([what, body.includes(value.slice(0, 200))]).toEqual([what, false]);
}

const GUARDED = [
  'GET /api/auth/me',
  'GET /api/admin/config',
  'GET /api/admin/channels',
  'GET /v1/models',
  'GET /key/list',
  'POST /v1/chat/completions',
  'POST /key/generate',
];

test.each(Object.keys(CARRIERS))(
  'hostile bytes in %s are refused like any wrong credential',
  async (carrier) => {
    for (const path of GUARDED) {
      for (const [name, value] of Object.entries(HOSTILE)) {
        const { query = '', headers = [] } = CARRIERS[carrier]!(value);
        const reply = await send(`${path}${query} HTTP/1.1`, headers);
        const what = `${carrier} ${path} ${name}`;
        expectClean(reply, what, value);
        // 400 and 431 are the HTTP parser's own refusals; 0 is a closed connection.
        const answers = /^[\x21-\x7e]{1,9000}$/.test(value) ? [401] : [401, 400, 431, 0];
        expect([what, answers.includes(reply.status)]).toEqual([what, true]);
      }
    }
  },
  60_000,
);

test.each(Object.keys(CARRIERS))(
  'hostile bytes in %s beside a good login never pass as somebody else',
  async (carrier) => {
    for (const [name, value] of Object.entries(HOSTILE)) {
      const { query = '', headers = [] } = CARRIERS[carrier]!(value);
      const reply = await send(`GET /api/auth/me${query} HTTP/1.1`, [`authorization: Bearer ${login}`, ...headers]);
      const what = `${carrier} ${name}`;
      expectClean(reply, what, value);
      if (reply.status === 200) expect(JSON.parse(reply.text.split('\r\n\r\n')[1]!)).toMatchObject({ role: 'admin' });
      else expect([what, [401, 400, 431, 0].includes(reply.status)]).toEqual([what, true]);
    }
  },
  60_000,
);

test.each([
  '/../../../../etc/passwd',
  '/assets/../../../../etc/passwd',
  '/..%2f..%2f..%2fetc/passwd',
  '/%2e%2e/%2e%2e/etc/passwd',
  '//etc/passwd',
  '/\\..\\..\\etc\\passwd',
  '/.git/config',
  '/..;/etc/passwd',
  '/%00',
  '/a\0b',
  '/%',
  '/%zz',
  '/%ff%fe',
  '/\xff\xfe',
  `/${'a/'.repeat(2_000)}`,
  `/${'x'.repeat(10_000)}`,
  'http://evil.example/api/admin/config',
  '*',
  '/api/admin/config?a=%',
  '/api/admin/config#x',
])('the request target %j reaches nothing', async (target) => {
  const reply = await send(`GET ${target} HTTP/1.1`);
  expect([0, 400, 401, 404, 414, 431, 505]).toContain(reply.status);
  expect(reply.text).not.toContain('root:');
  expectClean(reply, target, '');
});

test('made-up hosts and forwarding headers change no answer', async () => {
  const plain = await send('GET /api/auth/options HTTP/1.1');
  const spoofed = await sendRaw(
    server.port,
    bytes(
      'GET /api/auth/options HTTP/1.1\r\nhost: evil.example\r\nx-forwarded-host: evil.example\r\nx-forwarded-for: 127.0.0.1\r\nforwarded: for=127.0.0.1;host=evil.example\r\nx-original-url: /api/admin/config\r\nx-rewrite-url: /api/admin/config',
    ),
  );
  expect(spoofed.status).toBe(200);
  expect(spoofed.text.split('\r\n\r\n')[1]).toBe(plain.text.split('\r\n\r\n')[1]!);
  expect(spoofed.text).not.toContain('evil');
});

test.each(['', '/x', 'a b', 'a/api/auth/options?', 'u:p@h/#', '<>', '[::1', 'x:99999'])(
  'S12: with the host %j no address is taken for another',
  async (host) => {
    const answerTo = (path: string, more = '') =>
      sendRaw(server.port, bytes(`GET ${path} HTTP/1.1\r\nhost: ${host}${more}`));
    // Were the path looked for behind the host, these would be /api/…
    for (const path of ['/ab/api/auth/options', '/ab/api/auth/me', '//a/api/auth/options'])
      expect([path, [400, 404].includes((await answerTo(path)).status)]).toEqual([path, true]);
    expect([200, 400]).toContain((await answerTo('/api/auth/options')).status);
    expect([401, 400]).toContain((await answerTo('/api/admin/config')).status);
    const post = `POST /api/auth/login HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 0`;
    expect([415, 400]).toContain((await sendRaw(server.port, bytes(post))).status);
  },
);

test('S12: HTTP/1.0 without a host, as load balancers check health, gets the address it asked for', async () => {
  const answerTo = (line: string) => sendRaw(server.port, bytes(`${line} HTTP/1.0`));
  expect(await answerTo('GET /healthz')).toMatchObject({ status: 200, text: expect.stringContaining('"ok"') });
  expect((await answerTo('GET /ab/api/auth/options')).status).toBe(404);
  expect((await answerTo('POST /v1/chat/completions')).status).toBe(401);
  expect(app.logs.filter(({ level }) => level === 'error')).toEqual([]);
});

test('S08: one header sent twice is one credential at most, whichever of the two is right', async () => {
  const good = `Bearer ${login}`;
  for (const [first, second] of [
    [good, 'Bearer sk-hp-other'],
    ['Bearer sk-hp-other', good],
    [good, 'Basic eDp5'],
    [good, ''],
  ]) {
    const reply = await send('GET /api/auth/me HTTP/1.1', [`authorization: ${first}`, `authorization: ${second}`]);
    expect([first, second, reply.status]).toEqual([first, second, 401]);
  }
  for (const scheme of ['bearer', 'BEARER', 'Bearer   '])
    expect((await send('GET /api/auth/me HTTP/1.1', [`authorization: ${scheme} ${login}`])).status).toBe(200);
  for (const wrong of [
    'Bearer',
    'Bearer ',
    `Bearer${login}`,
    `Bearer\t${login}`,
    `Token ${login}`,
    `Bearer ${login} x`,
  ])
    expect([wrong, (await send('GET /api/auth/me HTTP/1.1', [`authorization: ${wrong}`])).status]).toEqual([
      wrong,
      401,
    ]);
});

test('S09: what is nearly a pass is no pass', async () => {
  const { key } = await addPass(app.ctx);
  const models = (value: string) => send('GET /v1/models HTTP/1.1', [`authorization: Bearer ${value}`]);
  expect((await models(key)).status).toBe(200);
  const near = [
    key.slice(0, -1),
    key.slice(0, 20),
    `${key}x`,
    `${key}.`,
    `${key}%20`,
    `${key}%00`,
    key.toUpperCase(),
    `${key.slice(0, -1)}${key.at(-1) === 'x' ? 'y' : 'x'}`,
    utf8(key.replace('sk', 'ѕk')),
    utf8(`${key}\u200b`),
    utf8(`\ufeff${key}`),
    new Bun.CryptoHasher('sha256').update(key).digest('hex'),
  ];
  for (const value of near) expect([value, (await models(value)).status]).toEqual([value, 401]);
});

test.each([
  ['two lengths', 'content-length: 2\r\ncontent-length: 40'],
  ['a length and chunks', 'content-length: 6\r\ntransfer-encoding: chunked'],
  ['chunks by another name', 'transfer-encoding: xchunked'],
  ['a space before the colon', 'content-length : 2'],
])('S52: a body with %s is refused, and what follows it is no request', async (_name, headers) => {
  const head = `POST /api/auth/login HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n${headers}\r\n\r\n`;
  const { text } = await sendRaw(server.port, bytes(`${head}0\r\n\r\nGET /api/auth/options HTTP/1.1\r\nhost: a`));
  expect(text).toMatch(/^HTTP\/1\.1 400 /);
  expect(text).not.toContain('guests_allowed');
});

test('after all of it the server still serves', async () => {
  const reply = await send('GET /api/auth/me HTTP/1.1', [`authorization: bearer ${login}`]);
  expect(reply.status).toBe(200);
});
