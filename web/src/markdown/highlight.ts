// highlight.js with the languages of a school, giving its tree rather than a string of HTML.
import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import go from 'highlight.js/lib/languages/go';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import kotlin from 'highlight.js/lib/languages/kotlin';
import lua from 'highlight.js/lib/languages/lua';
import markdown from 'highlight.js/lib/languages/markdown';
import php from 'highlight.js/lib/languages/php';
import python from 'highlight.js/lib/languages/python';
import r from 'highlight.js/lib/languages/r';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import swift from 'highlight.js/lib/languages/swift';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';

import type { CodeNode, Highlight } from './load-highlighter.ts';

/** Longer code stays plain: colouring it would hold up the page. */
const MAX_CHARS = 30_000;
const MAX_LINE_CHARS = 2_000;

const LANGUAGES = {
  bash,
  c,
  cpp,
  csharp,
  css,
  diff,
  go,
  java,
  javascript,
  json,
  kotlin,
  lua,
  markdown,
  php,
  python,
  r,
  ruby,
  rust,
  sql,
  swift,
  typescript,
  xml,
  yaml,
};
for (const [name, language] of Object.entries(LANGUAGES)) hljs.registerLanguage(name, language);

interface Tree {
  scope?: string;
  children: (string | Tree)[];
}

export const highlight: Highlight = (code, language) => {
  const name = language.toLowerCase();
  if (!hljs.getLanguage(name) || code.length > MAX_CHARS) return undefined;
  if (code.split('\n').some((line) => line.length > MAX_LINE_CHARS)) return undefined;
  const result = hljs.highlight(code, { language: name, ignoreIllegals: true });
  // The tree from which highlight.js itself would write HTML; its test would notice a release without it.
  const { rootNode } = result._emitter as unknown as { rootNode: Tree };
  return toNodes(rootNode.children);
};

function toNodes(children: readonly (string | Tree)[]): CodeNode[] {
  return children.flatMap((child): CodeNode[] => {
    if (typeof child === 'string') return [child];
    const inner = toNodes(child.children);
    return child.scope ? [{ scope: child.scope, children: inner }] : inner;
  });
}
