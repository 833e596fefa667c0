// The console's test of a channel: each key is asked, its answer or its error shown as it comes; and the timed check.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { Page } from 'playwright-core';

import { ADMIN_PASSWORD } from '../../server/testing/server-process.ts';
import { visit } from '../lib/browser.ts';
import { openSite, type Site } from '../lib/site.ts';

const KEYS = ['sk-first-key-of-the-school-aaaa', 'sk-other-key-of-the-school-bbbb'];

let site: Site;
let channelId: string;
beforeAll(async () => {
  site = await openSite();
  site.upstream.script('m', {});
  const channel = {
    name: 'Our school',
    base_url: site.upstream.baseUrl,
    model_id: 'm',
    api_keys: KEYS.map((key) => ({ key })),
    options: { query: { version: '1' } },
  };
  channelId = String((await site.admin('POST', '/api/admin/channels', channel)).id);
});
afterAll(() => site[Symbol.asyncDispose]());

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(ADMIN_PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('table').waitFor();
}

test('an administrator tests a channel by keyboard: what each key answered, then what went wrong', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/channels`);
  const { page } = visitor;
  await signIn(page);
  await page.getByRole('button', { name: 'Test “Our school”' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Test “Our school”' });
  const keys = dialog.getByRole('listitem');
  await keys
    .nth(1)
    .getByText(/^Answered in [\d,]+ ms$/)
    .waitFor();
  expect(await keys.count()).toBe(2);
  expect(await keys.first().innerText()).toContain('sk-…aaaa');
  expect(await keys.first().innerText()).toContain('Hello from the scripted upstream.');
  expect(site.upstream.journal.map(({ headers }) => headers.authorization)).toEqual(KEYS.map((key) => `Bearer ${key}`));

  site.upstream.script('m', { status: 503 });
  await dialog.getByRole('button', { name: 'Ask again' }).click();
  await keys
    .nth(1)
    .getByText(/^No right answer after [\d,]+ ms$/)
    .waitFor();
  expect(await keys.nth(1).innerText()).toContain('HTTP 503');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(visitor.faults).toEqual([]);
});

test('the form sets how often a channel is checked, refuses what is no number, and keeps the other options', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/channels`);
  const { page } = visitor;
  await signIn(page);
  await page.getByRole('button', { name: 'Edit “Our school”' }).click();
  const field = page.getByLabel('Health check every … minutes');
  await field.fill('a few');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Please enter a whole number from 1 to 1440, or nothing.').waitFor();
  await field.fill('15');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('“Our school” is saved.').waitFor();
  const channel = await site.admin('PUT', `/api/admin/channels/${channelId}`);
  expect(channel.options).toEqual({ query: { version: '1' }, health_check_minutes: 15 });
  expect(visitor.faults).toEqual([]);
});

test('the form says what a key’s service answered in the reader’s language, and quotes it', async () => {
  site.upstream.script('m', { status: 401 });
  await site.admin('POST', `/api/admin/channels/${channelId}/test`, {});
  await using visitor = await visit(site.browser, `${site.url}/admin/channels`);
  const { page } = visitor;
  await signIn(page);
  await page.getByRole('button', { name: 'Edit “Our school”' }).click();
  const keys = page.getByRole('list', { name: 'Keys' }).getByRole('listitem');
  expect(await keys.first().innerText()).toContain('The service refuses this key: HTTP 401 “scripted 401” (');
});
