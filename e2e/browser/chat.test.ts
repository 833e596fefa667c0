// The chat page as a guest finds it: the demo model answers, and everything works by keyboard alone.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Browser } from 'playwright-core';

import { createServerFolder, type ServerFolder } from '../../server/testing/server-process.ts';
import { elsewhere, launchBrowser, visit } from '../lib/browser.ts';
import { answered, ask, composer, lastAnswer } from '../lib/chat.ts';

let browser: Browser;
let folder: ServerFolder;
let url: string;

beforeAll(async () => {
  folder = await createServerFolder();
  ({ url } = await folder.start({ GUEST_RPM: '1000' }));
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await folder[Symbol.asyncDispose]();
});

describe('a guest', () => {
  test('asks the demo model, sees it think, and reads its answer while it comes', async () => {
    await using visitor = await visit(browser, url);
    const { page } = visitor;
    await page.getByRole('button', { name: 'Model: Demo model' }).waitFor();
    await ask(page, 'Why is the sky red?');
    await page.getByRole('button', { name: /^Thinking… \d+ s$/ }).waitFor();
    await page.getByRole('button', { name: 'Stop the answer' }).waitFor();
    await page.locator('.md').waitFor();
    const early = (await page.locator('.md').innerText()).length;
    await page.getByRole('button', { name: /^Thought for \d+ s$/ }).waitFor();
    await answered(page);
    expect((await page.locator('.md').innerText()).length).toBeGreaterThan(early);
    expect(await page.getByRole('status').allInnerTexts()).toContain('The answer is complete.');
    expect(visitor.faults).toEqual([]);
    expect(elsewhere(visitor)).toEqual([]);
  });

  test('opens and folds the thinking', async () => {
    await using visitor = await visit(browser, url);
    const { page } = visitor;
    await ask(page, 'Hello');
    await answered(page);
    const thought = page.getByRole('button', { name: /^Thought for/ });
    expect(await thought.getAttribute('aria-expanded')).toBe('false');
    await thought.click();
    expect(await thought.getAttribute('aria-expanded')).toBe('true');
    const text = page.locator(`#${await thought.getAttribute('aria-controls')}`);
    expect((await text.innerText()).length).toBeGreaterThan(10);
    await thought.click();
    expect(await text.isVisible()).toBe(false);
  });

  test('stops an answer, keeps what came, and asks for another', async () => {
    await using visitor = await visit(browser, url);
    const { page } = visitor;
    await ask(page, 'Tell me a long story');
    await page.getByRole('button', { name: 'Stop the answer' }).click();
    await page.getByText('You stopped this answer.').waitFor();
    await page.getByRole('button', { name: 'Answer again' }).click();
    await page.getByRole('button', { name: 'Stop the answer' }).waitFor();
    await answered(page);
    expect(await page.getByText('You stopped this answer.').count()).toBe(0);
    expect(await page.getByRole('article').count()).toBe(2);
  });

  test('copies an answer as it was written', async () => {
    await using visitor = await visit(browser, url);
    const { page } = visitor;
    await ask(page, 'Hello');
    await answered(page);
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    await composer(page).focus();
    await page.keyboard.press('Control+V');
    expect((await composer(page).inputValue()).length).toBeGreaterThan(20);
  });

  test('begins a new chat, and a reload leaves nothing', async () => {
    await using visitor = await visit(browser, url);
    const { page } = visitor;
    await ask(page, 'Hello');
    await answered(page);
    await page.getByRole('button', { name: 'New chat' }).click();
    expect(await page.getByRole('article').count()).toBe(0);
    await ask(page, 'Hello again');
    await page.reload();
    await page.getByRole('heading', { name: 'What would you like to figure out?' }).waitFor();
    expect(await page.getByRole('article').count()).toBe(0);
    const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    expect(stored).not.toContain('Hello');
  });

  test('reads further up while the answer grows, and jumps back to its end', async () => {
    await using visitor = await visit(browser, url, { phone: true });
    const { page } = visitor;
    await ask(page, 'A question with many lines\n'.repeat(60));
    const flow = page.locator('main');
    const gap = () => flow.evaluate((el) => el.scrollHeight - el.scrollTop - el.clientHeight);
    await page.locator('.md').waitFor();
    expect(await gap()).toBeLessThan(60);
    await flow.evaluate((el) => el.scrollBy(0, -400));
    const latest = page.getByRole('button', { name: 'Jump to the latest' });
    await latest.waitFor();
    await answered(page);
    expect(await gap()).toBeGreaterThan(300);
    await latest.click();
    await page.waitForFunction(() => {
      const el = document.querySelector('main')!;
      return el.scrollHeight - el.scrollTop - el.clientHeight < 60;
    });
    await latest.waitFor({ state: 'detached' });
  });
});

