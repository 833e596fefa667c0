// Finds formulas: `$…$` and `\(…\)` in a line, `$$…$$` and `\[…\]` as blocks. Prices such as "$5 and $6" are none.
import type { MarkdownIt } from 'markdown-it';

/** A formula longer than this is not one. */
const MAX_INLINE_CHARS = 1_000;

const PAIRS = [
  { open: '$$', close: '$$' },
  { open: '\\[', close: '\\]' },
] as const;

export function mathRules(md: MarkdownIt): void {
  md.inline.ruler.before('escape', 'math_inline', inlineMath);
  md.block.ruler.before('fence', 'math_block', blockMath, { alt: ['paragraph', 'reference', 'blockquote', 'list'] });
}

type InlineRule = Parameters<MarkdownIt['inline']['ruler']['push']>[1];
type BlockRule = Parameters<MarkdownIt['block']['ruler']['push']>[1];

const inlineMath: InlineRule = (state, silent) => {
  const found = formulaAt(state.src, state.pos, state.posMax);
  if (!found) return false;
  if (!silent) {
    const token = state.push(found.block ? 'math_block' : 'math_inline', '', 0);
    token.content = found.content;
    token.markup = found.open;
  }
  state.pos = found.end;
  return true;
};

interface Formula {
  content: string;
  open: string;
  end: number;
  block: boolean;
}

function formulaAt(src: string, from: number, max: number): Formula | undefined {
  for (const { open, close, block } of [
    { open: '\\(', close: '\\)', block: false },
    { open: '\\[', close: '\\]', block: true },
    { open: '$$', close: '$$', block: true },
  ]) {
    if (!src.startsWith(open, from)) continue;
    const at = src.indexOf(close, from + open.length);
    if (at < 0 || at >= max || at - from > MAX_INLINE_CHARS) return undefined;
    const content = src.slice(from + open.length, at).trim();
    return content ? { content, open, end: at + close.length, block } : undefined;
  }
  return src[from] === '$' ? dollarFormula(src, from, max) : undefined;
}

/** Pandoc's rule: no space inside the dollars, no digit after the closing one. */
function dollarFormula(src: string, from: number, max: number): Formula | undefined {
  if (/\s|\$|^$/.test(src[from + 1] ?? '')) return undefined;
  for (let at = from + 2; at < max && at - from <= MAX_INLINE_CHARS; at++) {
    if (src[at] === '\n' && src[at - 1] === '\n') return undefined;
    if (src[at] !== '$' || src[at - 1] === '\\') continue;
    if (/\s/.test(src[at - 1]!) || /\d/.test(src[at + 1] ?? '')) return undefined;
    return { content: src.slice(from + 1, at), open: '$', end: at + 1, block: false };
  }
  return undefined;
}

const blockMath: BlockRule = (state, startLine, endLine, silent) => {
  const lineOf = (line: number) => state.src.slice(state.bMarks[line]! + state.tShift[line]!, state.eMarks[line]!);
  if (state.sCount[startLine]! - state.blkIndent >= 4) return false;
  const first = lineOf(startLine);
  const pair = PAIRS.find(({ open }) => first.startsWith(open));
  if (!pair) return false;
  const lines: string[] = [];
  let line = startLine;
  let text = first.slice(pair.open.length);
  for (;;) {
    const close = text.indexOf(pair.close);
    if (close >= 0) {
      // Words after the formula make it part of a paragraph.
      if (text.slice(close + pair.close.length).trim() !== '') return false;
      lines.push(text.slice(0, close));
      break;
    }
    lines.push(text);
    line += 1;
    if (line >= endLine || state.sCount[line]! < state.blkIndent) break;
    text = lineOf(line);
  }
  if (silent) return true;
  const closed = line < endLine;
  const token = state.push('math_block', '', 0);
  token.block = true;
  token.content = lines.join('\n').trim();
  token.markup = pair.open;
  token.map = [startLine, Math.min(line + 1, endLine)];
  // A formula still being written is shown as it is written.
  token.info = closed ? '' : 'open';
  state.line = Math.min(line + 1, endLine);
  return true;
};
