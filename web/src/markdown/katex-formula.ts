// KaTeX, told to trust nothing: no links, no images, no styles from the formula, bounded macros and sizes.
import katex from 'katex';
import 'katex/dist/katex.min.css';

/** A formula KaTeX cannot read stays as it was written. */
export function renderFormula(formula: string, place: HTMLElement, block: boolean): void {
  try {
    render(formula, place, block);
  } catch (error) {
    if (!(error instanceof katex.ParseError)) throw error;
    const source = document.createElement('code');
    source.textContent = formula;
    place.replaceChildren(source);
  }
}

function render(formula: string, place: HTMLElement, block: boolean): void {
  katex.render(formula, place, {
    displayMode: block,
    throwOnError: true,
    trust: false,
    strict: 'ignore',
    maxSize: 20,
    maxExpand: 200,
  });
}
