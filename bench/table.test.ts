// The table of the benchmark: medians, ratios beside nginx, and the page it is kept in.
import { describe, expect, test } from 'bun:test';

import { addResult, formatFigure, type Line, median, renderTable, replaceResults, type Results } from './table.ts';

const columns = [
  { name: 'nginx', title: 'nginx' },
  { name: 'hallpass', title: 'Hallpass' },
];
const line = (fields: Partial<Line>): Line => ({
  row: 'whole',
  key: 'cpu',
  title: 'CPU',
  unit: 'µs',
  ratio: true,
  ...fields,
});

describe('the table', () => {
  test('shows the median of the rounds and the ratio to nginx', () => {
    const results: Results = new Map();
    for (const value of [12, 10, 11]) addResult(results, 'whole.cpu', 'nginx', value);
    for (const value of [44, 40, 400]) addResult(results, 'whole.cpu', 'hallpass', value);
    expect(renderTable([line({})], columns, results)).toEndWith('| CPU, µs | 11 | 44 (4×) |');
  });

  test('leaves out a line without figures and marks a target without one', () => {
    const results: Results = new Map();
    addResult(results, 'whole.cpu', 'hallpass', 44);
    const table = renderTable([line({}), line({ key: 'rate', title: 'rate' })], columns, results);
    expect(table).toEndWith('| CPU, µs | – | 44 |');
    expect(table).not.toContain('rate');
  });

  test('median of an even number, of none, and of what could not be measured', () => {
    expect(median([1, 2, 3, 10])).toBe(2.5);
    expect(median([])).toBeUndefined();
    expect(median([Number.NaN])).toBeUndefined();
  });

  test('three digits that mean something', () => {
    expect([0.1234, 12.34, 1234.5, 0].map(formatFigure)).toEqual(['0.12', '12.3', '1,235', '0']);
  });
});

describe('the kept page', () => {
  test('gets the new report between its marks and keeps the rest', async () => {
    const page = await Bun.file(`${import.meta.dir}/README.md`).text();
    const once = replaceResults(page, 'first');
    const twice = replaceResults(once, 'second');
    expect(twice).toContain('\n\nsecond\n\n');
    expect(twice).not.toContain('first\n');
    expect(twice.startsWith(page.slice(0, 500))).toBe(true);
  });

  test('without marks is an error, not a lost page', () => {
    expect(() => replaceResults('no marks', 'x')).toThrow('has lost the marks');
  });
});
