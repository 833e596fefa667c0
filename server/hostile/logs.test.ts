// S56: names and prompts that would write lines of their own into a log, or colour a terminal.
import { expect, test } from 'bun:test';

import { createLogger } from '../lib/logger.ts';

const HOSTILE = [
  '\n{"level":"error","message":"forged"}',
  '\r\nforged',
  '\u001b[31mred',
  '\u009b31m',
  '</script><b>',
  '\u2028x',
];

test.each(HOSTILE)('%j stays within its line, without escapes a terminal obeys', (text) => {
  const lines: string[] = [];
  createLogger((line) => lines.push(line)).warn(text, { name: text, error: new Error(text) });
  expect(lines).toHaveLength(1);
  expect(lines[0]!).not.toMatch(/\p{Cc}/u);
  expect(() => JSON.parse(lines[0]!)).not.toThrow();
});
