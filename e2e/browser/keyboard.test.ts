// The console without a mouse: Tab reaches whatever can be pressed, in the order of the page, and shows where it is; a plan
// is made, changed and deleted by keys alone.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { Page } from 'playwright-core';

import { visit } from '../lib/browser.ts';
import { signInToConsole } from '../lib/console.ts';
import { CONSOLE_VISITS, fillConsole, signInAs } from '../lib/pages.ts';
import { openSite, type Site } from '../lib/site.ts';
import type { TeacherAccount } from '../lib/teacher.ts';

/** More stops than the longest page has. */
const STOPS_MAX = 250;

let site: Site;
let teacher: TeacherAccount;
beforeAll(async () => {
  site = await openSite();
  teacher = await fillConsole(site);
});
afterAll(() => site[Symbol.asyncDispose]());

/** Numbers every control that can be pressed, and counts them. */
function numberControls(page: Page): Promise<number> {
  return page.evaluate(() => {
    const all = document.querySelectorAll<HTMLElement>(
      'main :is(button, a[href], select, summary, textarea, input:not([type=hidden], [type=file]))',
    );
    const shown = [...all].filter((element) => {
      const { width, height } = element.getBoundingClientRect();
      const isRadio = element.getAttribute('type') === 'radio';
      return width > 0 && height > 0 && !element.matches(':disabled') && element.tabIndex >= 0 && !isRadio;
    });
    shown.forEach((element, index) => (element.dataset.stop = String(index)));
    return shown.length;
  });
}

interface Stop {
  /** Of a control in the page's own part; null elsewhere. */
  stop: number | null;
  isMarked: boolean;
  what: string;
}

function focused(page: Page): Promise<Stop> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const marks = [element, element.parentElement!, element.nextElementSibling ?? element].map((one) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(one);
      return outlineStyle !== 'none' && outlineWidth !== '0px';
    });
    const { stop } = element.dataset;
    return {
      stop: stop === undefined ? null : Number(stop),
      isMarked: marks.includes(true),
      what: element.outerHTML.slice(0, 150),
    };
  });
}

test.each(CONSOLE_VISITS)(
  '/admin%s as %s: Tab reaches every control in the order of the page, and shows which',
  async (path, role) => {
    await using visitor = await visit(site.browser, `${site.url}/admin`);
    const { page } = visitor;
    await signInAs(site, page, role, teacher);
    await page.goto(`${site.url}/admin${path}`);
    await page.locator('main h1').waitFor();
    await page.waitForLoadState('networkidle');
    const count = await numberControls(page);
    const stops: Stop[] = [];
    for (let i = 0; i < STOPS_MAX; i += 1) {
      await page.keyboard.press('Tab');
      const stop = await focused(page);
      stops.push(stop);
      if (stop.stop === count - 1) break;
    }
    // A date has a stop for each of its parts; the mark on its little calendar is the browser's own.
    const reached = new Set(stops.flatMap(({ stop }) => stop ?? []));
    expect([...reached]).toEqual(Array.from({ length: count }, (_, index) => index));
    const marked = new Set(stops.filter(({ isMarked }) => isMarked).map(({ what }) => what));
    expect(stops.map(({ what }) => what).filter((what) => !marked.has(what))).toEqual([]);
  },
  90_000,
);

async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let i = 0; i < STOPS_MAX; i += 1) {
    const label = await page.evaluate(() => {
      const element = document.activeElement as HTMLInputElement;
      return element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent ?? '';
    });
    if (name.test(label.trim())) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never reached ${String(name)}`);
}

test('a plan is made, changed and deleted by keys alone, and the focus comes back to where it was', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin`);
  const { page } = visitor;
  await signInToConsole(site, page);
  await tabTo(page, /^Plans$/);
  await page.keyboard.press('Enter');
  await page.locator('main h1', { hasText: 'Plans' }).waitFor();
  await tabTo(page, /^Make a plan$/);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await tabTo(page, /^Name/);
  await page.keyboard.type('Evening');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('row', { name: /Evening/ }).waitFor();

  await tabTo(page, /^Edit “Evening”$/);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Edit “Evening”');

  await tabTo(page, /^Delete “Evening”$/);
  await page.keyboard.press('Enter');
  await page.getByRole('alertdialog').waitFor();
  await tabTo(page, /^Delete$/);
  await page.keyboard.press('Enter');
  await page.getByRole('row', { name: /Evening/ }).waitFor({ state: 'detached' });
  expect(visitor.faults).toEqual([]);
}, 60_000);
