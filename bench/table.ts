// The one table, as Markdown: a line per figure, a column per target, ratios beside nginx.
import type { Figure } from './rows.ts';

export interface Column {
  name: string;
  title: string;
}

export interface Line extends Figure {
  row: string;
}

/** `row.key` → target → the figure of each round. */
export type Results = Map<string, Map<string, number[]>>;

const YARDSTICK = 'nginx';

/** NaN = nothing to measure. */
export function addResult(results: Results, line: string, target: string, value: number): void {
  if (Number.isNaN(value)) return;
  const byTarget = results.get(line) ?? new Map<string, number[]>();
  results.set(line, byTarget);
  byTarget.set(target, [...(byTarget.get(target) ?? []), value]);
}

export function median(values: readonly number[]): number | undefined {
  const sorted = values.filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Three digits that mean something, thousands apart. */
export function formatFigure(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: 0, maximumFractionDigits: digits });
}

/** Lines nobody has a figure for are left out. */
export function renderTable(lines: readonly Line[], columns: readonly Column[], results: Results): string {
  const head = ['', ...columns.map(({ title }) => title)];
  const align = [':--', ...columns.map(() => '--:')];
  const body = lines.flatMap((line) => {
    const byTarget = results.get(`${line.row}.${line.key}`);
    if (!byTarget) return [];
    const yardstick = line.ratio ? median(byTarget.get(YARDSTICK) ?? []) : undefined;
    const cells = columns.map(({ name }) => cell(median(byTarget.get(name) ?? []), name, yardstick));
    return [[`${line.title}, ${line.unit}`, ...cells]];
  });
  return [head, align, ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function cell(value: number | undefined, target: string, yardstick: number | undefined): string {
  if (value === undefined) return '–';
  const ratio = yardstick && target !== YARDSTICK ? ` (${formatFigure(value / yardstick)}×)` : '';
  return formatFigure(value) + ratio;
}

const BEGIN = '<!-- results: written by npm run bench -- --write -->';
const END = '<!-- end of results -->';

/** Puts the report between the two marks of a page. @throws Error when it has none. */
export function replaceResults(page: string, report: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error('bench/README.md has lost the marks the results go between.');
  return `${page.slice(0, begin + BEGIN.length)}\n\n${report.trim()}\n\n${page.slice(end)}`;
}
