// The chat page where things are rough: magnified, a phone's keyboard, far too much text, names from right to left,
// languages switched in the middle, a network that goes away before the first answer.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Page } from 'playwright-core';

import { visit } from '../lib/browser.ts';
import { answered, ask, chooseModel, composer, lastAnswer } from '../lib/chat.ts';
import { openSite, type Site } from '../lib/site.ts';

const WORDS = Array.from({ length: 40 }, (_, i) => `word${i} `);
const RTL_NAME = `${'مدرسة النور '.repeat(4).trim()} (3)`;
const LONG_NAME = 'a-model-with-a-name-that-never-ends'.repeat(3);

let site: Site;
beforeAll(async () => {
  site = await openSite();
  await site.addModel('slow', { words: WORDS, wordDelayMs: 60 });
  await site.addModel('formula', { words: ['Then $a^2$ **holds**.\n\n```js\nlet a = 1;\n```\n'] });
  for (const [id, name] of [
    ['rtl', RTL_NAME],
    ['long', LONG_NAME],
  ] as const) {
    site.upstream.script(id, { words: ['ok'] });
    const channel = { name: id, base_url: site.upstream.baseUrl, api_key: 'sk-x', model_id: id, display_name: name };
    await site.admin('POST', '/api/admin/channels', channel);
  }
});
afterAll(() => site[Symbol.asyncDispose]());

const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Whether it is wholly on the screen. */
async function isWhole(page: Page, selector: string): Promise<boolean> {
  return page.locator(selector).evaluate((el) => {
    const { top, bottom, left, right } = el.getBoundingClientRect();
    return top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
  });
}

describe('a small window', () => {
  // 1280 × 800 magnified to 200 % and to 400 %; a phone upright and lying down with its keyboard up.
  test.each([
    [640, 400],
    [320, 256],
    [390, 380],
    [844, 190],
  ])('of %d × %d still takes a question and shows the end of its answer', async (width, height) => {
    await using visitor = await visit(site.browser, site.url);
    const { page } = visitor;
    await chooseModel(page, 'slow');
    await page.setViewportSize({ width, height });
    expect(await overflow(page)).toBe(0);
    await composer(page).click();
    expect(await isWhole(page, '#question')).toBe(true);
    await ask(page, 'Hello');
    await page.getByRole('button', { name: 'Stop the answer' }).waitFor();
    expect(await isWhole(page, 'button[aria-label="Stop the answer"]')).toBe(true);
    await answered(page);
    expect(await overflow(page)).toBe(0);
    expect(await isWhole(page, '#question')).toBe(true);
    // The keyboard goes and comes: the end of the answer stays in sight.
    await page.setViewportSize({ width, height: height + 300 });
    await page.waitForTimeout(200);
    await page.setViewportSize({ width, height });
    const isAtEnd = () => page.locator('main').evaluate((el) => el.scrollHeight - el.scrollTop - el.clientHeight <= 48);
    await page.waitForFunction(
      () => {
        const el = document.querySelector('main')!;
        return el.scrollHeight - el.scrollTop - el.clientHeight <= 48;
      },
      undefined,
      { timeout: 3_000 },
    );
    expect(await isAtEnd()).toBe(true);
    expect(visitor.faults).toEqual([]);
  });
});

describe('far too much text', () => {
  test('is told in numbers at once; exactly the bound is sent whole', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page } = visitor;
    await chooseModel(page, 'formula');
    await composer(page).focus();
    const paste = (length: number) =>
      page.evaluate((count) => {
        const field = document.querySelector<HTMLTextAreaElement>('#question')!;
        field.select();
        document.execCommand('insertText', false, '長'.repeat(count));
      }, length);
    await paste(100_001);
    await page.getByRole('alert').getByText('That is too long: 100,001 of at most 100,000 characters.').waitFor();
    await composer(page).press('Enter');
    expect(await page.getByRole('article').count()).toBe(0);
    await paste(100_000);
    await page.getByText('That is too long').waitFor({ state: 'detached' });
    await composer(page).press('Enter');
    await answered(page);
    const { messages } = site.upstream.journal.at(-1)!.body as { messages: { content: string }[] };
    expect(messages[0]!.content).toHaveLength(100_000);
    expect(await overflow(page)).toBe(0);
  });
});

