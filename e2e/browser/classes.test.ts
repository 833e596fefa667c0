// Classes and activation codes in the console, and a pupil who redeems one on a phone.
import { afterAll, beforeAll, expect, test } from 'bun:test';

import { signInToConsole } from '../lib/console.ts';
import { visit } from '../lib/browser.ts';
import { answered, ask, lastAnswer } from '../lib/chat.ts';
import { openSite, type Site } from '../lib/site.ts';

let site: Site;
beforeAll(async () => {
  site = await openSite();
  await site.addModel('m', {});
});
afterAll(() => site[Symbol.asyncDispose]());

test('a class is made, its codes are handed out, a pupil redeems one, and the teacher’s pause stops the chat', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/login`);
  const { page } = visitor;
  await signInToConsole(site, page);
  await page.getByRole('link', { name: 'Classes' }).click();
  await page.getByText('No class yet.').waitFor();
  await page.getByRole('button', { name: 'Make a class' }).click();
  await page.getByLabel('Name', { exact: true }).fill('7b');
  await page.getByLabel('Budget in dollars').fill('2');
  await page.getByLabel('Language of refusals').selectOption('English');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('“7b” is saved.').waitFor();

  await page.getByRole('link', { name: 'Activation codes' }).click();
  await page.getByText('No code yet.').waitFor();
  await page.getByRole('button', { name: 'Make codes' }).click();
  await page.getByLabel('How many').fill('3');
  await page.getByRole('button', { name: 'Make the codes' }).click();
  await page.getByText('Codes made: 3').waitFor();
  const codes = await page.locator('main .strip .font-mono').allInnerTexts();
  expect(codes).toHaveLength(3);
  await page.getByRole('button', { name: 'Done' }).click();
  for (const code of codes) expect(await page.content()).not.toContain(code);

  await using pupil = await visit(site.browser, `${site.url}/setup.html#${codes[0]}`, { phone: true });
  await pupil.page.getByRole('button', { name: 'Get my pass' }).click();
  expect(pupil.page.url()).toBe(`${site.url}/setup.html`);
  await pupil.page.getByText('Your pass is ready').waitFor();
  await pupil.page.getByRole('button', { name: 'Enter the chat' }).click();
  await ask(pupil.page, 'Hello');
  await answered(pupil.page);
  expect(await lastAnswer(pupil.page).innerText()).toContain('Hello from the scripted upstream.');

  await using late = await visit(site.browser, `${site.url}/setup.html`, { phone: true });
  await late.page.getByLabel('Pass or activation code').fill(codes[0]!.toLowerCase().replaceAll('-', ' '));
  await late.page.getByRole('button', { name: 'Use this pass' }).click();
  await late.page.getByRole('alert').getByText('This activation code is not valid').waitFor();

  await page.getByRole('link', { name: 'Classes' }).click();
  const row = page.getByRole('row', { name: /7b/ });
  await row.getByRole('button', { name: 'Pause “7b”' }).click();
  await page.getByText('“7b” is paused').waitFor();
  await ask(pupil.page, 'Are you there?');
  await pupil.page.getByText('Your teacher has paused the class. Please wait.').first().waitFor();
  await row.getByRole('button', { name: 'Let “7b” go on' }).click();
  await page.getByText('“7b” goes on.').waitFor();
  expect(visitor.faults).toEqual([]);
});

test('a code is revoked with the pass it became, and a class is deleted after a question', async () => {
  await using visitor = await visit(site.browser, `${site.url}/admin/login`);
  const { page } = visitor;
  await signInToConsole(site, page);
  await page.getByRole('link', { name: 'Activation codes' }).click();
  await page.getByLabel('Show').selectOption('redeemed');
  await page.locator('tbody tr').nth(1).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: /^Revoke / }).click();
  await page.getByText('The pass that this code has become is blocked at once.').waitFor();
  await page.getByRole('button', { name: 'Revoke', exact: true }).click();
  await page.getByText(/^.{4} is revoked\.$/).waitFor();
  await page.getByText('No code of this kind.').waitFor();
  await page.getByRole('link', { name: 'Passes' }).click();
  await page.getByText('Blocked').first().waitFor();

  await page.getByRole('link', { name: 'Classes' }).click();
  await page.getByRole('button', { name: 'Delete “7b”' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Delete “7b”' }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText('“7b” is deleted.').waitFor();
  await page.getByText('No class yet.').waitFor();
  expect(visitor.faults).toEqual([]);
});
