import { expect, test } from 'bun:test';

import { AppError } from '../lib/app-error.ts';
import { readBytes, readJson } from './body.ts';

const URL = 'http://localhost/api/things';
const post = (body: RequestInit['body'], headers = {}) =>
  new Request(URL, { method: 'POST', body: body ?? null, headers });
const problemOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

/** Sends `chunks`, one every `pauseMs`, then ends or stays silent. */
function slowly(chunks: string[], pauseMs: number, ends: boolean): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    async pull(controller) {
      if (sent === chunks.length) return ends ? controller.close() : new Promise(() => undefined);
      await Bun.sleep(pauseMs);
      controller.enqueue(new TextEncoder().encode(chunks[sent++]));
    },
  });
}

test('a body at the bound is read, one byte more is refused, declared or not', async () => {
  for (const size of [100, 200_000]) {
    const text = 'x'.repeat(size);
    expect((await readBytes(post(text, { 'content-length': String(size) }), size)).length).toBe(size);
    expect((await readBytes(post(slowly([text], 0, true)), size)).length).toBe(size);
    expect(await problemOf(readBytes(post(text, { 'content-length': String(size) }), size - 1))).toBe('body_too_large');
    expect(await problemOf(readBytes(post(slowly([text], 0, true)), size - 1))).toBe('body_too_large');
  }
});

test('S38: an endless body is refused at the bound, not at its end', async () => {
  const endless = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(1_000)) });
  expect(await problemOf(readBytes(post(endless), 10_000))).toBe('body_too_large');
});

test('S38: a slow body is waited for while it moves, and refused when it stops', async () => {
  const moving = slowly(['a', 'b', 'c', 'd', 'e'], 30, true);
  expect(new TextDecoder().decode(await readBytes(post(moving), 100, 1_000))).toBe('abcde');
  expect(await problemOf(readBytes(post(slowly(['a'], 0, false)), 100, 50))).toBe('body_timeout');
});

test('S38: a body that drips in is refused, however steadily; one of a bad network is waited for', async () => {
  const drips = slowly(
    Array.from({ length: 100 }, () => 'a'),
    20,
    true,
  );
  expect(await problemOf(readBytes(post(drips), 1_000, 200))).toBe('body_timeout');
  const bad = slowly(
    Array.from({ length: 20 }, () => 'a'.repeat(40)),
    20,
    true,
  );
  expect((await readBytes(post(bad), 1_000, 200)).length).toBe(800);
});

test.each(['gzip', 'br', 'deflate', 'zstd', 'gzip, gzip', 'identity, gzip', 'x-own'])(
  'S43: a body that calls itself %s is refused by name, whatever is in it',
  async (encoding) => {
    const refused = readJson(
      post('{"a":1}', { 'content-type': 'application/json', 'content-encoding': encoding }),
      100,
    );
    await expect(refused).rejects.toMatchObject({ code: 'unsupported_encoding', options: { params: { encoding } } });
  },
);

test.each(['identity', ' Identity ', ''])('content-encoding %p is none', async (encoding) => {
  const request = post('{"a":1}', { 'content-type': 'application/json', 'content-encoding': encoding });
  expect(await readJson(request, 100)).toEqual({ a: 1 });
});

test('no body is an empty one', async () => {
  expect(await readBytes(new Request(URL), 10)).toEqual(new Uint8Array());
});

test.each([
  'application/json',
  'application/json; charset=utf-8',
  'APPLICATION/JSON',
  'application/problem+json',
  'application/vnd.api+json;x=y',
])('%s is JSON', async (type) => {
  expect(await readJson(post('{"a":1}', { 'content-type': type }), 100)).toEqual({ a: 1 });
});

test.each([
  'text/plain',
  'text/json',
  'application/jsonp',
  'application/x-json',
  'application/json-seq',
  'application/jsonx; a',
  'x; application/json',
  'multipart/form-data; boundary=x',
])('%s is not JSON', async (type) => {
  expect(await problemOf(readJson(post('{"a":1}', { 'content-type': type }), 100))).toBe('unsupported_media_type');
});

test.each([
  'application/json; charset=UTF-8',
  'application/json;charset="utf-8"',
  'application/json; charset=utf8',
  'application/json ; x=y ; Charset = us-ascii',
])('%s is UTF-8', async (type) => {
  expect(await readJson(post('{"a":1}', { 'content-type': type }), 100)).toEqual({ a: 1 });
});

test.each([
  ['utf-16', 'application/json; charset=utf-16'],
  ['gbk', 'application/json;charset=gbk'],
  ['UTF-16LE', 'application/json; x=y; CHARSET="UTF-16LE"'],
  ['latin1', 'application/json; charset=utf-8; charset=latin1'],
  ['', 'application/json; charset='],
])('S39: the charset %p is refused by name', async (charset, type) => {
  const refused = await readJson(post('{"a":1}', { 'content-type': type }), 100).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'unsupported_charset', options: { params: { charset } } });
});

test('a body without a type is taken by the model API only', async () => {
  const untyped = (url: string) => new Request(url, { method: 'POST', body: new Blob(['{"a":1}']) });
  expect(await readJson(untyped('http://localhost/v1/chat/completions'), 100)).toEqual({ a: 1 });
  expect(await readJson(untyped('http://localhost/chat/completions'), 100)).toEqual({ a: 1 });
  for (const path of ['/api/chat/completions', '/api/auth/login', '/key/generate'])
    expect(await problemOf(readJson(untyped(`http://localhost${path}`), 100))).toBe('unsupported_media_type');
});
