// Streaming stays smooth: 200 tokens a second at the end of a conversation of 90 messages, on a slowed processor.
import { afterAll, beforeAll, expect, test } from 'bun:test';

import { visit } from '../lib/browser.ts';
import { answered, ask, chooseModel } from '../lib/chat.ts';
import { openSite, type Site } from '../lib/site.ts';

const QUESTIONS = 44;
const TOKENS = 800;
/** As a phone of the lower middle. */
const CPU_SLOWDOWN = 4;
/**
 * Milliseconds the page may be deaf at once. Measured on two quiet processors: see the line this test prints. The bound
 * catches work that grows with the conversation, which is ten times this, not a busy machine.
 */
const LONG_TASK_MAX_MS = 1_000;

const PARAGRAPH = `Water goes **round**: it rises, cools and falls.\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n\`\`\`python\nprint("rain")\n\`\`\`\n\n`;

declare global {
  interface Window {
    /** Milliseconds. */
    screenAt?: number;
  }
}

let site: Site;
beforeAll(async () => {
  site = await openSite();
  await site.addModel('short', { words: [PARAGRAPH] });
  const words = PARAGRAPH.match(/[\s\S]{1,4}/g)!;
  const long = Array.from({ length: TOKENS }, (_, i) => words[i % words.length]!);
  await site.addModel('fast', { words: long, wordDelayMs: 5 });
});
afterAll(() => site[Symbol.asyncDispose]());

test('a fast answer after 88 messages leaves the page awake, and writes only what changed', async () => {
  await using visitor = await visit(site.browser, site.url);
  const { page, context } = visitor;
  await chooseModel(page, 'short');
  for (let i = 0; i < QUESTIONS; i++) {
    await ask(page, `Question ${i}`);
    await page.waitForFunction(
      (count) => document.querySelectorAll('article[aria-busy=false]').length === count,
      i + 1,
    );
  }
  expect(await page.getByRole('article').count()).toBe(QUESTIONS * 2);
  await chooseModel(page, 'fast');
  const devtools = await context.newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN });
  await page.evaluate(() => {
    const seen = { longTasks: [] as number[], gaps: [] as number[], old: 0 };
    Object.assign(window, { seen });
    new PerformanceObserver((list) =>
      seen.longTasks.push(...list.getEntries().map(({ duration }) => duration)),
    ).observe({
      entryTypes: ['longtask'],
    });
    let last = performance.now();
    const frame = (now: number) => {
      seen.gaps.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    // Whatever touches an answer that was there before is work that grows with the conversation.
    const observer = new MutationObserver((list) => (seen.old += list.length));
    for (const article of [...document.querySelectorAll('article .md')].slice(0, -2))
      observer.observe(article, { subtree: true, childList: true, characterData: true });
  });
  const startedAt = performance.now();
  await ask(page, 'Tell me all');
  await page.waitForFunction(
    (count) => document.querySelectorAll('article[aria-busy=false]').length === count,
    QUESTIONS + 1,
    {
      timeout: 30_000,
    },
  );
  const seconds = (performance.now() - startedAt) / 1000;
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  const { longTasks, gaps, old } = await page.evaluate(
    () => (window as unknown as { seen: { longTasks: number[]; gaps: number[]; old: number } }).seen,
  );
  const sorted = gaps.toSorted((a, b) => a - b);
  const p95 = sorted[Math.floor(sorted.length * 0.95)]!;
  const longest = Math.max(0, ...longTasks);
  process.stdout.write(
    `${TOKENS} tokens in ${seconds.toFixed(1)} s at ${CPU_SLOWDOWN}x slowdown: ${gaps.length} frames, ` +
      `95 % within ${p95.toFixed(0)} ms, ${longTasks.length} long tasks, the longest ${longest.toFixed(0)} ms\n`,
  );
  expect(old).toBe(0);
  expect(longest).toBeLessThan(LONG_TASK_MAX_MS);
  expect(visitor.faults).toEqual([]);
  await answered(page);
}, 120_000);

/** Milliseconds until the greeting is painted. */
const FIRST_SCREEN_MAX_MS = 1_000;
/** A neighbour's work on this machine must not fail a page that is right. */
const TRIES = 5;

test('the first screen is there within a second on a slowed phone in a school’s network', async () => {
  let screen = Number.POSITIVE_INFINITY;
  for (let i = 0; i < TRIES && !(screen < FIRST_SCREEN_MAX_MS); i++) screen = Math.min(screen, await firstScreen());
  expect(screen).toBeLessThan(FIRST_SCREEN_MAX_MS);
}, 60_000);

/** Milliseconds from the request to the painted greeting, on a phone that has never been here. */
async function firstScreen(): Promise<number> {
  await using visitor = await visit(site.browser, 'about:blank', { phone: true });
  const { page, context } = visitor;
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  const perSecond = (megabits: number) => (megabits * 1_000_000) / 8;
  const network = { offline: false, latency: 40, downloadThroughput: perSecond(10), uploadThroughput: perSecond(5) };
  await devtools.send('Network.emulateNetworkConditions', network);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN });
  // When the greeting was painted, not when this test came to ask.
  await page.addInitScript(() =>
    new PerformanceObserver((list) => {
      for (const { startTime, renderTime = 0 } of list.getEntries() as (PerformanceEntry & { renderTime?: number })[])
        window.screenAt ??= renderTime || startTime;
    }).observe({ type: 'element', buffered: true }),
  );
  await page.goto(site.url, { waitUntil: 'commit' });
  await page.getByRole('button', { name: /^Model: / }).waitFor();
  const { screen, usable } = await page.evaluate(() => ({
    screen: window.screenAt ?? Number.POSITIVE_INFINITY,
    usable: performance.now(),
  }));
  process.stdout.write(
    `first screen ${screen.toFixed(0)} ms, the application ${usable.toFixed(0)} ms (10 Mbit/s, 40 ms, ${CPU_SLOWDOWN}x slowdown)\n`,
  );
  return screen;
}
