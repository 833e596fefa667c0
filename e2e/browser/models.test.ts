// Models and prices in the console: order by drag and by button, own prices, the price file, fallbacks.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { Page } from 'playwright-core';

import { visit } from '../lib/browser.ts';
import { signInToConsole } from '../lib/console.ts';
import { openSite, type Site } from '../lib/site.ts';

let site: Site;
beforeAll(async () => {
  site = await openSite();
  site.upstream.script('m', {});
  for (const name of ['one', 'two', 'three']) {
    const body = { name, base_url: site.upstream.baseUrl, api_key: 'sk-x', model_id: 'm' };
    await site.admin('POST', '/api/admin/channels', body);
  }
  await site.addModel('spare', {});
});
afterAll(() => site[Symbol.asyncDispose]());

async function open(page: Page): Promise<void> {
  await signInToConsole(site, page);
  await page.getByRole('link', { name: 'Models and prices' }).click();
  await page.getByRole('region', { name: 'm', exact: true }).waitFor();
}
const routes = (page: Page) => page.getByRole('list', { name: 'Routes of m', exact: true }).getByRole('listitem');
const order = async (page: Page) =>
  (await routes(page).allInnerTexts()).map((text) => /one|two|three/.exec(text)?.[0] ?? '');

test('the order of routes is changed by button and by drag, and holds after a reload', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/login`);
  const { page } = visitor;
  await open(page);
  const before = await order(page);
  await page.getByRole('button', { name: `Move ${before[2]} up` }).click();
  await page.getByText('“m” is saved.').waitFor();
  expect(await order(page)).toEqual([before[0]!, before[2]!, before[1]!]);
  await routes(page).last().dragTo(routes(page).first());
  await page.waitForFunction((first) => document.querySelector('ol li')?.textContent?.includes(first), before[1]!);
  await page.reload();
  await routes(page).first().waitFor();
  expect(await order(page)).toEqual([before[1]!, before[0]!, before[2]!]);
  expect(visitor.faults).toEqual([]);
});

test('one’s own price is set and taken away, and its source is told', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/login`);
  const { page } = visitor;
  await open(page);
  await page.getByRole('button', { name: 'Change the price of m on one' }).click();
  await page.getByLabel('Input', { exact: true }).fill('');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Please enter an amount such as 0.27.').first().waitFor();
  await page.getByLabel('Input', { exact: true }).fill('0,5');
  await page.getByLabel('Output', { exact: true }).fill('2');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The price is saved').waitFor();
  const line = routes(page).filter({ hasText: 'one' });
  await line.getByText('set here').waitFor();
  expect(await line.innerText()).toContain('$0.50');
  await page.getByRole('button', { name: 'Change the price of m on one' }).click();
  await page.getByRole('button', { name: 'Remove this price' }).click();
  await line.getByText('free: on your own network').waitFor();
  expect(visitor.faults).toEqual([]);
});

test('a price file is judged before it is used, and taken back', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/login`);
  const { page } = visitor;
  await open(page);
  const entry = { litellm_provider: 'openai', mode: 'chat', input_cost_per_token: 1e-6, output_cost_per_token: 3e-6 };
  const upload = (text: string) =>
    page
      .getByLabel('File', { exact: true })
      .setInputFiles({ name: 'prices.json', mimeType: 'application/json', buffer: Buffer.from(text) });
  await page.getByRole('button', { name: 'Import a price file' }).click();
  await upload('not json');
  await page.getByText('This file is not JSON.').waitFor();
  await upload(JSON.stringify({ m: entry, spare: entry }));
  await page.getByText(/^The file is fine/).waitFor();
  await page.getByRole('button', { name: 'Use these prices' }).click();
  await page.getByText('The prices are imported.').waitFor();
  await routes(page).first().getByText('imported file').waitFor();
  expect(visitor.faults).toEqual([]);
});

test('a fallback is chosen, and a model switched off', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/login`, { phone: true });
  const { page } = visitor;
  await open(page);
  await page.getByRole('button', { name: 'Edit “m”' }).click();
  await page.getByLabel('Answers in its place').selectOption('spare');
  await page.getByLabel('see pictures').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('instead: spare').waitFor();
  await page.getByRole('switch', { name: 'm can be used' }).click();
  await page.getByText('“m” is saved.').waitFor();
  const models = (await (await fetch(`${site.url}/api/chat/models`)).json()) as { id: string }[];
  expect(models.map(({ id }) => id)).toEqual(['spare']);
  expect(visitor.faults).toEqual([]);
});
