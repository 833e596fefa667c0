// Every state of a teacher's pages, judged by axe in light and dark, on a desk and on a phone.
import { afterAll, beforeAll, describe, test } from 'bun:test';
import type { Page } from 'playwright-core';

import { judge, type Reach } from '../lib/axe.ts';
import { signInToConsole } from '../lib/console.ts';
import { fillClass } from '../lib/pages.ts';
import { openSite, type Site } from '../lib/site.ts';
import { addTeacher, signInAsTeacher, type TeacherAccount } from '../lib/teacher.ts';

let site: Site;
let teacher: TeacherAccount;
let beginner: TeacherAccount;
beforeAll(async () => {
  site = await openSite();
  await site.addModel('m', {});
  const plan = await site.admin('POST', '/api/admin/plans', { name: 'Morning', pass_days: 90 });
  teacher = await fillClass(site, String(plan.id));
  beginner = await addTeacher(site, 'new@school.test');
});
afterAll(() => site[Symbol.asyncDispose]());

/** As the teacher who has classes, at one of the console's pages. */
async function open(page: Page, path: string): Promise<void> {
  await signInAsTeacher(site, page, teacher);
  await page.goto(`${site.url}/admin${path}`);
}

/** Lists of the class never come. */
async function fail(page: Page, pattern: RegExp): Promise<void> {
  await page.route(pattern, (route) => route.fulfill({ status: 503, body: '{}' }));
}

const STATES: Record<string, Reach> = {
  'the classes': async (page) => {
    await open(page, '/classes');
    await page.getByRole('table').waitFor();
  },
  'no class yet': async (page) => {
    await signInAsTeacher(site, page, beginner);
    await page.getByText('No class yet.').waitFor();
  },
  'no class yet, at the passes': async (page) => {
    await signInAsTeacher(site, page, beginner);
    await page.goto(`${site.url}/admin/class-passes`);
    await page.getByText('You have no class yet.').waitFor();
  },
  'the form of a class, wrongly': async (page) => {
    await open(page, '/classes');
    await page.getByRole('button', { name: 'Make a class' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Please give the class a name.').waitFor();
  },
  'the question before a class is closed': async (page) => {
    await open(page, '/classes');
    await page.getByRole('button', { name: 'Close “8a”' }).click();
    await page.getByRole('alertdialog').waitFor();
  },
  'the passes of a class': async (page) => {
    await open(page, '/class-passes');
    await page.getByRole('table').waitFor();
  },
  'the passes of a closed class': async (page) => {
    await open(page, '/class-passes');
    await page.getByLabel('Class', { exact: true }).selectOption({ label: '9c (Closed)' });
    await page.getByText('This class is closed and can only be looked at.').waitFor();
    await page.getByText('No pass yet.').waitFor();
  },
  'passes that could not be loaded': async (page) => {
    await fail(page, /\/passes\?/);
    await open(page, '/class-passes');
    await page.getByRole('button', { name: 'Try again' }).waitFor();
  },
  'names pasted wrongly': async (page) => {
    await open(page, '/class-passes');
    await page.getByRole('button', { name: 'Make passes' }).click();
    await page.getByLabel('Names').fill('Ming');
    await page.getByRole('button', { name: 'Make the pass' }).click();
    await page.getByText('The class has “Ming” already.').waitFor();
  },
  'strips to print': async (page) => {
    await open(page, '/class-passes');
    await page.getByRole('button', { name: 'New key for “Lan”' }).click();
    await page.getByRole('button', { name: 'Make the new key' }).click();
    await page.getByText('Passes made: 1').waitFor();
  },
  'the question before passes are extended': async (page) => {
    await open(page, '/class-passes');
    await page.getByRole('button', { name: 'Extend all' }).click();
    await page.getByLabel('Days from today').fill('0');
    await page.getByRole('button', { name: 'Extend', exact: true }).click();
    await page.getByText('Please enter a whole number from 1 to 3650.').waitFor();
  },
  'the activation codes': async (page) => {
    await open(page, '/class-codes');
    await page.getByRole('table').waitFor();
  },
  'the form of codes': async (page) => {
    await open(page, '/class-codes');
    await page.getByRole('button', { name: 'Make codes' }).click();
    await page.getByLabel('How many').fill('0');
    await page.getByRole('button', { name: 'Make the codes' }).click();
    await page.getByText('Please enter a whole number from 1 to 500.').waitFor();
  },
  'what a class used': async (page) => {
    await open(page, '/class-usage');
    await page.locator('canvas').first().waitFor();
  },
  'what a class used, as a table': async (page) => {
    await open(page, '/class-usage');
    await page.getByRole('button', { name: 'Table' }).click();
    await page.getByRole('columnheader', { name: 'Day' }).waitFor();
  },
  'what a class used that asked nothing': async (page) => {
    await open(page, '/class-usage');
    await page.getByLabel('Class', { exact: true }).selectOption({ label: '9c (Closed)' });
    await page.getByText('Nobody in this class has asked anything yet.').waitFor();
  },
  'a page of the administrator’s': async (page) => {
    await open(page, '/settings');
    await page.getByRole('link', { name: 'To my classes' }).waitFor();
  },
  'the menu of the chat': async (page) => {
    await signInAsTeacher(site, page, teacher);
    await page.goto(site.url);
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('menuitem', { name: 'My classes' }).waitFor();
  },
  'the administrator’s form of a class with teachers': async (page) => {
    await signInToConsole(site, page);
    await page.goto(`${site.url}/admin/classes`);
    await page.getByRole('button', { name: 'Edit “8a”' }).click();
    await page.getByRole('dialog').getByText('li@school.test').waitFor();
  },
};

describe('without a fault in light, in dark and on a phone:', () => {
  test.each(Object.entries(STATES))('%s', async (_, reach) => judge(site, reach));
});
