// The console's blocked addresses: blocked, refused on the chat page, seen knocking, let in again.
import { afterAll, beforeAll, expect, test } from 'bun:test';

import { ADMIN_PASSWORD } from '../../server/testing/server-process.ts';
import { visit } from '../lib/browser.ts';
import { openSite, type Site } from '../lib/site.ts';

let site: Site;
beforeAll(async () => {
  site = await openSite({ TRUSTED_PROXIES: '127.0.0.1/32' });
});
afterAll(() => site[Symbol.asyncDispose]());

const asFrom = (ip: string) => fetch(`${site.url}/api/chat/models`, { headers: { 'x-forwarded-for': ip } });

test('an administrator blocks a network, sees who knocked, and lets it in again', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/blocked`);
  const { page } = visitor;
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(ADMIN_PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByText('Nobody is blocked.').waitFor();

  await page.getByRole('button', { name: 'Block an address' }).click();
  const form = page.getByRole('dialog', { name: 'Block an address' });
  await form.getByRole('button', { name: 'Block', exact: true }).click();
  await form.getByText('Please enter an address or a network.').waitFor();
  await form.getByLabel('Address or network').fill('300.1.1.1');
  await form.getByRole('button', { name: 'Block', exact: true }).click();
  await form.locator('[aria-invalid=true]').waitFor();
  await form.getByLabel('Address or network').fill('198.51.100.0/24');
  await form.getByLabel('Reason').fill('scraping <b>all</b> night');
  await page.keyboard.press('Enter');
  await page.getByText('198.51.100.0/24 is blocked.').waitFor();
  expect((await asFrom('198.51.100.9')).status).toBe(403);
  expect((await asFrom('198.51.101.9')).status).toBe(200);

  await page.reload();
  const row = page.locator('tbody tr');
  await row.getByText('scraping <b>all</b> night').waitFor();
  await row.getByRole('button', { name: 'Refused visits from 198.51.100.0/24' }).click();
  const visits = page.getByRole('dialog', { name: 'Refused visits from 198.51.100.0/24' });
  await visits.getByText('198.51.100.9').waitFor();
  expect(await visits.innerText()).toContain('/api/chat/models');
  await page.keyboard.press('Escape');

  await row.getByRole('button', { name: 'Let 198.51.100.0/24 in again' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Let in', exact: true }).click();
  await page.getByText('198.51.100.0/24 may come in again.').waitFor();
  expect((await asFrom('198.51.100.9')).status).toBe(200);
  expect(visitor.faults).toEqual([]);
});
