// Reads a JUnit report, as `bun test` and vitest write it.
import { existsSync, readFileSync } from 'node:fs';

const CASE = /<testcase\b((?:[^>"]|"[^"]*")*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g;
const CUT_AT = 1_500;
const ENTITIES = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

/** @returns totals, and what failed with its reason; all empty when the runner ended before it wrote a report. */
export function readJunit(path) {
  return junitTotals(existsSync(path) ? readFileSync(path, 'utf8') : '');
}

/** Counts test cases rather than trusting a runner's sums, which differ in what they include. */
export function junitTotals(xml) {
  const totals = { passed: 0, failed: 0, skipped: 0, failures: [] };
  for (const [, attributes, body = ''] of xml.matchAll(CASE)) {
    if (/<(failure|error)\b/.test(body)) {
      totals.failed += 1;
      totals.failures.push(failure(attributes, body));
    } else if (/<skipped\b/.test(body) || /\bstatus="skipped"/.test(attributes)) totals.skipped += 1;
    else totals.passed += 1;
  }
  return totals;
}

function failure(attributes, body) {
  const where = [attribute(attributes, 'file'), attribute(attributes, 'classname'), attribute(attributes, 'name')];
  const reason = plain(body.replaceAll(/<[^>]*>/g, ' ')).trim();
  return `${where.filter(Boolean).join(' > ').slice(0, CUT_AT)}\n${reason.slice(0, CUT_AT)}`;
}

const attribute = (attributes, name) => plain(new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes)?.[1] ?? '');

const plain = (xml) =>
  xml.replaceAll(/&(?:#(\d+)|(\w+));/g, (whole, code, name) =>
    code ? String.fromCodePoint(Number(code)) : (ENTITIES[name] ?? whole),
  );
