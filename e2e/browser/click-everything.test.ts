// Every page of the console: each button, link, switch and field that is shown is pressed once, from the page as it first
// looked. Nothing breaks: no error in the browser's log, no page without a heading, no dialog that Escape does not close.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { Page } from 'playwright-core';

import { visit } from '../lib/browser.ts';
import { CONSOLE_VISITS, fillConsole, signInAs } from '../lib/pages.ts';
import { openSite, type Site } from '../lib/site.ts';
import type { TeacherAccount } from '../lib/teacher.ts';

let site: Site;
let teacher: TeacherAccount;
beforeAll(async () => {
  site = await openSite();
  teacher = await fillConsole(site);
});
afterAll(() => site[Symbol.asyncDispose]());

const CONTROLS = 'main :is(button, a[href^="/admin"], [role=switch], summary, select, input:not([type=file]))';

/** So long nothing is on its way before a page counts as drawn. */
const QUIET_MS = 100;

/** Resolves when nothing that the page asked for is on its way, and was not for a moment. */
function quietOf(page: Page): () => Promise<void> {
  let under = 0;
  let lastAt = 0;
  const begun = () => {
    under += 1;
    lastAt = performance.now();
  };
  const ended = () => {
    under -= 1;
    lastAt = performance.now();
  };
  page.on('request', begun).on('requestfinished', ended).on('requestfailed', ended);
  return async () => {
    while (under > 0 || performance.now() - lastAt < QUIET_MS) await Bun.sleep(QUIET_MS / 4);
  };
}

/** Controls by their place, for a page drawn again has the same ones. */
async function countControls(page: Page, quiet: () => Promise<void>): Promise<number> {
  await page.locator('main h1').waitFor();
  await quiet();
  return page.locator(CONTROLS).count();
}

/** What it asked for is on its way, and what it shows stands. */
async function drawn(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

/** What somebody sees of the page: only where a press changed it, the next one needs a fresh one. */
function lookOf(page: Page): Promise<string> {
  return page.evaluate(() => {
    const main = document.querySelector('main')!;
    const fields = [...main.querySelectorAll('input, select, textarea')].map((field) =>
      field instanceof HTMLInputElement && field.type === 'checkbox'
        ? field.checked
        : (field as HTMLInputElement).value,
    );
    return JSON.stringify([location.href, main.innerText, fields]);
  });
}

async function press(page: Page, index: number, quiet: () => Promise<void>): Promise<void> {
  const control = page.locator(CONTROLS).nth(index);
  if (!(await control.isVisible()) || !(await control.isEnabled())) return;
  const kind = await control.evaluate((element) => element.tagName);
  if (kind === 'SELECT') {
    const last = await control.evaluate((element) => (element as HTMLSelectElement).options.length - 1);
    await control.selectOption({ index: last });
  } else if (kind === 'INPUT') {
    const type = await control.getAttribute('type');
    if (type === 'checkbox' || type === 'radio') await control.click();
    else if (type === null || type === 'text' || type === 'search') await control.fill('1');
  } else await control.click();
  // A dialog that came up goes away by Escape, and the page is there again.
  const dialog = page.locator('[role=dialog], [role=alertdialog]');
  await drawn(page);
  await quiet();
  if ((await dialog.count()) > 0) {
    await page.keyboard.press('Escape');
    await dialog.first().waitFor({ state: 'detached' });
  }
  await page.locator('main h1').waitFor();
}

test.each(CONSOLE_VISITS)(
  '/admin%s as %s',
  async (path, role) => {
    await using visitor = await visit(site.browser, `${site.url}/admin/login`);
    const { page } = visitor;
    const quiet = quietOf(page);
    page.on('dialog', (dialog) => void dialog.accept());
    await page.addInitScript(() => (window.print = () => {}));
    await signInAs(site, page, role, teacher);
    await page.goto(`${site.url}/admin${path}`);
    const count = await countControls(page, quiet);
    const fresh = await lookOf(page);
    for (let index = 0; index < count; index += 1) {
      await press(page, index, quiet);
      if ((await lookOf(page)) === fresh) continue;
      await page.goto(`${site.url}/admin${path}`);
      await countControls(page, quiet);
    }
    expect(visitor.faults).toEqual([]);
  },
  180_000,
);
