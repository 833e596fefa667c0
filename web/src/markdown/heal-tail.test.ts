import { describe, expect, test } from 'vitest';

import { healTail } from './heal-tail.ts';

describe('the end of a growing text', () => {
  test.each([
    ['完整的一句。', '完整的一句。'],
    ['**重点', '**重点**'],
    ['**重点*', '**重点**'],
    ['**重点**', '**重点**'],
    ['看 **', '看 '],
    ['看 ***', '看 '],
    ['看 `', '看 '],
    ['看 **粗 `', '看 **粗**'],
    ['*斜', '*斜*'],
    ['**粗和*斜', '**粗和*斜***'],
    ['~~删', '~~删~~'],
    ['用 `code', '用 `code`'],
    ['用 ``a`b', '用 ``a`b``'],
    ['`**`', '`**`'],
    ['2 * 3', '2 * 3'],
    ['* 一\n* 二', '* 一\n* 二'],
    ['\\*不是', '\\*不是'],
    ['看 [这里', '看 [这里'],
    ['看 [这里](https://exa', '看 这里'],
    ['看 [这里](https://example.org/)', '看 [这里](https://example.org/)'],
    ['图 ![描', '图 '],
    ['图 ![描述](https://evil', '图 '],
    ['- [ ] 任务', '- [ ] 任务'],
    ['```js\nlet a = **', '```js\nlet a = **'],
    ['$$\nx^2', '$$\nx^2'],
  ])('%j is shown as %j', (tail, healed) => {
    expect(healTail(tail)).toBe(healed);
  });

  test.each(['*a '.repeat(20_000), '`'.repeat(50_000), '['.repeat(50_000), '![a]('.repeat(20_000), '~'.repeat(50_000)])(
    'is read in one go even when it is a long line of marks (%#)',
    (tail) => {
      expect(healTail(tail).length).toBeLessThanOrEqual(tail.length * 2);
    },
  );
});
