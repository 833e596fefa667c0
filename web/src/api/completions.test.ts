import { describe, expect, test } from 'vitest';

import { type CompletionPart, CutStream, readParts } from './completions.ts';
import { Problem } from './problem.ts';

const encoder = new TextEncoder();
const event = (data: unknown) => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
const delta = (fields: object, finish: string | null = null) =>
  event({ choices: [{ delta: fields, finish_reason: finish }] });

function bodyOf(pieces: Uint8Array[] | string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(typeof piece === 'string' ? encoder.encode(piece) : piece);
      controller.close();
    },
  });
}

async function collect(body: ReadableStream<Uint8Array>) {
  const parts: CompletionPart[] = [];
  let failure: unknown;
  try {
    for await (const part of readParts(body, new AbortController().signal)) parts.push(part);
  } catch (error) {
    failure = error;
  }
  return { parts, failure };
}

describe('a chat stream', () => {
  test('gives thinking, text and the reason it finished', async () => {
    const { parts, failure } = await collect(
      bodyOf([
        delta({ role: 'assistant', content: '' }),
        delta({ reasoning_content: '想', reasoning: '想' }),
        delta({ reasoning: '一想' }),
        delta({ content: '好' }),
        delta({}, 'stop'),
        event({ choices: [], usage: { total_tokens: 3 } }),
        event('[DONE]'),
      ]),
    );
    expect(failure).toBeUndefined();
    expect(parts).toEqual([
      { type: 'thinking', text: '想' },
      { type: 'thinking', text: '一想' },
      { type: 'text', text: '好' },
      { type: 'finish', reason: 'stop' },
    ]);
  });

  test('is the same wherever the network cuts its bytes', async () => {
    const bytes = encoder.encode(`: ping\r\n\r\n${delta({ content: '天空🌇' })}${event('[DONE]')}`);
    for (let cut = 1; cut < bytes.length; cut++) {
      const { parts, failure } = await collect(bodyOf([bytes.slice(0, cut), bytes.slice(cut)]));
      expect(failure).toBeUndefined();
      expect(parts).toEqual([{ type: 'text', text: '天空🌇' }]);
    }
  });

  test('without [DONE] is cut, after everything that came', async () => {
    const { parts, failure } = await collect(bodyOf([delta({ content: '半' }), delta({}, 'stop')]));
    expect(parts).toHaveLength(2);
    expect(failure).toBeInstanceOf(CutStream);
  });

  test('that ends inside an event is cut', async () => {
    const { parts, failure } = await collect(bodyOf([delta({ content: '半' }), 'data: {"choices":[{"del']));
    expect(parts).toEqual([{ type: 'text', text: '半' }]);
    expect(failure).toBeInstanceOf(CutStream);
  });

  test('with an event that is no JSON is cut', async () => {
    const { failure } = await collect(bodyOf([event('{oops'), event('[DONE]')]));
    expect(failure).toBeInstanceOf(CutStream);
  });

  test('with an error event ends in that problem', async () => {
    const error = { type: 'upstream_error', message: '上游渠道暂时不可用，请稍后再试', code: 'stream_cut' };
    const { parts, failure } = await collect(bodyOf([delta({ content: '半' }), event({ error }), event('[DONE]')]));
    expect(parts).toEqual([{ type: 'text', text: '半' }]);
    expect(failure).toBeInstanceOf(Problem);
    expect(failure).toMatchObject({ kind: 'upstream', message: error.message, code: 'stream_cut' });
  });

  test('whose connection breaks is cut', async () => {
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new TypeError('network error'));
      },
    });
    expect((await collect(body)).failure).toBeInstanceOf(CutStream);
  });

  test('with fields of other types gives nothing for them', async () => {
    const odd = [event('null'), event([]), event({ choices: [null] }), event({ choices: [{ delta: { content: 7 } }] })];
    const { parts, failure } = await collect(bodyOf([...odd, event('[DONE]')]));
    expect(parts).toEqual([]);
    expect(failure).toBeUndefined();
  });

  test('stops the server when nobody listens any more', async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(encoder.encode(delta({ content: 'a' }))),
      cancel: () => {
        cancelled = true;
      },
    });
    for await (const part of readParts(body, new AbortController().signal)) {
      expect(part.type).toBe('text');
      break;
    }
    expect(cancelled).toBe(true);
  });
});
