// Loads the Markdown renderer once, apart from the page: nobody waits for it to type a question.
import type { Component } from 'vue';

let loading: Promise<Component | undefined> | undefined;

/** @returns undefined when it cannot be fetched now; the next call tries again. */
export function loadMarkdown(): Promise<Component | undefined> {
  loading ??= import('@/markdown/MarkdownText.vue').then(
    (module) => module.default as Component,
    () => {
      loading = undefined;
      return undefined;
    },
  );
  return loading;
}
