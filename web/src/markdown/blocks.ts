// Cuts a growing text into its top-level blocks and parses only what can still change: a block that another one
// follows is closed for good.
import { parseMarkdown, type Token } from './parser.ts';
import { healTail } from './heal-tail.ts';

/** One top-level block. The object stays the same as long as its content does, so it is rendered once. */
export interface Block {
  id: number;
  tokens: Token[];
  /** More of it may come. */
  open: boolean;
}

export interface BlockReader {
  /** @param complete nothing more comes: all of it is parsed once more, for link definitions may come late. */
  read(text: string, complete: boolean): Block[];
}

export function createBlockReader(): BlockReader {
  let settled: Block[] = [];
  let settledChars = 0;
  let settledText = '';
  let references: Record<string, unknown> = {};

  function reset(): void {
    settled = [];
    settledChars = 0;
    settledText = '';
    references = {};
  }

  return {
    read(text, complete) {
      if (complete) {
        const before = settled;
        reset();
        return parts(text).map((part, id) => keepIfSame(before[id], { id, tokens: part.tokens, open: false }));
      }
      if (!text.startsWith(settledText)) reset();
      const rest = text.slice(settledChars);
      const found = parts(rest, references);
      const closed = found
        .slice(0, -1)
        .map((part, i) => ({ id: settled.length + i, tokens: part.tokens, open: false }));
      const last = found.at(-1);
      if (!last) return settled;
      settled = [...settled, ...closed];
      settledChars += last.start;
      settledText = text.slice(0, settledChars);
      const tail = rest.slice(last.start);
      return [...settled, { id: settled.length, tokens: parseMarkdown(healTail(tail), { ...references }), open: true }];
    },
  };
}

interface Part {
  tokens: Token[];
  /** Where it begins in the text. */
  start: number;
}

function parts(text: string, references: Record<string, unknown> = {}): Part[] {
  const tokens = parseMarkdown(text, references);
  const starts = lineStarts(text);
  const found: Part[] = [];
  let depth = 0;
  for (const token of tokens) {
    if (depth === 0 && token.nesting >= 0) found.push({ tokens: [], start: starts[token.map?.[0] ?? 0] ?? 0 });
    found.at(-1)?.tokens.push(token);
    depth += token.nesting;
  }
  return found;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** A block that the last reading found again is not rendered again. */
function keepIfSame(before: Block | undefined, now: Block): Block {
  if (!before || before.tokens.length !== now.tokens.length) return now;
  const same = now.tokens.every((token, i) => {
    const other = before.tokens[i]!;
    return token.type === other.type && token.content === other.content;
  });
  // Same text, but a late link definition may have made links of it.
  return same && linkCount(before) === linkCount(now) ? before : now;
}

function linkCount(block: Block): number {
  let count = 0;
  for (const token of block.tokens)
    for (const child of token.children ?? []) if (child.type === 'link_open' || child.type === 'image') count += 1;
  return count;
}
