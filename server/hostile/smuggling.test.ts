// S52: a request hidden in another one's body, through nginx (as shipped), through HAProxy and straight. The witness is
// the upstream: the hidden question carries a good pass, so one that gets through is asked there.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { connect } from 'node:net';

import { PROXIES, proxyProgram, type Proxy, type ProxyName, startProxy } from '../testing/proxies.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../testing/scripted-upstream.ts';
import { createServerFolder, type ServerFolder, setUpModel } from '../testing/server-process.ts';

let folder: ServerFolder;
let upstream: ScriptedUpstream;
let target: number;
let key: string;

beforeAll(async () => {
  folder = await createServerFolder();
  upstream = startScriptedUpstream();
  upstream.script('m', {});
  const server = await folder.start();
  target = Number(new URL(server.url).port);
  key = await setUpModel(server.url, upstream.baseUrl, 'm');
});
afterAll(async () => {
  await folder[Symbol.asyncDispose]();
  upstream[Symbol.dispose]();
});

const lines = (...all: string[]) => all.join('\r\n');

/** A whole good call; `word` tells it from others at the upstream. */
function call(word: string): string {
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: word }] });
  const head = [`authorization: Bearer ${key}`, 'content-type: application/json', `content-length: ${body.length}`];
  return lines('POST /v1/chat/completions HTTP/1.1', 'host: school', ...head, '', body);
}

/** Heads under which one part of the chain may see the hidden call as the body's rest and another as a call. */
const PAIRS: [name: string, carrier: (hidden: string) => string][] = [
  ['CL.TE', (hidden) => post(['content-length: @ALL', 'transfer-encoding: chunked'], `0\r\n\r\n${hidden}`)],
  ['TE.CL', (hidden) => post(['transfer-encoding: chunked', 'content-length: 4'], chunked(hidden))],
  [
    'TE twice',
    (hidden) =>
      post(['transfer-encoding: chunked', 'transfer-encoding: identity', 'content-length: 4'], chunked(hidden)),
  ],
  [
    'TE with a space before the colon',
    (hidden) => post(['transfer-encoding : chunked', 'content-length: @ALL'], `0\r\n\r\n${hidden}`),
  ],
  ['TE with a tab', (hidden) => post(['transfer-encoding:\tchunked', 'content-length: @ALL'], `0\r\n\r\n${hidden}`)],
  [
    'TE with a vertical tab',
    (hidden) => post(['transfer-encoding: \u000bchunked', 'content-length: @ALL'], `0\r\n\r\n${hidden}`),
  ],
  ['TE folded', (hidden) => post(['transfer-encoding:', ' chunked', 'content-length: @ALL'], `0\r\n\r\n${hidden}`)],
  ['TE unknown', (hidden) => post(['transfer-encoding: xchunked', 'content-length: @ALL'], `0\r\n\r\n${hidden}`)],
  [
    'TE as a list',
    (hidden) => post(['transfer-encoding: chunked, identity', 'content-length: @ALL'], `0\r\n\r\n${hidden}`),
  ],
  ['CL twice, different', (hidden) => post(['content-length: 0', 'content-length: @ALL'], hidden)],
  ['CL twice, in another case', (hidden) => post(['Content-Length: 0', 'CONTENT-LENGTH: @ALL'], hidden)],
  ['CL as a list', (hidden) => post(['content-length: 0, @ALL'], hidden)],
  ['CL with a sign', (hidden) => post(['content-length: +0', 'content-length: @ALL'], hidden)],
  ['CL in hex', (hidden) => post(['content-length: 0x0', 'content-length: @ALL'], hidden)],
  ['CL with a NUL', (hidden) => post(['content-length: 0\0', 'content-length: @ALL'], hidden)],
  ['bare line feeds', (hidden) => `POST /livez HTTP/1.1\nhost: school\ncontent-length: ${hidden.length}\n\n${hidden}`],
  ['a chunk size that overflows', (hidden) => post(['transfer-encoding: chunked'], `10000000000000000\r\n${hidden}`)],
  ['a chunk size with a sign', (hidden) => post(['transfer-encoding: chunked'], `-1\r\n${hidden}`)],
  [
    'a chunk extension with a line feed',
    (hidden) => post(['transfer-encoding: chunked'], `1;\n${hidden}\r\n0\r\n\r\n`),
  ],
  [
    'a body on GET',
    (hidden) => lines('GET /livez HTTP/1.1', 'host: school', `content-length: ${hidden.length}`, '', hidden),
  ],
  [
    'HTTP/1.0 with chunks',
    (hidden) =>
      lines(
        'POST /livez HTTP/1.0',
        'host: school',
        'connection: keep-alive',
        'transfer-encoding: chunked',
        `content-length: ${hidden.length}`,
        '',
        hidden,
      ),
  ],
  ['an upgrade', (hidden) => post(['connection: upgrade', 'upgrade: h2c', 'content-length: @ALL'], hidden)],
  ['expecting to go on', (hidden) => post(['expect: 100-continue', 'content-length: @ALL'], hidden)],
];

/** @param body `@ALL` in a head stands for its length. */
function post(heads: string[], body: string): string {
  const all = heads.map((head) => head.replace('@ALL', String(body.length)));
  return lines('POST /livez HTTP/1.1', 'host: school', ...all, '', body);
}

const chunked = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;

/** Sends both on one connection, one after the other, and waits until it is closed or nothing comes any more. */
function send(port: number, first: string, second: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.setTimeout(400, () => socket.destroy());
    // A peer that refuses may close while we still write.
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
    socket.write(Buffer.from(first, 'latin1'));
    setTimeout(() => socket.writable && socket.write(second), 60);
  });
}

const asked = () => upstream.journal.map(({ body }) => JSON.stringify(body));

const FRONTS: (ProxyName | 'none')[] = ['none', ...PROXIES];

describe.each(FRONTS)('in front: %s', (front) => {
  let proxy: Proxy | undefined;
  const isHere = front === 'none' || proxyProgram(front) !== undefined;

  beforeAll(async () => {
    if (front !== 'none' && isHere) proxy = await startProxy(front, target);
  });
  afterAll(() => proxy?.[Symbol.asyncDispose]());

  test.skipIf(!isHere)('a good call gets through, so that what follows would too', async () => {
    const answer = await send(proxy?.port ?? target, call(`honest ${front}`), '');
    expect(answer).toStartWith('HTTP/1.1 200');
    expect(asked().filter((body) => body.includes(`honest ${front}`))).toHaveLength(1);
  });

  test.skipIf(!isHere).each(PAIRS)('S52: %s: nothing hidden is asked', async (name, carrier) => {
    const word = `hidden ${front} ${name}`;
    const before = asked().length;
    const text = await send(
      proxy?.port ?? target,
      carrier(call(word)),
      'GET /livez HTTP/1.1\r\nhost: school\r\nconnection: close\r\n\r\n',
    );
    // One that got through may be asked a moment after the connection was closed.
    await Bun.sleep(30);
    expect(
      asked()
        .slice(before)
        .filter((body) => body.includes(word)),
    ).toEqual([]);
    // At most one answer to each of the two that were sent: nobody gets an answer to what somebody else hid.
    expect(text.split(/^HTTP\/1\.[01] [2-5]/m).length - 1).toBeLessThanOrEqual(2);
  });
});