describe('names', () => {
  test.each([RTL_NAME, LONG_NAME])('%s stays in its place, on a phone too', async (name) => {
    await using visitor = await visit(site.browser, site.url, { phone: true });
    const { page } = visitor;
    await chooseModel(page, name);
    await page.getByRole('button', { name: 'Menu' }).waitFor();
    expect(await overflow(page)).toBe(0);
    const [model, menu] = await Promise.all(
      [`Model: ${name}`, 'Menu'].map((label) => page.getByRole('button', { name: label }).boundingBox()),
    );
    expect(model!.x + model!.width).toBeLessThanOrEqual(menu!.x);
    expect(model!.height).toBeLessThan(48);
    await ask(page, 'مرحبا، كيف حالك؟');
    await answered(page);
    // What is written from right to left begins at the right, with its question mark at its end.
    const question = page.getByRole('article').first().getByText('مرحبا');
    expect(await question.evaluate((el) => getComputedStyle(el).direction)).toBe('rtl');
    expect(await overflow(page)).toBe(0);
    expect(visitor.faults).toEqual([]);
  });
});

test('a file dropped anywhere is attached, under a plain name, and the page stays', async () => {
  await using visitor = await visit(site.browser, site.url);
  const { page } = visitor;
  await chooseModel(page, 'formula');
  const name = '<img src=x onerror="document.title=1">\u202Etxt.exe';
  const isHeld = await page.locator('main').evaluate((main, fileName) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['words'], fileName, { type: 'text/plain' }));
    const event = (type: string) => new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
    // Whether the browser is kept from opening it in the page's stead.
    return [!main.dispatchEvent(event('dragover')), !main.dispatchEvent(event('drop'))];
  }, name);
  expect(isHeld).toEqual([true, true]);
  await page.getByRole('button', { name: 'Remove <img src=x onerror="document.title=1">txt.exe' }).waitFor();
  expect(await page.locator('form img').count()).toBe(0);
  await ask(page, 'Read it');
  await answered(page);
  expect(await page.title()).toBe('Hallpass');
  expect(visitor.faults).toEqual([]);
});

test('the language switched while an answer comes changes the page, not the answer', async () => {
  await using visitor = await visit(site.browser, site.url);
  const { page } = visitor;
  await chooseModel(page, 'slow');
  await ask(page, 'Hello');
  await page.getByText('word2').waitFor();
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('menuitemradio', { name: '繁體中文（台灣）' }).click();
  await page.getByRole('button', { name: '停止回答' }).waitFor();
  await page.getByRole('button', { name: '重答' }).waitFor();
  expect(await lastAnswer(page).innerText()).toContain(WORDS.join('').trim());
  expect(await page.getByRole('status').allInnerTexts()).toContain('回答完成。');
  expect(visitor.faults).toEqual([]);
});

test('a network away before the first answer leaves no unfinished look behind', async () => {
  await using visitor = await visit(site.browser, site.url);
  const { page, context } = visitor;
  await chooseModel(page, 'formula');
  // The dialog has come along after the first screen.
  await page.waitForFunction(() =>
    performance.getEntriesByType('resource').some(({ name }) => /ChatProblem/.test(name)),
  );
  await context.setOffline(true);
  await ask(page, 'Hello');
  const dialog = page.getByRole('alertdialog', { name: 'The server cannot be reached' });
  await dialog.waitFor();
  await context.setOffline(false);
  await dialog.getByRole('button', { name: 'Try again' }).click();
  await answered(page);
  await page.locator('.katex').first().waitFor();
  const frame = () => page.locator('.md-code').evaluate((el) => getComputedStyle(el).borderTopStyle);
  await page.waitForFunction(() => getComputedStyle(document.querySelector('.md-code')!).borderTopStyle === 'solid');
  expect(await frame()).toBe('solid');
});
