// What a spreadsheet would run is written so that it does not. Pure.

/** So that Excel reads the file as UTF-8. */
export const BOM = '\uFEFF';

/**
 * A spreadsheet takes a cell that begins so for a formula, whatever it does not show stands before it:
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^[\s\p{C}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/u;

/** Text that would be a formula gets an apostrophe in front. */
function harmlessCell(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** One line, RFC 4180. */
export function csvLine(cells: readonly (string | number | boolean | null)[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

function cellOf(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const safe = harmlessCell(value);
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
