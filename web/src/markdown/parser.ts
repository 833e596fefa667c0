// The Markdown dialect of answers: CommonMark, tables, bare links, maths; emphasis that works beside Han characters;
// no raw HTML. Text in, tokens out; it decides nothing about what is shown.
import MarkdownIt, { type Token } from 'markdown-it';
import cjkFriendly from 'markdown-it-cjk-friendly';

import { mathRules } from './math-rules.ts';

export type { Token };

const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true });
// Every address becomes a link token; the renderer is the one place that decides which of them live.
markdown.validateLink = () => true;
// A name with a dot in it ("main.ts", "3.14") is not an address.
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
markdown.use(cjkFriendly).use(mathRules);

/** @param references link definitions seen so far; filled further. */
export function parseMarkdown(source: string, references: Record<string, unknown> = {}): Token[] {
  return markdown.parse(source, references);
}
