// Lighthouse on the built page, as a phone on a slow network sees it: at least 95 in performance, accessibility and
// best practices.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { modernNode } from '../../scripts/lib/modern-node.mjs';
import { createServerFolder, type ServerFolder } from '../../server/testing/server-process.ts';
import { CHROMIUM, CHROMIUM_ARGS } from '../lib/browser.ts';

const CATEGORIES = ['performance', 'accessibility', 'best-practices'] as const;
const SCORE_MIN = 0.95;
/** Lighthouse measures this machine too; a neighbour's work must not fail a page that is right. */
const TRIES = 4;

interface Report {
  categories: Record<(typeof CATEGORIES)[number], { score: number }>;
  audits: Record<string, { score: number | null; displayValue?: string; title: string }>;
}

let folder: ServerFolder;
let url: string;
let reports: string;
beforeAll(async () => {
  folder = await createServerFolder();
  ({ url } = await folder.start());
  reports = await mkdtemp(join(tmpdir(), 'hallpass-lighthouse-'));
});
afterAll(async () => {
  await folder[Symbol.asyncDispose]();
  await rm(reports, { recursive: true, force: true });
});

async function lighthouse(path: string): Promise<Report> {
  const cli = Bun.resolveSync('lighthouse/cli/index.js', import.meta.dir);
  const file = join(reports, `${crypto.randomUUID()}.json`);
  const flags = [
    `--output=json`,
    `--output-path=${file}`,
    '--quiet',
    '--no-enable-error-reporting',
    `--only-categories=${CATEGORIES.join(',')}`,
    `--chrome-flags=--headless=new ${CHROMIUM_ARGS.join(' ')}`,
  ];
  const child = Bun.spawn([await modernNode(), cli, url + path, ...flags], {
    env: { ...process.env, CHROME_PATH: CHROMIUM },
    stdout: 'ignore',
    stderr: 'pipe',
  });
  const [errors, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  if (code !== 0) throw new Error(`Lighthouse ended with ${code}: ${errors}`);
  return JSON.parse(await readFile(file, 'utf8')) as Report;
}

/** The page everybody begins on is the one that has to be quick; the others come from there. */
const PAGES = [
  ['/', CATEGORIES],
  ['/login', ['accessibility', 'best-practices']],
] as const;

test.each(PAGES)(
  '%s scores at least 95 in %p',
  async (path, wanted) => {
    const lacks = ({ categories }: Report) => wanted.filter((name) => categories[name].score < SCORE_MIN);
    let report = await lighthouse(path);
    for (let i = 1; i < TRIES && lacks(report).length > 0; i++) report = await lighthouse(path);
    const scores = CATEGORIES.map((name) => `${name} ${Math.round(report.categories[name].score * 100)}`).join(', ');
    const times = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time']
      .map((name) => `${name} ${report.audits[name]?.displayValue}`)
      .join(', ');
    process.stdout.write(`Lighthouse of ${path}: ${scores}; ${times}\n`);
    const wrong = Object.values(report.audits).filter(({ score }) => score !== null && score < 0.5);
    expect([lacks(report), lacks(report).length > 0 ? wrong.map(({ title }) => title) : []]).toEqual([[], []]);
  },
  120_000,
);
