// Signing in with another service in a real browser; the account page; invite links.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Page } from 'playwright-core';

import { type OidcIssuer, startOidcIssuer } from '../../server/testing/oidc-issuer.ts';
import { freePort } from '../../server/testing/server-process.ts';
import { elsewhere, SCHOOL_HOST, visit } from '../lib/browser.ts';
import { answered, ask } from '../lib/chat.ts';
import { openSite, type Site } from '../lib/site.ts';

const PORT = freePort();
/** Plain HTTP under a name, as in a school's network. */
const SCHOOL = `http://${SCHOOL_HOST}:${PORT}`;
const PASSWORD = 'a long enough password';

let issuer: OidcIssuer;
let site: Site;
beforeAll(async () => {
  issuer = await startOidcIssuer(() => [`${SCHOOL}/login/oidc`]);
  issuer.pupils.ming = { email: 'ming@school.example', email_verified: true };
  issuer.pupils.lee = { email: 'lee@elsewhere.example', email_verified: true };
  site = await openSite({
    APP_PORT: String(PORT),
    OIDC_ISSUER: issuer.url,
    OIDC_CLIENT_ID: issuer.clientId,
    OIDC_CLIENT_SECRET: issuer.clientSecret,
    OIDC_NAME: 'School ID',
    OIDC_ALLOWED_DOMAINS: 'school.example',
  });
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
  await issuer[Symbol.asyncDispose]();
});

async function throughIssuer(page: Page, subject: string): Promise<void> {
  await page.getByRole('button', { name: 'Continue with School ID' }).click();
  await page.getByLabel('Subject').fill(subject);
  await page.getByRole('button', { name: 'Go' }).click();
}
const field = (page: Page, name: string) => page.getByLabel(name, { exact: true });

async function registered(page: Page, email: string): Promise<void> {
  await page.goto(`${SCHOOL}/register`);
  await field(page, 'E-mail').fill(email);
  await field(page, 'Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.getByText('The account is ready. Sign in with it now.').waitFor();
  await field(page, 'Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('button', { name: /^Model: / }).waitFor();
}

describe('another service', () => {
  test('signs in over plain HTTP, and neither history nor storage that lasts holds anything of it', async () => {
    await using visitor = await visit(site.browser, `${SCHOOL}/login`);
    const { page } = visitor;
    await throughIssuer(page, 'ming');
    await page.getByRole('button', { name: /^Model: / }).waitFor();
    expect(page.url()).toBe(`${SCHOOL}/`);
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByText('ming@school.example').waitFor();
    await page.keyboard.press('Escape');
    await ask(page, 'Hello');
    await answered(page);
    expect(await page.evaluate(() => [localStorage.length, Object.keys(sessionStorage).toSorted()])).toEqual([
      0,
      ['hallpass.login'],
    ]);
    expect(await page.context().cookies(SCHOOL)).toEqual([]);
    // A token is in no address, and everything else that was asked for is the issuer's.
    expect(visitor.requests.filter((url) => url.includes('eyJ'))).toEqual([]);
    expect(elsewhere(visitor).filter((url) => !url.startsWith(issuer.url))).toEqual([]);
    await page.goBack();
    expect(page.url()).not.toMatch(/code=|state=/);
    expect(visitor.faults).toEqual([]);
  });

  test('refuses in plain words who is not of the school, and a return that nobody began', async () => {
    await using visitor = await visit(site.browser, `${SCHOOL}/login`);
    const { page } = visitor;
    await throughIssuer(page, 'lee');
    await page.getByRole('alert').getByText('lee@elsewhere.example is not one of them').waitFor();
    expect(page.url()).toBe(`${SCHOOL}/login/oidc`);
    await page.goto(`${SCHOOL}/login/oidc?code=stolen&state=foreign`);
    await page.getByText('This sign-in did not begin in this tab').waitFor();
    expect(page.url()).toBe(`${SCHOOL}/login/oidc`);
    await page.getByRole('link', { name: 'Start again' }).click();
    await field(page, 'E-mail').waitFor();
  });

  test('that is away is told as away', async () => {
    await using visitor = await visit(site.browser, `${SCHOOL}/login`);
    const { page } = visitor;
    await page.route('**/api/auth/oidc/start', (route) => route.abort());
    await page.getByRole('button', { name: 'Continue with School ID' }).click();
    await page.getByRole('alert').getByText('The server cannot be reached').waitFor();
  });
});

describe('my account', () => {
  test('the password is changed, the data taken along, and everything deleted', async () => {
    await using visitor = await visit(site.browser, SCHOOL);
    const { page } = visitor;
    await registered(page, 'own@school.example');
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('menuitem', { name: 'My account' }).click();
    await field(page, 'Current password').fill('not this one');
    await field(page, 'New password').fill('an even longer password');
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByRole('alert').waitFor();
    await field(page, 'Current password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByText('The password is changed.').waitFor();
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download my data' }).click();
    expect((await saved).suggestedFilename()).toBe('hallpass-my-data.json');
    await page.getByRole('button', { name: 'Delete my account' }).click();
    const dialog = page.getByRole('alertdialog', { name: 'Delete this account?' });
    await dialog.getByLabel('Password', { exact: true }).fill('an even longer password');
    await dialog.getByRole('button', { name: 'Delete for good' }).click();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    expect(page.url()).toBe(`${SCHOOL}/`);
    expect(await page.evaluate(() => sessionStorage.getItem('hallpass.login'))).toBeNull();
    expect(visitor.faults).toEqual([]);
  });

  test('signing out everywhere reaches the other tab', async () => {
    await using one = await visit(site.browser, SCHOOL);
    await registered(one.page, 'two@school.example');
    await using other = await visit(site.browser, `${SCHOOL}/login`);
    await field(other.page, 'E-mail').fill('two@school.example');
    await field(other.page, 'Password').fill(PASSWORD);
    await other.page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await other.page.getByRole('button', { name: /^Model: / }).waitFor();
    await one.page.goto(`${SCHOOL}/account`);
    await one.page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await one.page.waitForURL(`${SCHOOL}/login`);
    await ask(other.page, 'Hello');
    await other.page.getByRole('alertdialog', { name: 'Please sign in again' }).waitFor();
  });
});

test('a teacher joins by invite link where registration is by invite', async () => {
  await site.admin('PUT', '/api/admin/config', { registration: 'invite' });
  const { path } = (await site.admin('POST', '/api/admin/invites', { role: 'teacher' })) as { path: string };
  await using visitor = await visit(site.browser, `${SCHOOL}/register`);
  const { page } = visitor;
  await page.getByText('You need an invite link to register here.').waitFor();
  await page.goto('about:blank');
  await page.goto(SCHOOL + path);
  await page.getByText('You are invited as a teacher.').waitFor();
  expect(page.url()).toBe(`${SCHOOL}/register`);
  await field(page, 'E-mail').fill('teacher@school.example');
  await field(page, 'Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.getByText('The account is ready.').waitFor();
  await page.goto('about:blank');
  await page.goto(SCHOOL + path);
  await page.getByText('This invite link is not valid').waitFor();
  await site.admin('PUT', '/api/admin/config', { registration: 'open' });
});
