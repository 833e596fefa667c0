// Coloured code as elements.
import { h, type VNodeArrayChildren } from 'vue';

import type { CodeNode } from './load-highlighter.ts';

export function renderCode(nodes: readonly CodeNode[]): VNodeArrayChildren {
  return nodes.map((node) =>
    typeof node === 'string' ? node : h('span', { class: scopeClass(node.scope) }, renderCode(node.children)),
  );
}

/** `title.function` → `hl-title hl-title-function`: colours are in markdown.css. */
function scopeClass(scope: string): string {
  const [first, ...rest] = scope.split('.').map((part) => part.replace(/[^\w-]/g, ''));
  return [`hl-${first}`, ...rest.map((part) => `hl-${first}-${part}`)].join(' ');
}
