// Bodies that are too large, too deep, packed, or no JSON at all, over real sockets: each is refused, none is died of.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';

let gateway: GatewayApp;
let url: string;
let key: string;
beforeAll(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m');
  key = await gateway.pass();
  url = await gateway.app.listen();
});
afterAll(async () => {
  // Whatever was sent: the server still serves.
  expect((await gateway.chat(key)).status).toBe(200);
  await gateway[Symbol.asyncDispose]();
});

const json = { 'content-type': 'application/json' };
const post = (body: NonNullable<RequestInit['body']>, headers: Record<string, string> = json) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, ...headers },
    body,
  });

/** Sends text as it is and reads until the other side is done. */
function raw(text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let got = '';
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(text));
    socket.on('data', (chunk) => (got += chunk.toString()));
    socket.on('error', () => resolve(got));
    socket.on('close', () => resolve(got));
    socket.setTimeout(3_000, () => socket.destroy());
  });
}
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);

describe('S38: sizes', () => {
  test('a declared body of 100 MB is refused before it is read', async () => {
    const answer = await raw(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\n` +
        `content-length: 104857600\r\n\r\n{`,
    );
    expect(statusOf(answer)).toBe(413);
  });

  test('ten thousand headers, and one of a megabyte, are refused', async () => {
    const many = Array.from({ length: 10_000 }, (_, i) => `x-h${i}: v`).join('\r\n');
    for (const headers of [many, `x-big: ${'a'.repeat(1_048_576)}`]) {
      const answer = await raw(
        `GET /v1/models HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\n${headers}\r\n\r\n`,
      );
      expect([0, 400, 431]).toContain(statusOf(answer));
    }
  });

  test('pipelined requests are answered in their order', async () => {
    const one = `GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n`;
    const last = `GET /nowhere HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`;
    const answer = await raw(one.repeat(20) + last);
    expect(answer.match(/HTTP\/1\.1 \d+/g)!.map((line) => line.slice(-3))).toEqual([
      ...Array<string>(20).fill('200'),
      '404',
    ]);
  });
});

describe('S39: JSON', () => {
  const nested = (depth: number) => `{"model":"m","messages":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  const keys = (count: number) =>
    `{"model":"m","messages":[{"role":"user","content":"hi"}],"metadata":{${Array.from({ length: count }, (_, i) => `"k${i}":1`).join(',')}}}`;
  const REFUSED: Record<string, NonNullable<RequestInit['body']>> = {
    'a hundred thousand levels': nested(100_000),
    // Once parsed, it would be written again to be sent on: eleven seconds in which nobody else is served.
    'a hundred thousand levels where anything may stand': `{"model":"m","messages":[{"role":"user","content":"hi"}],"metadata":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    'data after the end': '{"model":"m","messages":[{"role":"user","content":"hi"}]} x',
    'two values': '{}{}',
    'a comma too many': '{"model":"m","messages":[1,],}',
    'single quotes': "{'model':'m'}",
    NaN: '{"model":"m","messages":NaN}',
    'a bare control character': '{"model":"m\u0001","messages":[]}',
    'UTF-16': Buffer.from('{"model":"m"}', 'utf16le'),
    'bytes that are no UTF-8': Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
    'an unfinished escape': '{"model":"\\u12"}',
    'a number': '1',
    null: 'null',
    'an array': '[]',
    nothing: '',
  };
  test.each(Object.keys(REFUSED))('%s is refused with 400', async (name) => {
    const response = await post(REFUSED[name]!);
    expect([name, response.status]).toEqual([name, 400]);
    expect(response.headers.get('content-type')).toContain('application/json');
    await response.json();
  });

  test('what is valid, however odd, is answered one way or the other, and never with 5xx', async () => {
    const text = 'a'.repeat(1_000_000);
    const odd = [
      keys(100_000),
      `\ufeff{"model":"m","messages":[{"role":"user","content":"bom"}]}`,
      '{"model":"m","messages":[{"role":"user","content":"\\u0000 \\ud800"}]}',
      JSON.stringify({ model: 'm', messages: [{ role: 'user', content: text }] }),
      '{"model":"m","model":"other","messages":[{"role":"user","content":"twice"}]}',
      '{"model":"m","messages":[{"role":"user","content":"hi"}],"temperature":1e400}',
      '{"model":"m","messages":[{"role":"user","content":"hi"}],"__proto__":{"polluted":true}}',
    ];
    for (const body of odd) {
      const { status } = await post(body);
      expect([body.slice(0, 40), status < 500]).toEqual([body.slice(0, 40), true]);
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('S43: packed and many-part bodies', () => {
  test.each(['gzip', 'br', 'deflate', 'gzip, gzip', 'zstd', 'identity;q=0'])(
    'content-encoding %s is not unpacked',
    async (encoding) => {
      const body = gzipSync(
        JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'a'.repeat(1_000_000) }] }),
      );
      const { status } = await post(body, { ...json, 'content-encoding': encoding });
      expect(status).toBe(415);
    },
  );

  test('a form of a hundred thousand parts is no JSON', async () => {
    const part = '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n';
    const { status } = await post(`${part.repeat(100_000)}--x--`, {
      'content-type': 'multipart/form-data; boundary=x',
    });
    expect(status).toBe(415);
  });
});
