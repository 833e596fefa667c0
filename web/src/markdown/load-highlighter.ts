// Loads the highlighter with the first finished block of code.

/** Text, or a coloured part with more inside. */
export type CodeNode = string | { scope: string; children: CodeNode[] };

/** @returns undefined for a language it does not know and for code too long to colour. */
export type Highlight = (code: string, language: string) => CodeNode[] | undefined;

let loading: Promise<Highlight | undefined> | undefined;

/** @returns undefined when it cannot be fetched; the code then stays plain. */
export function loadHighlighter(): Promise<Highlight | undefined> {
  loading ??= import('./highlight.ts').then(
    ({ highlight }) => highlight,
    () => {
      loading = undefined;
      return undefined;
    },
  );
  return loading;
}
