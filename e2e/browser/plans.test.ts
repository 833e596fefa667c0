// The console's plans: made with class hours, chosen for passes, and in force for who holds one.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { Page } from 'playwright-core';

import { ADMIN_PASSWORD } from '../../server/testing/server-process.ts';
import { visit } from '../lib/browser.ts';
import { openSite, type Site } from '../lib/site.ts';

let site: Site;
beforeAll(async () => {
  site = await openSite();
  await site.addModel('m', {});
});
afterAll(() => site[Symbol.asyncDispose]());

async function open(page: Page): Promise<void> {
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(ADMIN_PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('table').waitFor();
}

test('a plan with class hours is made by keyboard and mouse, chosen for a pass, and keeps it out of hours', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/plans`);
  const { page } = visitor;
  await open(page);
  expect(await page.locator('tbody tr').count()).toBe(2);
  await page.getByRole('button', { name: 'Make a plan' }).click();
  const form = page.getByRole('dialog', { name: 'Make a plan' });
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('Please give the plan a name.').waitFor();
  await form.getByLabel('Name', { exact: true }).fill('Class 7b');
  await form.getByLabel('Budget in dollars').fill('0,25');
  await form.getByLabel('The budget starts anew').selectOption('every day');
  await form.getByRole('button', { name: 'Add hours' }).click();
  const hours = form.getByRole('group', { name: 'Window 1' });
  // Only a minute of one day of the week, three days from now: never now.
  for (const day of ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday']) await hours.getByLabel(day).uncheck();
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('Each window needs a day, and two different times.').waitFor();
  const day = new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: 'UTC' }).format(Date.now() + 3 * 86_400_000);
  await hours.getByLabel(day).check();
  await form.getByLabel('From').fill('12:00');
  await form.getByLabel('To', { exact: true }).fill('12:01');
  await form.getByLabel('Time zone').fill('UTC');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByText('“Class 7b” is saved.').waitFor();
  expect(await page.getByRole('row', { name: /Class 7b/ }).innerText()).toContain('Windows a week: 1');

  await page.goto(`${site.url}/admin/passes`);
  await page.getByRole('button', { name: 'Make passes' }).click();
  await page.getByLabel('Names').fill('Ming');
  await page.getByLabel('Plan', { exact: true }).selectOption('Class 7b');
  expect(await page.getByLabel('Budget in dollars').inputValue()).toBe('');
  await page.getByRole('button', { name: 'Make the pass' }).click();
  await page.getByText('Passes made: 1').waitFor();
  const key = await page.locator('main .strip .font-mono').innerText();
  const response = await fetch(`${site.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] }),
  });
  expect(response.status).toBe(403);
  expect(await response.text()).toContain('class');
  expect(visitor.faults).toEqual([]);
});

test('a plan is changed, is not deleted while a pass is on it, and a built-in one keeps its name', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/plans`);
  const { page } = visitor;
  await open(page);
  await page.getByRole('button', { name: 'Edit “Class 7b”' }).click();
  const form = page.getByRole('dialog', { name: 'Edit “Class 7b”' });
  expect(await form.getByLabel('Budget in dollars').inputValue()).toBe('0.25');
  await form.getByRole('button', { name: 'Remove window 1' }).click();
  await form.getByText('Always open.').waitFor();
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByText('“Class 7b” is saved.').waitFor();

  await page.getByRole('button', { name: 'Delete “Class 7b”' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Passes or classes are still on this plan.').waitFor();
  await page.getByRole('row', { name: /Class 7b/ }).waitFor();

  await page.getByRole('button', { name: 'Edit “guest”' }).click();
  expect(await page.getByLabel('Name', { exact: true }).isDisabled()).toBe(true);
  await page.getByLabel('Calls at once').fill('2');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('“guest” is saved.').waitFor();
  expect(visitor.faults.filter((fault) => !fault.includes('409'))).toEqual([]);
});
