// The console's audit log: who did what in words, one kind alone, older entries, and the seal verified.
import { afterAll, beforeAll, expect, test } from 'bun:test';

import { ADMIN_PASSWORD } from '../../server/testing/server-process.ts';
import { visit } from '../lib/browser.ts';
import { openSite, type Site } from '../lib/site.ts';

let site: Site;
beforeAll(async () => {
  site = await openSite();
  await site.addModel('m', {});
  for (let n = 0; n < 55; n += 1) await site.admin('PUT', '/api/admin/config', { user_rpm: 100 + n });
});
afterAll(() => site[Symbol.asyncDispose]());

test('an administrator reads who did what, one kind alone, and verifies that nothing was changed', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/audit`);
  const { page } = visitor;
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(ADMIN_PASSWORD);
  await page.keyboard.press('Enter');
  const rows = page.locator('tbody tr');
  await rows.first().waitFor();
  expect(await rows.count()).toBe(50);
  expect(await rows.first().innerText()).toContain('Settings: changed');
  expect(await rows.first().innerText()).toContain('"user_rpm":154');
  await page.getByRole('button', { name: 'Show older ones' }).click();
  await rows.nth(56).waitFor();

  await page.getByLabel('Show', { exact: true }).selectOption('Channel');
  await page.getByText('Channel: made').waitFor();
  expect(await rows.count()).toBe(1);
  expect(new URL(page.url()).search).toBe('?of=channel');
  expect(await page.content()).not.toContain('sk-upstream-1');

  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByText('The record is whole: every entry fits the one before it.').waitFor();
  await page.getByLabel('Show', { exact: true }).selectOption('Content');
  await page.getByText('Nothing of this kind has happened yet.').waitFor();
  expect(visitor.faults).toEqual([]);
});