describe('by keyboard alone', () => {
  test('a starter is chosen, the answer is stopped with Escape, the model list is opened and closed', async () => {
    await using visitor = await visit(browser, url);
    const { page } = visitor;
    await page.getByRole('region', { name: 'Ideas to begin with' }).waitFor();
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Why is the sky red in the evening? Give me a hint first.');
    await page.keyboard.press('Enter');
    await page.getByRole('article').first().waitFor();
    await composer(page).focus();
    await page.keyboard.press('Escape');
    await page.getByText('You stopped this answer.').waitFor();
    await page.getByRole('button', { name: 'Model: Demo model' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('listbox').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('listbox').waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Model: Demo model');
    expect(visitor.faults).toEqual([]);
  });

  test('Shift+Enter breaks the line, Enter sends, and the way to the composer is the first thing offered', async () => {
    await using visitor = await visit(browser, url, { phone: true });
    const { page } = visitor;
    await page.getByRole('button', { name: 'Model: Demo model' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Skip to');
    await page.keyboard.press('Enter');
    await page.keyboard.type('one');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('two');
    expect(await composer(page).inputValue()).toBe('one\ntwo');
    await page.keyboard.press('Enter');
    expect(await page.getByRole('article').first().innerText()).toContain('one\ntwo');
  });

  test('an input method’s Enter does not send', async () => {
    await using visitor = await visit(browser, url);
    const { page, context } = visitor;
    await page.getByRole('button', { name: 'Model: Demo model' }).waitFor();
    await composer(page).focus();
    const input = await context.newCDPSession(page);
    await input.send('Input.imeSetComposition', { text: 'ni hao', selectionStart: 6, selectionEnd: 6 });
    await input.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Enter', windowsVirtualKeyCode: 229 });
    await input.send('Input.insertText', { text: '你好' });
    expect(await composer(page).inputValue()).toBe('你好');
    expect(await page.getByRole('article').count()).toBe(0);
    await page.waitForTimeout(50);
    await page.keyboard.press('Enter');
    await page.getByRole('article').first().waitFor();
  });
});

describe('languages and looks', () => {
  test.each([
    ['zh-CN', '今天想弄懂什么？', '演示模型'],
    ['zh-TW', '今天想弄懂什麼？', '示範模型'],
    ['en-US', 'What would you like to figure out?', 'Demo model'],
  ] as const)('a browser in %s reads its own words', async (locale, greeting, model) => {
    await using visitor = await visit(browser, url, { locale });
    await visitor.page.getByRole('heading', { name: greeting }).waitFor();
    await visitor.page.getByText(model, { exact: true }).first().waitFor();
    expect(await visitor.page.locator('html').getAttribute('lang')).toBe(locale === 'en-US' ? 'en' : locale);
    expect(visitor.faults).toEqual([]);
  });

  test('the switch of language and of light and dark holds after a reload', async () => {
    await using visitor = await visit(browser, url);
    const { page } = visitor;
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('menuitemradio', { name: '繁體中文（台灣）' }).click();
    await page.getByRole('heading', { name: '今天想弄懂什麼？' }).waitFor();
    await page.getByRole('button', { name: '選單' }).click();
    await page.getByRole('menuitemradio', { name: '深色' }).click();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    await page.reload();
    await page.getByRole('heading', { name: '今天想弄懂什麼？' }).waitFor();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
  });

  test('the answer of the demo model comes in the language of the page', async () => {
    await using visitor = await visit(browser, url, { locale: 'zh-TW' });
    const { page } = visitor;
    await page.getByRole('textbox', { name: '你的問題' }).fill('你好');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: '重答' }).waitFor();
    expect(await lastAnswer(page).innerText()).toMatch(/[這個們說]/);
  });
});
