// The console's call log: found by filters, page after page, a call in detail, all as a file; and nothing of what was said.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';

import { ADMIN_PASSWORD } from '../../server/testing/server-process.ts';
import { visit } from '../lib/browser.ts';
import { openSite, type Site } from '../lib/site.ts';

let site: Site;
beforeAll(async () => {
  site = await openSite();
  await site.addModel('good', {});
  await site.addModel('broken', { status: 500 });
  const asked = (model: string) =>
    fetch(`${site.url}/api/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'a secret question' }] }),
    }).then((response) => response.text());
  for (let n = 0; n < 60; n += 1) await asked('good');
  await asked('broken');
});
afterAll(() => site[Symbol.asyncDispose]());

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(ADMIN_PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('table').waitFor();
}

const rows = (page: Page) => page.locator('tbody tr');

test('an administrator finds calls by filters, which stay in the address, and sees the older ones', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/logs`);
  const { page } = visitor;
  await signIn(page);
  expect(await rows(page).count()).toBe(50);
  await page.getByRole('button', { name: 'Show older ones' }).click();
  await page.getByText('Calls shown: 61').waitFor();
  expect(await rows(page).count()).toBe(61);

  await page.getByLabel('Status').selectOption('Failed');
  await page.keyboard.press('Tab');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByText('Calls shown: 1', { exact: true }).waitFor();
  expect(await rows(page).first().innerText()).toContain('broken');
  expect(new URL(page.url()).search).toBe('?status=error');

  await page.goBack();
  await page.getByText('Calls shown: 50').waitFor();
  expect(await page.getByLabel('Status').inputValue()).toBe('');
  await page.getByRole('button', { name: 'More filters' }).click();
  await page.getByLabel('Channel').fill('no such channel');
  await page.keyboard.press('Enter');
  await page.getByText('No call fits these filters.').waitFor();
  expect(visitor.faults).toEqual([]);
});

test('one call shows its attempts, its error and its numbers, and nothing of what was said', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/logs?status=error`);
  const { page } = visitor;
  await signIn(page);
  await rows(page).first().getByRole('button').press('Enter');
  const dialog = page.getByRole('dialog', { name: 'broken' });
  await dialog.getByText(/^Requests to model services: \d$/).waitFor();
  expect(await dialog.innerText()).toContain('HTTP 500');
  expect(await page.content()).not.toContain('secret question');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(visitor.faults).toEqual([]);
});

test('the file holds all that was found, not only what is shown', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/logs?model=good`);
  const { page } = visitor;
  await signIn(page);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download CSV' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^hallpass-calls-\d{4}-\d\d-\d\d\.csv$/);
  const text = await readFile((await download.path())!, 'utf8');
  expect(text.startsWith('\uFEFF')).toBe(true);
  expect(text.trim().split('\n')).toHaveLength(61);
});

test('a date that is none, written into the address, is said and can be mended', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/logs?start=yesterday`);
  const { page } = visitor;
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(ADMIN_PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByText('Calls shown: 50').waitFor();
});
