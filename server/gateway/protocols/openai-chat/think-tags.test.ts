import { describe, expect, test } from 'bun:test';

import { seededRandom } from '../../../testing/seeded-random.ts';
import { readAnswer } from './answer.ts';
import { ChunkReader } from './chunk.ts';
import { splitWhole, type ThinkMode, ThinkSplitter } from './think-tags.ts';

function inPieces(pieces: readonly string[], mode: ThinkMode = 'tags') {
  const splitter = new ThinkSplitter(mode);
  const parts = [...pieces.map((piece) => splitter.push(piece)), splitter.end()];
  return {
    reasoning: parts.map(({ reasoning }) => reasoning).join(''),
    content: parts.map(({ content }) => content).join(''),
  };
}

const CASES: [string, string, { reasoning: string; content: string }][] = [
  ['both tags', '<think>a < b, so\n\n</think>\n\nyes', { reasoning: 'a < b, so\n\n', content: 'yes' }],
  ['space before the opening tag', ' \n<think>\nhm</think>yes', { reasoning: 'hm', content: 'yes' }],
  ['nothing thought', '<think>\n\n</think>\n\nyes', { reasoning: '', content: 'yes' }],
  ['never closed', '<think>on and on </thin', { reasoning: 'on and on </thin', content: '' }],
  ['no tags', 'plain < text </', { reasoning: '', content: 'plain < text </' }],
  [
    'tags named in an answer',
    'use `<think>` and `</think>` so',
    { reasoning: '', content: 'use `<think>` and `</think>` so' },
  ],
  ['tags named after the reasoning', '<think>x</think>say\n</think>', { reasoning: 'x', content: 'say\n</think>' }],
  ['an emoji beside a tag', '<think>😀</think>😀', { reasoning: '😀', content: '😀' }],
  ['empty', '', { reasoning: '', content: '' }],
];

describe.each(CASES)('reasoning between tags: %s', (_name, text, expected) => {
  test('whole, and cut in two at every place, and one character at a time', () => {
    expect(splitWhole(text, 'tags')).toEqual(expected);
    for (let at = 0; at <= text.length; at += 1)
      expect(inPieces([text.slice(0, at), text.slice(at)])).toEqual(expected);
    expect(inPieces(text.split(''))).toEqual(expected);
  });

  test('cut at random places', () => {
    const random = seededRandom(7);
    for (let run = 0; run < 100; run += 1) {
      const pieces: string[] = [];
      for (let at = 0; at < text.length;) {
        const length = 1 + Math.floor(random() * 9);
        pieces.push(text.slice(at, at + length));
        at += length;
      }
      expect(inPieces(pieces)).toEqual(expected);
    }
  });
});

describe('a lone closing tag', () => {
  const text = 'hm, 2 and 2\n</think>\n\n4';

  test('ends the reasoning of a whole answer', () => {
    expect(splitWhole(text, 'tags')).toEqual({ reasoning: 'hm, 2 and 2\n', content: '4' });
  });

  test('of a stream never shows; what went out before it cannot be taken back', () => {
    for (let at = 0; at <= text.length; at += 1)
      expect(inPieces([text.slice(0, at), text.slice(at)])).toEqual({ reasoning: '', content: 'hm, 2 and 2\n4' });
  });

  test('of a stream is right from the start where the channel says that the opening one is missing', () => {
    for (let at = 0; at <= text.length; at += 1)
      expect(inPieces([text.slice(0, at), text.slice(at)], 'implied')).toEqual({
        reasoning: 'hm, 2 and 2\n',
        content: '4',
      });
    expect(splitWhole('no tag at all', 'implied')).toEqual({ reasoning: '', content: 'no tag at all' });
  });
});

const chunk = (content: string | undefined, finish_reason: string | null = null) =>
  JSON.stringify({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta: content === undefined ? {} : { content }, finish_reason }],
  });

test('a stream goes out with reasoning under both names, each word counted once', () => {
  const reader = new ChunkReader({ publicModel: undefined, wantsUsage: false, thinkTags: 'tags' });
  const seen = { content: '', reasoning: '', reasoning_content: '' };
  let counted = '';
  for (const data of [
    chunk('<thi'),
    chunk('nk>why'),
    chunk(' not</'),
    chunk('think>yes <'),
    chunk(undefined, 'stop'),
  ]) {
    const reading = reader.read(data);
    if (reading.kind !== 'chunk') throw new Error(reading.kind);
    counted += reading.text;
    const { delta } = (JSON.parse(reading.relay!) as { choices: { delta: Partial<typeof seen> }[] }).choices[0]!;
    for (const name of Object.keys(seen) as (keyof typeof seen)[]) seen[name] += delta[name] ?? '';
  }
  expect(seen).toEqual({ content: 'yes <', reasoning: 'why not', reasoning_content: 'why not' });
  expect(counted).toBe('<think>why not</think>yes <');
});

const answer = (message: object) =>
  JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, message, finish_reason: 'stop' }] });
const messageOf = (message: object, mode?: ThinkMode) => {
  const reading = readAnswer(answer(message), undefined, mode)!;
  const sent = JSON.parse(reading.relay) as { choices: { message: Record<string, unknown> }[] };
  return { message: sent.choices[0]!.message, text: reading.text };
};

const DETAILS = [
  { type: 'reasoning.text', text: 'why', signature: 'sig' },
  { type: 'reasoning.summary', summary: ' not' },
  { type: 'reasoning.encrypted', data: 'b64==' },
];

test.each([
  ['reasoning_content', { content: 'yes', reasoning_content: 'why not' }, undefined],
  ['reasoning', { content: 'yes', reasoning: 'why not' }, undefined],
  ['reasoning beside an empty old name', { content: 'yes', reasoning: 'why not', reasoning_content: null }, undefined],
  ['reasoning_details alone', { content: 'yes', reasoning_details: DETAILS }, undefined],
  ['reasoning_details beside it', { content: 'yes', reasoning: 'why not', reasoning_details: DETAILS }, undefined],
  ['tags', { content: '<think>why not</think>yes' }, 'tags' as const],
])('a whole answer with reasoning in %s goes out under both names, counted once', (_name, message, mode) => {
  const got = messageOf(message, mode);
  expect(got.message).toMatchObject({ content: 'yes', reasoning: 'why not', reasoning_content: 'why not' });
  // Opaque: signatures and ciphers must come back to the upstream as they were.
  if ('reasoning_details' in message) expect(got.message.reasoning_details).toEqual(DETAILS);
  expect(got.text).toBe(mode ? '<think>why not</think>yes' : 'yeswhy not');
});

test('without the option tags stay as they are, byte for byte', () => {
  const text = answer({ content: '<think>a</think>b' });
  expect(readAnswer(text, undefined)!.relay).toBe(text);
});
