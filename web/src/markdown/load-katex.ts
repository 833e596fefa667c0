// Loads KaTeX with the first formula.
import { loadOnce } from '@/lib/load-once.ts';

export type RenderFormula = (formula: string, place: HTMLElement, block: boolean) => void;

/** @returns undefined when it cannot be fetched; the formula then stays as it was written. */
export const loadKatex = loadOnce(async (): Promise<RenderFormula> => {
  const module = await import('./katex-formula.ts');
  return module.renderFormula;
});
