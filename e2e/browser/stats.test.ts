// The console's statistics: tiles, two charts and the tables they are drawn from; hostile names do no harm.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { Page } from 'playwright-core';

import { ADMIN_PASSWORD } from '../../server/testing/server-process.ts';
import { visit } from '../lib/browser.ts';
import { openSite, type Site } from '../lib/site.ts';

const HOSTILE = '<img src=x onerror=alert(1)>';

let site: Site;
beforeAll(async () => {
  site = await openSite();
  await site.addModel('good', {});
  await site.addModel(HOSTILE, {});
  await site.addModel('broken', { status: 500 });
  const ask = (model: string) =>
    fetch(`${site.url}/api/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
    }).then((response) => response.text());
  for (const model of ['good', 'good', 'good', HOSTILE, 'broken']) await ask(model);
});
afterAll(() => site[Symbol.asyncDispose]());

/** Whether something is drawn on a canvas: more than one colour. */
function isDrawn(page: Page, n: number): Promise<boolean> {
  return page
    .locator('canvas')
    .nth(n)
    .evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size > 10;
    });
}

async function open(page: Page): Promise<void> {
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(ADMIN_PASSWORD);
  await page.keyboard.press('Enter');
  await page.locator('canvas').nth(3).waitFor();
}

test('the charts are drawn, and their tables say the same', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/stats`);
  const { page } = visitor;
  await open(page);
  await page.waitForFunction(() => document.querySelectorAll('canvas').length === 4);
  for (const n of [0, 1, 2, 3]) await expect(isDrawn(page, n)).resolves.toBe(true);
  expect(await page.locator('dl').first().innerText()).toContain('Calls today\n5');
  expect(await page.getByRole('img', { name: 'Calls by Model' }).count()).toBe(1);

  const table = (title: string) =>
    page.locator('section', { has: page.getByRole('heading', { name: title }) }).getByRole('button', { name: 'Table' });
  await table('Shares').click();
  const row = (name: string) => page.getByRole('row', { name });
  expect(await row('good').innerText()).toMatch(/^good\s+3\s+0\s+51\s/);
  expect(await row('broken').innerText()).toMatch(/^broken\s+1\s+1\s+0\s/);
  expect(await row(HOSTILE).count()).toBe(1);
  await page.getByLabel('Shares by').selectOption('Channel');
  await row('channel of good').waitFor();
  await page.getByLabel('Shares by').selectOption('Model');
  await table('Errors by channel').click();
  expect(await row('channel of broken').innerText()).toMatch(/^channel of broken\s+1\s+1\s+100%$/);
  await table('First byte by channel').click();
  expect(await row('channel of good').last().innerText()).toMatch(/^channel of good\s+[\d.]+ m?s\s/);
  expect(visitor.faults).toEqual([]);
});

test('another range and another number', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/stats`, { theme: 'dark' });
  const { page } = visitor;
  await open(page);
  await page.getByRole('button', { name: 'Table' }).first().click();
  expect(await page.locator('tbody tr').count()).toBe(7);
  await page.getByLabel('Days', { exact: true }).selectOption('30 days');
  await page.locator('tbody tr').nth(29).waitFor();
  await page.getByLabel('Shown', { exact: true }).selectOption('Cost');
  await page.getByRole('img', { name: 'Cost by Model' }).waitFor();
  expect(visitor.faults).toEqual([]);
});
