// Loads the Markdown renderer once, apart from the page: nobody waits for it to type a question.
import type { Component } from 'vue';

import { loadOnce } from '@/lib/load-once.ts';

/** @returns undefined when it cannot be fetched now; the next call tries again. */
export const loadMarkdown = loadOnce(async (): Promise<Component> => {
  const module = await import('@/markdown/MarkdownText.vue');
  return module.default;
});
