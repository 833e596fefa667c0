// The overview tells what needs attention, the settings where that is sent, the health page how the server is.
import { afterAll, beforeAll, expect, test } from 'bun:test';

import { visit } from '../lib/browser.ts';
import { signInToConsole } from '../lib/console.ts';
import { openSite, type Site } from '../lib/site.ts';

let site: Site;
beforeAll(async () => {
  site = await openSite({ ALLOW_PRIVATE_WEBHOOKS: 'true' });
  await site.addModel('m', {});
});
afterAll(() => site[Symbol.asyncDispose]());

test('a channel that nothing was asked of is not said to work; one that answered is, one that failed is not', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/login`);
  const { page } = visitor;
  await signInToConsole(site, page);
  const channels = page.getByRole('region', { name: 'Channels' });
  await channels.getByText('not yet checked').waitFor();
  const ask = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };
  const { key } = await site.admin('POST', '/key/generate');
  const chat = () =>
    fetch(`${site.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${String(key)}`, 'content-type': 'application/json' },
      body: JSON.stringify(ask),
    });
  expect((await chat()).status).toBe(200);
  await page.reload();
  await channels.getByText('works', { exact: true }).waitFor();
  site.upstream.script('m', { status: 400 });
  await chat();
  await page.reload();
  await channels.getByText('its last request failed').waitFor();
  site.upstream.script('m', {});
  await chat();
  expect(visitor.faults).toEqual([]);
});

test('a test message follows every save, and the answer says whether it arrived', async () => {
  const got: string[] = [];
  using receiver = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: async (request) => {
      got.push(await request.text());
      return new Response(null, { status: 204 });
    },
  });
  await using visitor = await visit(site.browser, `${site.url}/admin/login`);
  const { page } = visitor;
  await signInToConsole(site, page);
  await page.getByText('Nothing. All is well.').waitFor();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByLabel('Webhook').fill('nonsense');
  await page.getByRole('button', { name: 'Save and send a test' }).click();
  await page
    .getByText(/address/)
    .first()
    .waitFor();
  await page.getByLabel('Webhook').fill(`http://127.0.0.1:${receiver.port}/hook`);
  await page.getByRole('button', { name: 'Save and send a test' }).click();
  await page.getByText('Webhook: the test arrived.').waitFor();
  expect(JSON.parse(got[0]!)).toMatchObject({ type: 'alert.test' });
  expect(visitor.faults).toEqual([]);
});

test('the health page tells of server and database, and checks that they agree', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/login`);
  const { page } = visitor;
  await signInToConsole(site, page);
  await page.getByRole('link', { name: 'System health' }).click();
  await page.getByText(/^Hallpass \d/).waitFor();
  await page.getByText('SQLite').first().waitFor();
  await page.getByRole('button', { name: 'Check now' }).click();
  await page.getByText('Everything agrees.').waitFor();
  expect(visitor.faults).toEqual([]);
});

test('the configuration is saved as a file and brought in again after a look', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/login`);
  const { page } = visitor;
  await signInToConsole(site, page);
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Save the file' }).click();
  await page.getByText('Please enter a passphrase of at least 12 characters.').waitFor();
  await page.getByLabel('Passphrase', { exact: true }).fill('correct horse battery');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save the file' }).click(),
  ]);
  const path = (await download.path())!;
  expect(await Bun.file(path).text()).not.toContain('sk-upstream-1');
  await page.getByLabel('Bring in a file').setInputFiles(path);
  await page.getByRole('button', { name: 'See what it would change' }).click();
  await page.getByText(/^New 0, changed 0, the same \d+/).waitFor();
  await page.getByRole('button', { name: 'Bring it in' }).click();
  await page.getByText('The configuration is in force.').waitFor();
  expect(visitor.faults).toEqual([]);
});
