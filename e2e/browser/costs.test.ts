// The cost report: the month's sum, its lines, and the file.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { readFile } from 'node:fs/promises';

import { visit } from '../lib/browser.ts';
import { signInToConsole } from '../lib/console.ts';
import { openSite, type Site } from '../lib/site.ts';

let site: Site;
beforeAll(async () => {
  site = await openSite();
  await site.addModel('good', {}, { prices: { prompt: 1000, completion: 1000 } });
  await site.addModel('<b>dear</b>', {}, { prices: { prompt: 3000, completion: 3000 } });
  for (const model of ['good', 'good', '<b>dear</b>'])
    await fetch(`${site.url}/api/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
    }).then((response) => response.text());
});
afterAll(() => site[Symbol.asyncDispose]());

test('a month’s costs by class and by model, and as a file', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin`);
  const { page } = visitor;
  await signInToConsole(site, page);
  await page.getByRole('link', { name: 'Costs' }).click();
  // Guests are in no class.
  const rest = page.getByRole('row', { name: 'Everything else' });
  await rest.waitFor();
  expect(await rest.innerText()).toContain('100.0%');
  expect(await page.locator('dl').first().innerText()).toContain('Nothing was spent in as many days before.');

  await page.getByLabel('By', { exact: true }).selectOption('Model');
  const dear = page.getByRole('row', { name: '<b>dear</b>' });
  await dear.waitFor();
  expect(await dear.innerText()).toContain('60.0%');
  expect(await page.getByRole('row', { name: 'good' }).innerText()).toContain('40.0%');
  expect(await rest.count()).toBe(0);

  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download CSV' }).click();
  const file = await downloading;
  expect(file.suggestedFilename()).toMatch(/^hallpass-costs-model-\d{4}-\d\d-01-\d{4}-\d\d-\d\d\.csv$/);
  expect(await readFile(await file.path(), 'utf8')).toContain('\r\n<b>dear</b>,<b>dear</b>,1,0,');

  await page.getByLabel('Month').selectOption({ index: 12 });
  await page.getByText('Nothing was called in this month.').waitFor();
  expect(visitor.faults).toEqual([]);
});
