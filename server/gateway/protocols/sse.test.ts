import { describe, expect, test } from 'bun:test';

import { EventTooLarge, MAX_EVENT_CHARS, SseParser } from './sse.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function parseWhole(text: string): string[] {
  const parser = new SseParser();
  return [...parser.push(bytes(text)), ...parser.end()];
}

/** The same bytes in every possible split into two, and byte by byte. */
function parseEverySplit(text: string): Set<string> {
  const all = bytes(text);
  const results = new Set<string>();
  for (let cut = 0; cut <= all.length; cut += 1) {
    const parser = new SseParser();
    results.add(JSON.stringify([...parser.push(all.slice(0, cut)), ...parser.push(all.slice(cut)), ...parser.end()]));
  }
  const parser = new SseParser();
  results.add(JSON.stringify([...all].flatMap((byte) => parser.push(Uint8Array.of(byte))).concat(parser.end())));
  return results;
}

function timeToParse(pieces: readonly string[]): number {
  const chunks = pieces.map(bytes);
  const parser = new SseParser();
  const startedAt = performance.now();
  for (const chunk of chunks) parser.push(chunk);
  parser.end();
  return performance.now() - startedAt;
}

describe('server-sent events', () => {
  test.each([
    ['LF', 'data: a\n\ndata: b\n\n', ['a', 'b']],
    ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']],
    ['lone CR', 'data: a\r\rdata: b\r\r', ['a', 'b']],
    ['no space after the colon', 'data:a\n\n', ['a']],
    ['only one space is dropped', 'data:  a\n\n', [' a']],
    ['several data lines', 'data: a\ndata: b\n\n', ['a\nb']],
    ['comments and unknown fields', ': hi\nid: 7\nevent: x\nretry: 5\ndatum: no\ndata: a\n\n', ['a']],
    ['a comment alone gives no event', ': OPENROUTER PROCESSING\n\n', []],
    ['BOM', '\uFEFFdata: a\n\n', ['a']],
    ['no blank line at the end', 'data: a\n\ndata: [DONE]', ['a', '[DONE]']],
    ['data without a colon', 'data\n\n', ['']],
    ['wide characters and emoji', 'data: 你好👩‍🏫\n\n', ['你好👩‍🏫']],
  ])('%s, however the network splits it', (_name, text, expected) => {
    expect(parseWhole(text)).toEqual(expected);
    expect([...parseEverySplit(text)]).toEqual([JSON.stringify(expected)]);
  });

  test('a bare error behind the last event is one, other stray lines are none', () => {
    const error = '{\n  "error": {\n    "code": 503\n  }\n}\n';
    const endOf = (text: string) => {
      const parser = new SseParser();
      return [...parser.push(bytes(`data: 1\n\n${text}`)), ...parser.end()];
    };
    expect(endOf(error).map((data) => JSON.parse(data) as unknown)).toHaveLength(2);
    expect(JSON.parse(endOf(error.replaceAll('\n', '\r\n'))[1]!)).toEqual({ error: { code: 503 } });
    for (const text of [
      '{"candidates":[]}\n',
      '{"error":\n',
      'event: x\n',
      '{"error":"x"}\n',
      `{"error":{"m":"${'x'.repeat(70_000)}"}}`,
    ])
      expect(endOf(text)).toEqual(['1']);
  });

  test.each([
    ['one line in tiny pieces', (n: number) => Array.from({ length: n }, () => 'x')],
    ['one chunk of lines, one of them ended by CR', (n: number) => [`${'a\n'.repeat(n)}\r`]],
    ['one chunk of lines ended by CR, and one LF', (n: number) => [`${'a\r'.repeat(n)}\n`]],
  ])('%s: four times as much takes about four times as long', (_name, piecesOf) => {
    const least = (n: number): number => Math.min(...[1, 2, 3, 4, 5].map(() => timeToParse(piecesOf(n))));
    // Looked at anew each time it would be sixteen.
    expect(least(400_000) / least(100_000)).toBeLessThan(10);
  });

  test('invalid UTF-8 becomes the replacement character, never a crash', () => {
    const parser = new SseParser();
    expect(parser.push(Uint8Array.of(...bytes('data: '), 0xff, 0xfe, 10, 10))).toEqual(['\uFFFD\uFFFD']);
  });

  test('an event may be as long as the bound, and not longer', () => {
    const parser = new SseParser();
    expect(parser.push(bytes(`data: ${'x'.repeat(MAX_EVENT_CHARS - 6)}`))).toEqual([]);
    expect(() => parser.push(bytes('x'))).toThrow(EventTooLarge);
    const lines = new SseParser();
    const line = bytes(`data: ${'y'.repeat(100_000)}\n`);
    expect(() => {
      for (let i = 0; i < 30; i += 1) lines.push(line);
    }).toThrow(EventTooLarge);
  });
});
