// The load generator reads answers right however they arrive, and counts only right ones as right.
import { describe, expect, test } from 'bun:test';

import { EVENTS, WHOLE_ANSWER, WORDS, wrongWith } from '../answers.ts';
import { ResponseReader } from './response-reader.ts';
import { Tally } from './tally.ts';
import { summarize } from './work.ts';

function readInPieces(text: string, size: number): ResponseReader {
  const reader = new ResponseReader();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) {
    expect(reader.complete).toBe(false);
    reader.push(bytes.subarray(at, at + size));
  }
  return reader;
}

const framed = (parts: readonly string[]) => parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('');
const CHUNKED = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${framed(EVENTS)}0\r\n\r\n`;
const LENGTH = `HTTP/1.1 429 No\r\ncontent-length: ${WHOLE_ANSWER.length}\r\nConnection: close\r\n\r\n${WHOLE_ANSWER}`;

describe.each([1, 7, 100, 100_000])('in pieces of %i bytes', (size) => {
  test('a body in chunks is complete at its last one', () => {
    const reader = readInPieces(CHUNKED, size);
    expect({ complete: reader.complete, status: reader.status, body: reader.body }).toEqual({
      complete: true,
      status: 200,
      body: EVENTS.join(''),
    });
  });

  test('a body with a length is complete at its last byte', () => {
    const reader = readInPieces(LENGTH, size);
    expect({ complete: reader.complete, status: reader.status, closes: reader.closes, body: reader.body }).toEqual({
      complete: true,
      status: 429,
      closes: true,
      body: WHOLE_ANSWER,
    });
  });
});

describe('an answer is wrong', () => {
  test.each([
    ['without its last word', EVENTS.join('').replace(WORDS[38]!, ''), 'word39 is missing'],
    ['without usage', EVENTS.filter((event) => !event.includes('total_tokens')).join(''), 'the usage is missing'],
    ['without [DONE]', EVENTS.slice(0, -1).join(''), 'the end is missing'],
    ['with words out of order', EVENTS.toReversed().join(''), 'word02 is missing'],
  ])('%s', (_, body, reason) => expect(wrongWith(body, 'stream')).toBe(reason));

  test('with another status, and an error is not a success', () => {
    const ask = { port: 1, path: '/', callers: [{}], body: '', expect: 'whole' as const, status: 200 };
    const tally = new Tally(ask);
    const times = { startedAt: 0, firstByteAt: 1, endedAt: 2 };
    tally.add({ status: 200, body: WHOLE_ANSWER, ...times });
    tally.add({ status: 500, body: WHOLE_ANSWER, ...times });
    tally.add({ status: 200, body: '{}', ...times });
    tally.add({ status: 0, body: 'the connection was cut', ...times });
    expect(tally.outcome()).toMatchObject({ right: 1, wrong: 3, answered: 2, latency: { p50: 2, p99: 2 } });
  });

  test('no sample has no percentile; of a hundred the ninety-ninth is p99', () => {
    expect(summarize([])).toEqual({ p50: Number.NaN, p99: Number.NaN });
    expect(summarize(Array.from({ length: 100 }, (_, i) => 100 - i))).toEqual({ p50: 50, p99: 99 });
  });
});
