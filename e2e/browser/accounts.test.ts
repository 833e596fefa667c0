// Signing up and in, the first administrator, and a channel added in the browser that the chat page uses at once.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Page } from 'playwright-core';

import { ADMIN_PASSWORD, createServerFolder, type ServerFolder } from '../../server/testing/server-process.ts';
import { elsewhere, visit } from '../lib/browser.ts';
import { answered, ask, lastAnswer } from '../lib/chat.ts';
import { openSite, type Site } from '../lib/site.ts';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site[Symbol.asyncDispose]());

const PASSWORD = 'a long enough password';
const field = (page: Page, name: string) => page.getByLabel(name, { exact: true });

async function signInAsAdmin(page: Page): Promise<void> {
  await field(page, 'User name').fill('admin');
  await field(page, 'Password').fill(ADMIN_PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
}

/** Ends the sign-in on the server; the page does not know of it yet. */
async function endSignIn(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { token } = JSON.parse(sessionStorage.getItem('hallpass.login')!) as { token: string };
    await fetch('/api/auth/logout', { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  });
}

describe('somebody new', () => {
  test('registers, signs in, asks with the sign-in, and signs out', async () => {
    await using visitor = await visit(site.browser, `${site.url}/register`);
    const { page } = visitor;
    await field(page, 'E-mail').fill('New.Pupil@school.test');
    await field(page, 'Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.getByText('The account is ready. Sign in with it now.').waitFor();
    expect(await field(page, 'E-mail').inputValue()).toBe('New.Pupil@school.test');
    await field(page, 'Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: /^Model: / }).waitFor();
    const sent = page.waitForRequest('**/api/chat/completions');
    await ask(page, 'Hello');
    expect((await sent).headers().authorization).toMatch(/^Bearer eyJ/);
    await answered(page);
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByText('new.pupil@school.test').waitFor();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    expect(await page.evaluate(() => sessionStorage.getItem('hallpass.login'))).toBeNull();
    expect(visitor.faults).toEqual([]);
    expect(elsewhere(visitor)).toEqual([]);
  });

  test('is told at the field what is wrong, by the page and by the server', async () => {
    await using visitor = await visit(site.browser, `${site.url}/register`);
    const { page } = visitor;
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.getByText('This does not look like an e-mail address.').waitFor();
    expect(await page.evaluate(() => document.activeElement?.getAttribute('type'))).toBe('email');
    await field(page, 'E-mail').fill('taken@school.test');
    await field(page, 'Password').fill('short');
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.getByText('The password needs at least 8 characters.').waitFor();
    await fetch(`${site.url}/api/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'taken@school.test', password: PASSWORD }),
    });
    await field(page, 'Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.getByText('This e-mail address is already registered.').waitFor();
  });

  test('whose sign-in has ended is told so, and may go on as a guest', async () => {
    await using visitor = await visit(site.browser, `${site.url}/register`);
    const { page } = visitor;
    await field(page, 'E-mail').fill('late@school.test');
    await field(page, 'Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.getByText('The account is ready.').waitFor();
    await field(page, 'Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: /^Model: / }).waitFor();
    await endSignIn(page);
    await ask(page, 'Hello');
    const dialog = page.getByRole('alertdialog', { name: 'Please sign in again' });
    await dialog.getByText('Your sign-in has ended. Please sign in again.').waitFor();
    const again = page.waitForRequest('**/api/chat/completions');
    await dialog.getByRole('button', { name: 'Go on without an account' }).click();
    expect((await again).headers().authorization).toBeUndefined();
    await answered(page);
    expect(await page.getByRole('article').count()).toBe(2);
  });

  test('with a wrong password is told so, and shown what was typed on demand', async () => {
    await using visitor = await visit(site.browser, `${site.url}/login`);
    const { page } = visitor;
    await field(page, 'E-mail').fill('nobody@school.test');
    await field(page, 'Password').fill('wrong password');
    await page.getByRole('button', { name: 'Show the password' }).click();
    expect(await field(page, 'Password').getAttribute('type')).toBe('text');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('The account or the password is not correct.').waitFor();
  });

  test('finds registration closed where it is', async () => {
    await site.admin('PUT', '/api/admin/config', { registration: 'closed' });
    try {
      await using visitor = await visit(site.browser, `${site.url}/register`);
      await visitor.page.getByText('Registration is closed here.').waitFor();
      expect(await field(visitor.page, 'E-mail').count()).toBe(0);
    } finally {
      await site.admin('PUT', '/api/admin/config', { registration: 'open' });
    }
  });
});

describe('an administrator', () => {
  test('adds, switches and deletes a channel, and the chat page follows', async () => {
    site.upstream.script('school-model', { words: ['An', ' answer', ' from', ' the', ' new', ' channel.'] });
    await using visitor = await visit(site.browser, `${site.url}/admin/channels`);
    const { page } = visitor;
    await page.getByLabel('User name').fill('admin');
    await field(page, 'Password').fill(ADMIN_PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'No channel yet' }).waitFor();

    await page.getByRole('button', { name: 'Add a channel' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a channel' });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Please give the channel a name.').waitFor();
    await dialog.getByLabel('Name', { exact: true }).fill('Our school');
    await dialog.getByLabel('Base URL').fill(site.upstream.baseUrl);
    await dialog.getByLabel('API key', { exact: true }).fill('sk-secret-of-the-school');
    await dialog.getByLabel('Model ID').fill('school-model');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('“Our school” is saved.').waitFor();
    expect(await page.content()).not.toContain('sk-secret-of-the-school');

    await page.goto(site.url);
    await page.getByRole('button', { name: 'Model: school-model' }).waitFor();
    await ask(page, 'Hello');
    await answered(page);
    expect(await lastAnswer(page).innerText()).toContain('An answer from the new channel.');
    expect(site.upstream.journal.at(-1)!.headers.authorization).toBe('Bearer sk-secret-of-the-school');

    await page.goto(`${site.url}/admin/channels`);
    await page.getByRole('switch', { name: 'Switch “Our school” off' }).click();
    await page.getByRole('switch', { name: 'Switch “Our school” on' }).waitFor();
    await page.getByRole('button', { name: 'Edit “Our school”' }).click();
    const edit = page.getByRole('dialog', { name: 'Edit “Our school”' });
    expect(await edit.getByLabel('API key', { exact: true }).inputValue()).toBe('');
    await edit.getByLabel('Name', { exact: true }).fill('Renamed');
    await edit.getByRole('button', { name: 'Save' }).click();
    await page.getByText('“Renamed” is saved.').waitFor();
    await page.getByRole('button', { name: 'Delete “Renamed”' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { name: 'No channel yet' }).waitFor();
    expect(visitor.faults).toEqual([]);
    expect(elsewhere(visitor)).toEqual([]);
  });

  test('sees at the field what the server refuses', async () => {
    await using visitor = await visit(site.browser, `${site.url}/admin`);
    const { page } = visitor;
    await signInAsAdmin(page);
    await page.getByRole('link', { name: 'Add the first channel' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a channel' });
    await dialog.getByLabel('Name', { exact: true }).fill('Metadata');
    await dialog.getByLabel('Base URL').fill('http://169.254.169.254/v1');
    await dialog.getByLabel('Model ID').fill('m');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.waitForFunction(() => document.querySelector('[role=dialog] [aria-invalid=true]') !== null);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('type'))).toBe('url');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  test('changes the limits, and they hold for guests', async () => {
    await using visitor = await visit(site.browser, `${site.url}/admin/settings`);
    const { page } = visitor;
    await page.getByLabel('User name').fill('admin');
    await field(page, 'Password').fill(ADMIN_PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    const guests = page.getByLabel('Guests: questions a minute');
    await guests.fill('none');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Please enter a whole number from 0 to 1000000.').waitFor();
    await guests.fill('777');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('The settings are saved.').waitFor();
    expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
    await page.reload();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    expect(await guests.inputValue()).toBe('777');
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('link', { name: 'Settings' }).click();
    await guests.waitFor();
    expect(await guests.inputValue()).toBe('777');
    await site.admin('PUT', '/api/admin/config', { guest_rpm: 1000 });
  });

  test('whose sign-in was ended elsewhere signs in again and is back where it was', async () => {
    await using visitor = await visit(site.browser, `${site.url}/admin`);
    const { page } = visitor;
    await signInAsAdmin(page);
    await endSignIn(page);
    await page.getByRole('link', { name: 'Channels' }).click();
    await page.getByLabel('User name').fill('admin');
    await field(page, 'Password').fill(ADMIN_PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Channels', exact: true }).waitFor();
  });

  test('is somebody else than a user: the console says so', async () => {
    await using visitor = await visit(site.browser, `${site.url}/register`);
    const { page } = visitor;
    await field(page, 'E-mail').fill('curious@school.test');
    await field(page, 'Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.getByText('The account is ready.').waitFor();
    await field(page, 'Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: /^Model: / }).waitFor();
    await page.goto(`${site.url}/admin/channels`);
    await page.getByRole('heading', { name: 'This account is not an administrator' }).waitFor();
  });
});

describe('the first administrator', () => {
  let folder: ServerFolder;
  beforeAll(async () => {
    folder = await createServerFolder();
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  test('is made with the link printed at start, once', async () => {
    const server = await folder.start({ ADMIN_PASSWORD: '' });
    const path = /\/setup#[\w-]+/.exec(server.output())![0];
    await using visitor = await visit(site.browser, server.url + path);
    const { page } = visitor;
    await field(page, 'User name').fill('head');
    expect(new URL(page.url()).hash).toBe('');
    await field(page, 'Password').fill(PASSWORD);
    await field(page, 'Password once more').fill('another password');
    await page.getByRole('button', { name: 'Create the administrator' }).click();
    await page.getByText('The two passwords differ.').waitFor();
    await field(page, 'Password once more').fill(PASSWORD);
    await page.getByRole('button', { name: 'Create the administrator' }).click();
    await page.getByRole('heading', { name: 'Only the demo model is answering' }).waitFor();

    await using second = await visit(site.browser, server.url + path);
    await field(second.page, 'User name').fill('thief');
    await field(second.page, 'Password').fill(PASSWORD);
    await field(second.page, 'Password once more').fill(PASSWORD);
    await second.page.getByRole('button', { name: 'Create the administrator' }).click();
    await second.page.getByRole('alert').waitFor();
    expect(await second.page.getByRole('heading', { name: 'Overview' }).count()).toBe(0);
  });
});
