import { describe, expect, test, vi } from 'vitest';

import { createBlockReader } from './blocks.ts';
import type * as Parser from './parser.ts';
import { parseMarkdown } from './parser.ts';

vi.mock('./parser.ts', async (original) => {
  const real = await original<typeof Parser>();
  return { ...real, parseMarkdown: vi.fn(real.parseMarkdown) };
});

const TEXT = `好。

## 提示

- 一
  - 二

  还是二
- 三

\`\`\`python
a = 1

b = 2
\`\`\`

| a | b |
| - | - |
| 1 | 2 |

> 引用
还是引用

看[这里][ref]。

1. 甲
2. 乙

[ref]: https://example.org/

结束
`;

const shape = (text: string, complete: boolean, reader = createBlockReader()) =>
  reader.read(text, complete).map(({ tokens }) => tokens.map(({ type, content }) => [type, content]));

describe('a growing text', () => {
  test('read character by character ends as when read at once', () => {
    const whole = shape(TEXT, true);
    const reader = createBlockReader();
    for (let end = 1; end <= TEXT.length; end++) reader.read(TEXT.slice(0, end), false);
    expect(shape(TEXT, true, reader)).toEqual(whole);
  });

  test('shows at every length the blocks that the whole text so far has', () => {
    const reader = createBlockReader();
    for (let end = 1; end <= TEXT.length; end++) {
      const soFar = TEXT.slice(0, end);
      const grown = reader.read(soFar, false).slice(0, -1);
      const fresh = createBlockReader().read(soFar, true).slice(0, grown.length);
      const types = (blocks: typeof grown) => blocks.map(({ tokens }) => tokens.map(({ type }) => type));
      expect(types(grown)).toEqual(types(fresh));
    }
  });

  test('keeps the objects of closed blocks, so that they are not rendered again', () => {
    const reader = createBlockReader();
    const [first] = reader.read('一段。\n\n二段', false);
    const later = reader.read('一段。\n\n二段。\n\n三', false);
    expect(later[0]).toBe(first);
    expect(later).toHaveLength(3);
    const done = reader.read('一段。\n\n二段。\n\n三段', true);
    expect(done[0]).toBe(first);
    expect(done[1]).toBe(later[1]);
  });

  test('turns into links, once complete, what a late definition names', () => {
    const reader = createBlockReader();
    reader.read('看[这里][ref]。\n\n后面', false);
    const [first] = reader.read('看[这里][ref]。\n\n后面\n\n[ref]: https://example.org/', true);
    expect(first!.tokens[1]!.children!.some(({ type }) => type === 'link_open')).toBe(true);
  });

  test('that is another text begins anew', () => {
    const reader = createBlockReader();
    reader.read('一\n\n二\n\n三', false);
    expect(shape('四\n\n五', false, reader)).toEqual(shape('四\n\n五', false));
  });

  test('of a thousand blocks is parsed only at its end', () => {
    const parse = vi.mocked(parseMarkdown);
    parse.mockClear();
    const reader = createBlockReader();
    let text = '';
    for (let i = 0; i < 1_000; i++) {
      text += `第 ${i} 段，**重点**在这里。\n\n`;
      reader.read(text, false);
    }
    expect(reader.read(text, true)).toHaveLength(1_000);
    const parsedChars = parse.mock.calls.reduce((sum, [source]) => sum + source.length, 0);
    expect(parsedChars).toBeLessThan(6 * text.length);
  });
});
