// Turns tokens into elements. A closed list: what is not in it shows as its text, and no HTML string is ever set.
import { h, type VNodeArrayChildren } from 'vue';

import MarkdownCode from './MarkdownCode.vue';
import MarkdownImage from './MarkdownImage.vue';
import MarkdownLink from './MarkdownLink.vue';
import MarkdownMath from './MarkdownMath.vue';
import type { Token } from './parser.ts';

const ELEMENTS: Record<string, string> = {
  paragraph_open: 'p',
  bullet_list_open: 'ul',
  ordered_list_open: 'ol',
  list_item_open: 'li',
  blockquote_open: 'blockquote',
  table_open: 'table',
  thead_open: 'thead',
  tbody_open: 'tbody',
  tr_open: 'tr',
  th_open: 'th',
  td_open: 'td',
  strong_open: 'strong',
  em_open: 'em',
  s_open: 's',
};

/** Headings of an answer stand below the page's own two. */
const HEADING_OFFSET = 2;

interface Frame {
  token: Token | undefined;
  children: VNodeArrayChildren;
}

/** @param open more of the block may come. */
export function renderTokens(tokens: readonly Token[], open = false): VNodeArrayChildren {
  const frames: Frame[] = [{ token: undefined, children: [] }];
  for (const token of tokens) {
    if (token.nesting === 1) {
      frames.push({ token, children: [] });
      continue;
    }
    const done = token.nesting === -1 && frames.length > 1 ? frames.pop()! : undefined;
    const nodes = done ? element(done) : leaf(token, open);
    frames.at(-1)!.children.push(...nodes);
  }
  // Tokens come in pairs; should one be missing, nothing that was read is lost.
  return frames.flatMap(({ children }) => children);
}

function element({ token, children }: Frame): VNodeArrayChildren {
  if (!token || token.hidden) return children;
  if (token.type === 'link_open') return [h(MarkdownLink, { href: attribute(token, 'href') }, () => children)];
  if (token.type === 'heading_open') return [h(headingTag(token.tag), children)];
  const tag = ELEMENTS[token.type];
  if (!tag) return children;
  if (tag === 'table') return [h('div', { class: 'md-table', tabindex: 0 }, [h('table', children)])];
  if (tag === 'em' && children.some(isHan)) return [h('em', { class: 'md-dotted' }, children)];
  return [h(tag, attributes(token), children)];
}

function isHan(child: unknown): boolean {
  return typeof child === 'string' && /\p{Script=Han}/u.test(child);
}

function headingTag(tag: string): string {
  return `h${Math.min(6, Number(tag.slice(1)) + HEADING_OFFSET)}`;
}

/** The only attributes that pass: where a list begins counting, and how a column is aligned. */
function attributes(token: Token): Record<string, unknown> {
  const start = Number(attribute(token, 'start') || Number.NaN);
  if (token.type === 'ordered_list_open' && Number.isSafeInteger(start)) return { start };
  const align = /text-align:(left|center|right)/.exec(attribute(token, 'style'))?.[1];
  return align ? { class: `md-${align}` } : {};
}

function attribute(token: Token, name: string): string {
  return String(token.attrGet(name) ?? '');
}

function leaf(token: Token, open: boolean): VNodeArrayChildren {
  switch (token.type) {
    case 'inline':
      return renderTokens(token.children ?? [], open);
    case 'softbreak':
    case 'hardbreak':
      return [h('br')];
    case 'hr':
      return [h('hr')];
    case 'code_inline':
      return [h('code', token.content)];
    case 'fence':
    case 'code_block':
      return [h(MarkdownCode, { code: token.content, language: token.info.trim().split(/\s+/)[0] ?? '', open })];
    case 'math_inline':
    case 'math_block':
      return [
        h(MarkdownMath, { formula: token.content, block: token.type === 'math_block', open: token.info === 'open' }),
      ];
    case 'image':
      return [h(MarkdownImage, { src: attribute(token, 'src'), alt: token.content })];
    default:
      return token.content ? [token.content] : [];
  }
}
