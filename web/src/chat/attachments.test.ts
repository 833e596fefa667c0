import { describe, expect, test } from 'vitest';

import { readAttachment, shownName, TEXT_FILE_MAX } from './read-attachment.ts';
import { markdownName, toMarkdown } from './to-markdown.ts';
import { toMessages } from './to-messages.ts';
import type { Turn } from './turn.ts';

describe('S37: a file', () => {
  test.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\me\\essay.txt', 'essay.txt'],
    ['invoice\u202Etxt.exe', 'invoicetxt.exe'],
    ['a\0b\n.txt', 'ab.txt'],
    ['x'.repeat(300), 'x'.repeat(80)],
    ['', 'file'],
    ['\u200b', 'file'],
    ['作文.txt', '作文.txt'],
  ])('named %j is shown as %s', (name, shown) => {
    expect(shownName(name)).toBe(shown);
  });

  test('of text is taken as it is', async () => {
    const file = new File(['一\r\n<script>'], 'a.html', { type: 'text/html' });
    expect(await readAttachment(file)).toEqual({ kind: 'text', name: 'a.html', text: '一\n<script>' });
  });

  test('that is no text, too long, or a picture that can run scripts, is refused with its reason', async () => {
    const refusal = (file: File) => readAttachment(file).catch((error: { key: string }) => error.key);
    expect(await refusal(new File([new Uint8Array([0xff, 0xfe, 0])], 'a.bin'))).toBe('attach.noText');
    expect(await refusal(new File(['a\0b'], 'a.txt'))).toBe('attach.noText');
    expect(await refusal(new File(['x'.repeat(TEXT_FILE_MAX + 1)], 'a.txt'))).toBe('attach.textTooLarge');
    expect(await refusal(new File(['x'.repeat(TEXT_FILE_MAX)], 'a.txt'))).toMatchObject({});
    expect(await refusal(new File(['<svg/>'], 'a.svg', { type: 'image/svg+xml' }))).toBe('attach.noImage');
  });
});

const question = (files: object[], text = 'what is this?') => [{ id: 1, role: 'user', text, files }] as Turn[];
const image = { kind: 'image', name: 'p.jpg', url: 'data:image/jpeg;base64,AA' };

describe('what the model is told', () => {
  test('an image goes as a part, to a model that sees', () => {
    expect(toMessages(question([image]), true)).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'what is this?' },
          { type: 'image_url', image_url: { url: image.url } },
        ],
      },
    ]);
    expect(toMessages(question([image]), false)).toEqual([{ role: 'user', content: 'what is this?' }]);
  });

  test('a text file stands before the question and cannot end its own fence', () => {
    const [message] = toMessages(question([{ kind: 'text', name: 'a.md', text: '```\ncode\n```' }]), true);
    expect(message!.content).toBe('a.md\n````\n```\ncode\n```\n````\n\nwhat is this?');
  });

  test('nothing is said of an answer that never came', () => {
    const turns = [...question([], 'a'), { id: 2, role: 'assistant', text: '' }] as Turn[];
    expect(toMessages(turns, true)).toEqual([{ role: 'user', content: 'a' }]);
  });
});

test('the conversation as a file', () => {
  const turns = [...question([image]), { id: 2, role: 'assistant', text: '**A cat.**', modelName: 'M' }] as Turn[];
  expect(toMarkdown(turns)).toMatch(/^## .+\n\n- p\.jpg\n\nwhat is this\?\n\n## M\n\n\*\*A cat\.\*\*\n$/);
  expect(markdownName(new Date(2026, 10, 7, 9, 5))).toBe('chat-2026-11-07-0905.md');
});
