// A teacher from the invite link to a student's answer: a class, names, strips; without a page of the administrator's.
import { afterAll, beforeAll, expect, test } from 'bun:test';

import { elsewhere, visit } from '../lib/browser.ts';
import { answered, ask, lastAnswer } from '../lib/chat.ts';
import { signInToConsole } from '../lib/console.ts';
import { openSite, type Site } from '../lib/site.ts';
import { addTeacher, signInAsTeacher, type TeacherAccount } from '../lib/teacher.ts';

let site: Site;
let teacher: TeacherAccount;
beforeAll(async () => {
  site = await openSite();
  await site.addModel('m', {});
  await site.admin('POST', '/api/admin/plans', { name: 'Lessons', budget: 1, pass_days: 60 });
  teacher = await addTeacher(site);
});
afterAll(() => site[Symbol.asyncDispose]());

test('a teacher makes a class, pastes names, prints the strips, and a student’s phone goes from the strip to an answer', async () => {
  await using visitor = await visit(site.browser, site.url, { phone: true });
  const { page } = visitor;
  await page.addInitScript(() => {
    window.print = () => ((window as unknown as { printed: number }).printed = 1);
  });
  await signInAsTeacher(site, page, teacher);
  await page.getByText('No class yet.').waitFor();
  const nav = page.getByRole('navigation', { name: 'Administration pages' });
  expect(await nav.getByRole('link').allInnerTexts()).toEqual(['Classes', 'Passes', 'Activation codes', 'Usage']);

  await page.getByRole('button', { name: 'Make a class' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Please give the class a name.').waitFor();
  await page.getByLabel('Name', { exact: true }).fill('7b');
  await page.getByLabel('Plan').selectOption('Lessons');
  expect(await page.getByText('valid for 60 days').isVisible()).toBe(true);
  expect(await page.getByLabel('Budget in dollars').count()).toBe(0);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('“7b” is saved.').waitFor();

  await page.getByRole('link', { name: '7b' }).click();
  await page.getByText('No pass yet.').waitFor();
  await page.getByRole('button', { name: 'Make passes' }).click();
  await page.getByLabel('Names').fill('Ming\t12\nHong\nLan\n');
  await page.getByRole('button', { name: 'Make 3 passes' }).click();
  await page.getByText('Passes made: 3').waitFor();
  await page.getByLabel('Address that students use').fill(site.url);
  await page.getByRole('button', { name: 'Print QR strips' }).click();
  expect(await page.evaluate(() => (window as unknown as { printed: number }).printed)).toBe(1);
  const strips = page.locator('main .strip');
  expect(await strips.locator('p:first-child').allInnerTexts()).toEqual(['Ming', 'Hong', 'Lan']);
  const keys = await strips.locator('.font-mono').allInnerTexts();

  await using pupil = await visit(site.browser, `${site.url}/setup.html#${keys[0]}`, { phone: true });
  await pupil.page.getByRole('button', { name: 'Enter the chat' }).click();
  await ask(pupil.page, 'Hello');
  await answered(pupil.page);
  expect(await lastAnswer(pupil.page).innerText()).toContain('Hello from the scripted upstream.');

  await page.getByRole('button', { name: 'Done' }).click();
  for (const key of keys) expect(await page.content()).not.toContain(key);
  await page.getByRole('switch', { name: 'Block “Ming”' }).click();
  await page.getByText('“Ming” is blocked.').waitFor();
  await ask(pupil.page, 'Still there?');
  await pupil.page.getByText('This pass has been switched off. Please ask your teacher.').first().waitFor();

  // What the administration blocks, the teacher sees and does not undo.
  await site.admin('POST', '/key/block', { key: keys[1] });
  await page.reload();
  const kept = page.getByRole('switch', { name: 'Let “Hong” in again' });
  await kept.waitFor();
  expect([
    await kept.isDisabled(),
    await page.getByRole('switch', { name: 'Let “Ming” in again' }).isDisabled(),
  ]).toEqual([true, false]);
  const reason = page.locator(`[id="${await kept.getAttribute('aria-describedby')}"]`);
  expect(await reason.innerText()).toBe('Blocked by the school’s administration');
  await site.admin('POST', '/key/unblock', { key: keys[1] });

  await page.getByRole('button', { name: 'Extend all' }).click();
  await page.getByLabel('Days from today').fill('61');
  await page.getByRole('button', { name: 'Extend', exact: true }).click();
  await page.getByText('the plan gives at most 60').waitFor();
  await page.getByLabel('Days from today').fill('5');
  await page.getByRole('button', { name: 'Extend', exact: true }).click();
  await page.getByText('Passes extended: 3').waitFor();

  await page.getByRole('button', { name: 'Print all again' }).click();
  await page.getByRole('button', { name: 'Make the new key' }).click();
  await page.getByText('Passes made: 3').waitFor();
  const anew = await strips.locator('.font-mono').allInnerTexts();
  expect(anew.filter((key) => keys.includes(key))).toEqual([]);

  await nav.getByRole('link', { name: 'Usage' }).click();
  await page.getByRole('region', { name: 'By student' }).getByText('Ming').waitFor();
  await page.locator('canvas').first().waitFor();
  expect(await page.locator('tbody tr').last().innerText()).toContain('Ming');
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download CSV' }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(/^hallpass-class-[\d-]+\.csv$/);
  expect([visitor.faults, elsewhere(visitor)]).toEqual([[], []]);
}, 120_000);

test('codes are made, printed and revoked; a class is paused and closed, and an administrator opens it again', async () => {
  await using visitor = await visit(site.browser, site.url);
  const { page } = visitor;
  await signInAsTeacher(site, page, teacher);
  await page.getByRole('link', { name: 'Activation codes' }).click();
  await page.getByText('No code yet.').waitFor();
  await page.getByRole('button', { name: 'Make codes' }).click();
  await page.getByLabel('How many').fill('2');
  await page.getByRole('button', { name: 'Make the codes' }).click();
  await page.getByText('Codes made: 2').waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  await page
    .getByRole('button', { name: /^Revoke / })
    .first()
    .click();
  await page.getByRole('button', { name: 'Revoke', exact: true }).click();
  await page.getByText(/^.{4} is revoked\.$/).waitFor();

  await page.getByRole('link', { name: 'Classes' }).click();
  await page.getByRole('button', { name: 'Pause “7b”' }).click();
  await page.getByText('“7b” is paused').waitFor();
  await page.getByRole('button', { name: 'Close “7b”' }).click();
  await page.getByRole('button', { name: 'Close the class' }).click();
  await page.getByText('“7b” is closed.').waitFor();
  const row = page.getByRole('row', { name: /7b/ });
  expect(await row.getByRole('button').count()).toBe(0);
  await page.getByRole('link', { name: '7b' }).click();
  await page.getByText('This class is closed and can only be looked at.').waitFor();
  expect(await page.getByRole('button', { name: 'Make passes' }).isDisabled()).toBe(true);

  await using admin = await visit(site.browser, `${site.url}/admin/login`);
  await signInToConsole(site, admin.page);
  await admin.page.getByRole('link', { name: 'Classes' }).click();
  await admin.page.getByRole('button', { name: 'Open “7b” again' }).click();
  await admin.page.getByText('“7b” is open again.').waitFor();
  await page.reload();
  expect(await page.getByRole('button', { name: 'Make passes' }).isEnabled()).toBe(true);
  expect([visitor.faults, admin.faults]).toEqual([[], []]);
}, 90_000);

test('an administrator names who teaches a class: one who is taken off finds it gone at the next step', async () => {
  const other = await addTeacher(site, 'wang@school.test');
  await using admin = await visit(site.browser, `${site.url}/admin/login`);
  const edit = async () => {
    await admin.page.getByRole('button', { name: 'Edit “7b”' }).click();
    await admin.page.getByRole('dialog').getByText('li@school.test').waitFor();
  };
  const save = async () => {
    await admin.page.getByRole('button', { name: 'Save' }).click();
    await admin.page.getByText('“7b” is saved.').waitFor();
  };
  await signInToConsole(site, admin.page);
  await admin.page.getByRole('link', { name: 'Classes' }).click();
  await edit();
  await admin.page.getByLabel('Teachers', { exact: true }).selectOption('wang@school.test');
  await save();

  await using visitor = await visit(site.browser, site.url);
  const { page } = visitor;
  await signInAsTeacher(site, page, other);
  await page.getByRole('link', { name: '7b' }).click();
  await page.getByRole('row', { name: /Ming/ }).waitFor();

  await edit();
  await admin.page.getByRole('button', { name: 'Take wang@school.test off the class' }).click();
  await save();
  await page.getByRole('switch', { name: 'Block “Hong”' }).click();
  await page.getByText('We could not find that.').first().waitFor();
  await page.getByRole('link', { name: 'Classes' }).click();
  await page.getByText('No class yet.').waitFor();
  expect([visitor.faults, admin.faults]).toEqual([[], []]);
}, 60_000);

test('the administrator’s pages tell a teacher whose they are; the chat’s menu and the admin’s door lead to the classes', async () => {
  await using visitor = await visit(site.browser, site.url);
  const { page } = visitor;
  await signInAsTeacher(site, page, teacher);
  for (const path of ['/channels', '/passes', '/settings', '/users', '/logs']) {
    await page.goto(`${site.url}/admin${path}`);
    await page.getByRole('heading', { name: 'This account is not an administrator' }).waitFor();
  }
  expect(visitor.requests.filter((url) => /\/(api\/admin|key)\//.test(url))).toEqual([]);
  await page.getByRole('link', { name: 'To my classes' }).click();
  await page.getByRole('heading', { name: 'Classes' }).waitFor();
  await page.goto(`${site.url}/admin`);
  await page.waitForURL(`${site.url}/admin/classes`);
  await page.goto(site.url);
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('menuitem', { name: 'My classes' }).click();
  await page.waitForURL(`${site.url}/admin/classes`);

  await using late = await visit(site.browser, `${site.url}/admin/class-usage`);
  await late.page.getByRole('link', { name: 'Sign in as a teacher' }).click();
  // The administrators' form has the same two fields.
  await late.page.waitForURL(({ pathname }) => pathname === '/login');
  await late.page.locator('input').first().fill(teacher.email);
  await late.page.locator('input').nth(1).fill(teacher.password);
  await late.page.keyboard.press('Enter');
  await late.page.waitForURL(`${site.url}/admin/class-usage`);
  await late.page.getByRole('heading', { name: 'Usage' }).waitFor();
  expect([visitor.faults, late.faults]).toEqual([[], []]);
}, 60_000);
