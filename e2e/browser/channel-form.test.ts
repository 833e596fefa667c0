// The channel's form: a vendor's preset, several keys, several models taken from the service's own list.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { Page } from 'playwright-core';

import { ADMIN_PASSWORD } from '../../server/testing/server-process.ts';
import { visit } from '../lib/browser.ts';
import { openSite, type Site } from '../lib/site.ts';

let site: Site;
beforeAll(async () => {
  site = await openSite();
  for (const name of ['alpha', 'beta', 'gamma']) site.upstream.script(name, {});
});
afterAll(() => site[Symbol.asyncDispose]());

async function open(page: Page): Promise<void> {
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(ADMIN_PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Channels' }).waitFor();
}

interface Told {
  id: string;
  preset: string | null;
  key_usage_mode: string;
  api_keys: { hint: string; status: string }[];
  models: { name: string; upstream_model: string }[];
}
async function channels(page: Page): Promise<Told[]> {
  return page.evaluate(async () => {
    const { token } = JSON.parse(sessionStorage.getItem('hallpass.login')!) as { token: string };
    const response = await fetch('/api/admin/channels', { headers: { authorization: `Bearer ${token}` } });
    return (await response.json()) as Told[];
  });
}

test('a vendor is chosen and fills in what is known; what was typed stays', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/channels`);
  const { page } = visitor;
  await open(page);
  await page.getByRole('button', { name: 'Add a channel' }).click();
  const vendor = page.getByLabel('Vendor');
  await vendor.selectOption('qwen');
  expect(await page.getByLabel('Base URL').inputValue()).toBe('https://dashscope.aliyuncs.com/compatible-mode/v1');
  expect(await page.getByLabel('Model ID').inputValue()).toBe('qwen-plus');
  await page.getByLabel('Region').selectOption('International');
  expect(await page.getByLabel('Base URL').inputValue()).toBe('https://dashscope-intl.aliyuncs.com/compatible-mode/v1');
  await page.getByLabel('Name', { exact: true }).fill('Our own name');
  await vendor.selectOption('deepseek');
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Our own name');
  expect(await page.getByLabel('Model ID').inputValue()).toBe('deepseek-flash');
  const link = page.getByRole('link', { name: 'Get a key' });
  expect([await link.getAttribute('target'), await link.getAttribute('rel')]).toEqual([
    '_blank',
    'noopener noreferrer',
  ]);
  expect(visitor.faults).toEqual([]);
});

test('several keys and models are saved, shown without a secret, and changed one by one', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/channels`);
  const { page } = visitor;
  await open(page);
  await page.getByRole('button', { name: 'Add a channel' }).click();
  await page.getByLabel('Vendor').selectOption('vllm');
  await page.getByLabel('Name', { exact: true }).fill('School');
  await page.getByLabel('Base URL').fill(site.upstream.baseUrl);
  await page.getByLabel('API key', { exact: true }).fill('sk-first-key-of-the-school-aaaa');
  await page.getByLabel('More keys').fill('sk-other-key-of-the-school-bbbb\n\nsk-third-key-of-the-school-cccc\n');
  await page.getByLabel('How the keys are used').selectOption('in turn');
  await page.getByLabel('Model ID').fill('alpha');
  await page.getByRole('button', { name: 'Ask the service which it has' }).click();
  await page.getByRole('checkbox', { name: 'beta' }).check();
  expect(await page.getByRole('checkbox', { name: 'alpha' }).isDisabled()).toBe(true);
  await page.getByLabel('More models').fill('beta\nnice name = gamma');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('“School” is saved.').waitFor();
  const [made] = await channels(page);
  expect(made).toMatchObject({ preset: 'vllm', key_usage_mode: 'round_robin' });
  expect(made!.api_keys.map(({ hint }) => hint)).toEqual(['sk-…aaaa', 'sk-…bbbb', 'sk-…cccc']);
  expect(made!.models.map((model) => [model.name, model.upstream_model])).toEqual([
    ['alpha', 'alpha'],
    ['beta', 'beta'],
    ['nice name', 'gamma'],
  ]);
  expect(await page.content()).not.toContain('of-the-school');

  await page.getByRole('button', { name: 'Edit “School”' }).click();
  await page.getByRole('button', { name: 'Remove the key sk-…bbbb' }).click();
  await page.getByRole('switch', { name: 'Use the key sk-…cccc' }).click();
  expect(await page.getByLabel('More models').inputValue()).toBe('beta\nnice name = gamma');
  await page.getByLabel('More models').fill('nice name = gamma');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('“School” is saved.').waitFor();
  const [changed] = await channels(page);
  expect(changed!.api_keys.map(({ hint, status }) => [hint, status])).toEqual([
    ['sk-…aaaa', 'enabled'],
    ['sk-…cccc', 'disabled'],
  ]);
  expect(changed!.models.map(({ name }) => name)).toEqual(['alpha', 'nice name']);
  expect(visitor.faults).toEqual([]);
});

test('a service that has no list says so, and everything can still be typed', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/channels`);
  const { page } = visitor;
  await open(page);
  await page.getByRole('button', { name: 'Add a channel' }).click();
  await page.getByLabel('Base URL').fill('http://127.0.0.1:1/v1');
  await page.getByRole('button', { name: 'Ask the service which it has' }).click();
  await page.getByRole('dialog').getByRole('alert').waitFor();
  await page.getByLabel('More keys').fill('two words');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('A key holds no spaces or special characters.').waitFor();
});
