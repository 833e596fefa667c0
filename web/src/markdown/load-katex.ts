// Loads KaTeX with the first formula.

export type RenderFormula = (formula: string, place: HTMLElement, block: boolean) => void;

let loading: Promise<RenderFormula | undefined> | undefined;

/** @returns undefined when it cannot be fetched; the formula then stays as it was written. */
export function loadKatex(): Promise<RenderFormula | undefined> {
  loading ??= import('./katex-formula.ts').then(
    ({ renderFormula }) => renderFormula,
    () => {
      loading = undefined;
      return undefined;
    },
  );
  return loading;
}
