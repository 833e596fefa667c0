// What a spreadsheet makes of our CSV.
import { expect, test } from 'bun:test';

import { csvLine } from './csv.ts';

test.each([
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\nlines', '"two\nlines"'],
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', '"\'\t=1"'],
  ['\u200B=1', "'\u200B=1"],
  ['＝1', "'＝1"],
  [' =1', "' =1"],
  ['\u0000=1', "'\u0000=1"],
  ['\u202E=1', "'\u202E=1"],
  ['\uFEFF＠x', "'\uFEFF＠x"],
  ['\r', `"'\r"`],
  ['a;=1', '"a;=1"'],
  ['a\t=1', '"a\t=1"'],
  ['a=1', 'a=1'],
])('S57: %j becomes %j', (text, cell) => {
  expect(csvLine([text])).toBe(`${cell}\r\n`);
});

test('S57: numbers stay numbers, negative ones too; nothing is an empty cell', () => {
  expect(csvLine([-1.5, null, true, 0])).toBe('-1.5,,true,0\r\n');
});
