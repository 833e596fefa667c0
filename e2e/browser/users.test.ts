// The console's users: found, promoted, switched off, helped to a new password, taken along, deleted.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { Page } from 'playwright-core';

import { ADMIN_PASSWORD } from '../../server/testing/server-process.ts';
import { visit } from '../lib/browser.ts';
import { openSite, type Site } from '../lib/site.ts';

let site: Site;
beforeAll(async () => {
  site = await openSite();
  for (const name of ['ming', 'ann'])
    await fetch(`${site.url}/api/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: `${name}@school.example`, password: 'a long password' }),
    });
});
afterAll(() => site[Symbol.asyncDispose]());

async function open(page: Page): Promise<void> {
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(ADMIN_PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('table').waitFor();
}

const login = (password: string) =>
  fetch(`${site.url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ming@school.example', password }),
  });

test('an administrator finds somebody, makes a teacher of them and switches them off', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/users`);
  const { page } = visitor;
  await open(page);
  const rows = page.locator('tbody tr');
  expect(await rows.count()).toBe(3);
  await page.getByLabel('Name or e-mail').fill('MING');
  await page.keyboard.press('Enter');
  await page.waitForURL(/search=MING/);
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
  await page.getByLabel('Role of ming@school.example').selectOption('Teacher');
  await page.getByText('“ming@school.example” is saved.').waitFor();
  await page.getByRole('switch', { name: 'Switch “ming@school.example” off' }).click();
  await page.getByRole('switch', { name: 'Switch “ming@school.example” on' }).waitFor();
  expect((await login('a long password')).status).toBe(403);
  await page.reload();
  expect(await page.getByLabel('Role of ming@school.example').inputValue()).toBe('teacher');
  await page.getByRole('switch', { name: 'Switch “ming@school.example” on' }).click();
  await page.getByRole('switch', { name: 'Switch “ming@school.example” off' }).waitFor();
  expect(visitor.faults).toEqual([]);
});

test('the last administrator stays, and the page says so and shows what is in force', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/users?role=admin`);
  const { page } = visitor;
  await open(page);
  await page.getByLabel('Role of admin').selectOption('User');
  await page.getByText('At least one administrator has to stay.').waitFor();
  expect(await page.getByLabel('Role of admin').inputValue()).toBe('admin');
});

test('somebody who forgot a password sets a new one by the link they are given', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/users`);
  const { page } = visitor;
  await open(page);
  await page.getByRole('button', { name: 'New password for “ming@school.example”' }).click();
  const link = await page.getByRole('dialog').locator('code').innerText();
  expect(link).toStartWith(`${site.url}/reset#`);

  await using person = await visit(site.browser, link, { phone: true });
  const { page: theirs } = person;
  await theirs.getByLabel('New password', { exact: true }).fill('short');
  await theirs.getByRole('button', { name: 'Set the password' }).click();
  await theirs.locator('[aria-invalid=true]').first().waitFor();
  await theirs.getByLabel('New password', { exact: true }).fill('a new long password');
  await theirs.getByLabel('Password once more', { exact: true }).fill('a new long password');
  await theirs.getByRole('button', { name: 'Set the password' }).click();
  await theirs.getByText('The password is changed.').waitFor();
  expect(theirs.url()).toBe(`${site.url}/reset`);
  expect((await login('a new long password')).status).toBe(200);

  await theirs.goto(`${site.url}/login`);
  await theirs.goto(link);
  await theirs.getByLabel('New password', { exact: true }).fill('a new long password');
  await theirs.getByLabel('Password once more', { exact: true }).fill('a new long password');
  await theirs.getByRole('button', { name: 'Set the password' }).click();
  await theirs.getByText(/was used already/).waitFor();
  expect(visitor.faults).toEqual([]);
});

test('an account’s data is taken along, and the account deleted after a question', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/users`);
  const { page } = visitor;
  await open(page);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Take along the data of “ann@school.example”' }).click(),
  ]);
  const kept = (await Bun.file((await download.path())!).json()) as { account: { email: string } };
  expect(kept.account.email).toBe('ann@school.example');
  await page.getByRole('button', { name: 'Delete “ann@school.example”' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('“ann@school.example” is deleted.').waitFor();
  expect(await page.locator('tbody tr').count()).toBe(2);
  await page.goto(`${site.url}/admin/audit?of=user`);
  await page.getByText('User: data taken along').waitFor();
  expect(visitor.faults).toEqual([]);
});
