// Loads the highlighter with the first finished block of code.
import { loadOnce } from '@/lib/load-once.ts';

/** Text, or a coloured part with more inside. */
export type CodeNode = string | { scope: string; children: CodeNode[] };

/** @returns undefined for a language it does not know and for code too long to colour. */
export type Highlight = (code: string, language: string) => CodeNode[] | undefined;

/** @returns undefined when it cannot be fetched; the code then stays plain. */
export const loadHighlighter = loadOnce(async (): Promise<Highlight> => {
  const module = await import('./highlight.ts');
  return module.highlight;
});
