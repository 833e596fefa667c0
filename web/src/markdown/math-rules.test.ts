import { describe, expect, test } from 'vitest';

import { parseMarkdown } from './parser.ts';

function formulas(source: string): string[] {
  const found: string[] = [];
  for (const token of parseMarkdown(source)) {
    for (const part of [token, ...(token.children ?? [])])
      if (part.type.startsWith('math_')) found.push(`${part.type === 'math_block' ? 'block' : 'line'}:${part.content}`);
  }
  return found;
}

describe('formulas', () => {
  test.each([
    ['质能方程 $E=mc^2$。', ['line:E=mc^2']],
    ['\\(a+b\\) 和 \\[c\\]', ['line:a+b', 'block:c']],
    ['$$\nx^2\n$$', ['block:x^2']],
    ['$$x^2$$', ['block:x^2']],
    ['\\[\nx\n\\]', ['block:x']],
    ['前 $$x$$ 后', ['block:x']],
    ['$$x$$ 后面还有字', ['block:x']],
    ['- 一\n  $$\n  y\n  $$', ['block:y']],
    ['$a$、$b$', ['line:a', 'line:b']],
    ['$\\$5$', ['line:\\$5']],
  ])('%j has %j', (source, expected) => {
    expect(formulas(source)).toEqual(expected);
  });

  test.each([
    'It costs $5 and $6.',
    '$ a $',
    '$5 到 $10 之间',
    '`$x$`',
    '```\n$$\nx\n$$\n```',
    '\\$x\\$',
    '只有一个 $ 符号',
    '$a\n\nb$',
    `$${'x'.repeat(1_100)}$`,
  ])('%j has none', (source) => {
    expect(formulas(source)).toEqual([]);
  });

  test('an unclosed block is marked as still being written', () => {
    const [token] = parseMarkdown('$$\n\\frac{1}{');
    expect(token).toMatchObject({ type: 'math_block', info: 'open', content: '\\frac{1}{' });
  });

  test('thousands of single dollars are read in one go', () => {
    expect(formulas('$a '.repeat(5_000))).toEqual([]);
  });
});
