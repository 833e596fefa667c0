// Leaving and coming back: what stays, what goes, and that nobody finds what somebody else has said.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Page } from 'playwright-core';

import { jsonInit } from '../../server/testing/server-process.ts';
import { visit } from '../lib/browser.ts';
import { answered, ask, chooseModel, lastAnswer } from '../lib/chat.ts';
import { openSite, type Site } from '../lib/site.ts';

const PASSWORD = 'a long enough password';
const WORDS = Array.from({ length: 100 }, (_, i) => `word${i} `);

let site: Site;
beforeAll(async () => {
  site = await openSite();
  await site.addModel('long', { words: WORDS, wordDelayMs: 60 });
  await site.addModel('short', { words: ['A secret of mine.'] });
});
afterAll(() => site[Symbol.asyncDispose]());

/** A new account, signed in on the chat page. */
async function signedIn(page: Page, email: string): Promise<void> {
  const account = { email, password: PASSWORD };
  await fetch(`${site.url}/api/auth/register`, jsonInit(account));
  await page.goto(`${site.url}/login`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('button', { name: /^Model: / }).waitFor();
}

async function menu(page: Page, item: string): Promise<void> {
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

/** Asks for the long answer and waits until it is on its way. */
async function streaming(page: Page) {
  await chooseModel(page, 'long');
  await ask(page, 'Tell me all');
  await page.getByText('word2').waitFor();
  return site.upstream.journal.at(-1)!;
}

async function isStopped(entry: { abortedAt: number | null }): Promise<void> {
  const until = performance.now() + 5_000;
  while (entry.abortedAt === null && performance.now() < until) await Bun.sleep(20);
  expect(entry.abortedAt).not.toBeNull();
}

describe('whoever signs out leaves nothing behind', () => {
  test('from the menu, while an answer is coming', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page } = visitor;
    await signedIn(page, 'menu@school.test');
    const call = await streaming(page);
    await menu(page, 'Sign out');
    await page.getByRole('heading', { name: 'What would you like to figure out?' }).waitFor();
    expect(await page.getByRole('article').count()).toBe(0);
    await isStopped(call);
    expect(await page.evaluate(() => sessionStorage.getItem('hallpass.login'))).toBeNull();
    expect(visitor.faults).toEqual([]);
  });

  test('everywhere, and the next one at this computer finds an empty page', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page } = visitor;
    await signedIn(page, 'everywhere@school.test');
    await chooseModel(page, 'short');
    await ask(page, 'Hello');
    await answered(page);
    await menu(page, 'My account');
    await page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.getByRole('link', { name: 'Chat without an account' }).click();
    await page.getByRole('button', { name: /^Model: / }).waitFor();
    expect(await page.getByRole('article').count()).toBe(0);
    await page.goBack();
    await page.goForward();
    expect(await page.getByText('A secret of mine.').count()).toBe(0);
  });

  test('by deleting the account while an answer is coming', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page } = visitor;
    await signedIn(page, 'gone@school.test');
    const call = await streaming(page);
    await menu(page, 'My account');
    await page.getByRole('button', { name: 'Delete my account' }).click();
    await page.getByRole('alertdialog').getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Delete for good' }).click();
    await page.getByRole('heading', { name: 'What would you like to figure out?' }).waitFor();
    expect(await page.getByRole('article').count()).toBe(0);
    await isStopped(call);
    const login = await fetch(
      `${site.url}/api/auth/login`,
      jsonInit({ email: 'gone@school.test', password: PASSWORD }),
    );
    expect(login.status).toBe(401);
    expect(visitor.faults).toEqual([]);
  });
});

describe('the conversation', () => {
  test('goes on behind another page, is there on the way back, and no page is left without a word', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page } = visitor;
    await streaming(page);
    await menu(page, 'Sign in');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    // The browser asks on every page, for the conversation would be gone.
    const asked = page.waitForEvent('dialog');
    const reloading = page.reload({ timeout: 3_000 }).catch((error: Error) => error.name);
    const dialog = await asked;
    expect(dialog.type()).toBe('beforeunload');
    await dialog.dismiss();
    expect(await reloading).toBe('TimeoutError');
    await page.goBack();
    await answered(page);
    expect(await lastAnswer(page).innerText()).toContain(WORDS.join('').trim());
  });

  test('whose sign-in ends while an answer comes gets it whole; the next question asks to sign in', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page } = visitor;
    await signedIn(page, 'expires@school.test');
    await streaming(page);
    const token = await page.evaluate(
      () => (JSON.parse(sessionStorage.getItem('hallpass.login')!) as { token: string }).token,
    );
    const ended = await fetch(`${site.url}/api/auth/logout`, jsonInit({}, token));
    expect(ended.ok).toBe(true);
    await answered(page);
    expect(await lastAnswer(page).innerText()).toContain(WORDS.at(-1)!.trim());
    await ask(page, 'And now?');
    const dialog = page.getByRole('alertdialog', { name: 'Please sign in again' });
    await dialog.getByRole('button', { name: 'Go on without an account' }).click();
    await page.getByText('word2').nth(1).waitFor();
    expect(await page.getByRole('article').count()).toBe(4);
  });

  test('of one tab is not the other’s, and neither is its sign-in', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page, context } = visitor;
    await signedIn(page, 'tabs@school.test');
    await chooseModel(page, 'short');
    await ask(page, 'Hello');
    await answered(page);
    const other = await context.newPage();
    await other.goto(site.url);
    await other.getByRole('button', { name: /^Model: / }).waitFor();
    expect(await other.getByRole('article').count()).toBe(0);
    await other.getByRole('link', { name: 'Sign in' }).waitFor();
    await menu(page, 'Sign out');
    await ask(other, 'Hello');
    await answered(other);
  });
});

test('a page whose files an update has replaced comes anew instead of doing nothing', async () => {
  await using visitor = await visit(site.browser, site.url);
  const { page } = visitor;
  await page.getByRole('button', { name: /^Model: / }).waitFor();
  let missing = 0;
  await page.route(/LoginPage.*\.js/, async (route) => {
    missing += 1;
    await (missing === 1 ? route.fulfill({ status: 404 }) : route.continue());
  });
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(missing).toBe(2);
});
