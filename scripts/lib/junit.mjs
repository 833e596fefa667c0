// Reads the totals of a JUnit report, as `bun test` and vitest write it.
import { existsSync, readFileSync } from 'node:fs';

/** @returns totals; all zero when the runner ended before it wrote a report. */
export function readJunit(path) {
  return existsSync(path) ? junitTotals(readFileSync(path, 'utf8')) : { passed: 0, failed: 0, skipped: 0 };
}

/** Counts test cases rather than trusting a runner's sums, which differ in what they include. */
export function junitTotals(xml) {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const [, attributes, body = ''] of xml.matchAll(
    /<testcase\b((?:[^>"]|"[^"]*")*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g,
  )) {
    if (/<(failure|error)\b/.test(body)) totals.failed += 1;
    else if (/<skipped\b/.test(body) || /\bstatus="skipped"/.test(attributes)) totals.skipped += 1;
    else totals.passed += 1;
  }
  return totals;
}
