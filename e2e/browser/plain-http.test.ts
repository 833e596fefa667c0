// The pages at a school's own name over plain HTTP: no secure context, so no clipboard, no crypto.randomUUID.
import { afterAll, beforeAll, expect, test } from 'bun:test';

import { ADMIN_PASSWORD } from '../../server/testing/server-process.ts';
import { elsewhere, SCHOOL_HOST, visit } from '../lib/browser.ts';
import { answered, ask, composer, lastAnswer } from '../lib/chat.ts';
import { openSite, type Site } from '../lib/site.ts';

let site: Site;
let url: string;
beforeAll(async () => {
  site = await openSite();
  url = site.url.replace('127.0.0.1', SCHOOL_HOST);
});
afterAll(() => site[Symbol.asyncDispose]());

test('a guest chats, stops and copies where the browser trusts nothing', async () => {
  await using visitor = await visit(site.browser, url);
  const { page } = visitor;
  expect(await page.evaluate(() => isSecureContext)).toBe(false);
  expect(await page.evaluate(() => [typeof navigator.clipboard, typeof crypto.randomUUID])).toEqual([
    'undefined',
    'undefined',
  ]);
  await ask(page, 'Hello');
  await answered(page);
  const text = await lastAnswer(page).locator('.md').innerText();
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  await composer(page).focus();
  await page.keyboard.press('Control+V');
  expect((await composer(page).inputValue()).slice(0, 10)).toBe(text.slice(0, 10));
  await composer(page).fill('');
  await ask(page, 'And now?');
  await page.getByRole('button', { name: 'Stop the answer' }).click();
  await page.getByText('You stopped this answer.').waitFor();
  expect(visitor.faults).toEqual([]);
  expect(elsewhere(visitor)).toEqual([]);
});

test('an administrator signs in and adds a channel there', async () => {
  site.upstream.script('plain', { words: ['Plain', ' words.', '\n\n```js\nlet a = 1;\n```\n'] });
  await using visitor = await visit(site.browser, `${url}/admin/channels`);
  const { page } = visitor;
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(ADMIN_PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Add a channel' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('Plain');
  await dialog.getByLabel('Base URL').fill(site.upstream.baseUrl);
  await dialog.getByLabel('Model ID').fill('plain');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('“Plain” is saved.').waitFor();
  await page.goto(url);
  await ask(page, 'Hello');
  await answered(page);
  await page.getByRole('button', { name: 'Copy code' }).click();
  await composer(page).focus();
  await page.keyboard.press('Control+V');
  expect(await composer(page).inputValue()).toBe('let a = 1;');
  expect(visitor.faults).toEqual([]);
});
