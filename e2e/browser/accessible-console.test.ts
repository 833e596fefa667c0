// Every state of the console's pages, and of those that its links lead to, judged by axe in light and dark, on a desk and
// on a phone.
import { afterAll, beforeAll, describe, test } from 'bun:test';
import type { Page } from 'playwright-core';

import { freePort } from '../../server/testing/server-process.ts';
import { type Judges, openJudges, type Reach } from '../lib/axe.ts';
import { signInToConsole } from '../lib/console.ts';
import { openSite, type Site } from '../lib/site.ts';

let site: Site;
let passKey: string;
let judges: Judges;
beforeAll(async () => {
  site = await openSite();
  const richId = await site.addModel('rich', {});
  await site.addModel('slow', { headDelayMs: 60_000 });
  const dead = { name: 'dead', base_url: `http://127.0.0.1:${freePort()}/v1`, api_key: 'sk-x', model_id: 'dead' };
  await site.admin('POST', '/api/admin/channels', dead);
  await site.admin('POST', '/api/admin/blocked-ips', { ip_address: '203.0.113.0/24', reason: 'scraping' });
  await site.admin('POST', '/api/admin/classrooms', { name: '7b', budget: 5 });
  passKey = String((await site.admin('POST', '/key/generate', { key_alias: 'Ming', max_budget: 1 })).key);
  // So that the call log has a row, whichever state is judged first.
  await site.admin('POST', `/api/admin/channels/${richId}/test`);
  judges = await openJudges(site);
});
afterAll(async () => {
  await judges[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
});

/** Who is in the console already is signed in. */
const signIn = async (page: Page) => {
  if (!page.url().startsWith(`${site.url}/admin`)) await signInToConsole(site, page);
};

const STATES: Record<string, Reach> = {
  'the console’s overview': (page) => signInToConsole(site, page),
  'the console’s channels': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/channels`);
    await page.getByRole('table').waitFor();
  },
  'the channel’s form': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/channels`);
    await page.getByRole('button', { name: 'Add a channel' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Please give the channel a name.').waitFor();
  },
  'the form of a channel that has keys and models': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/channels`);
    await page.getByRole('button', { name: 'Edit “channel of rich”' }).click();
    await page.getByRole('button', { name: 'Ask the service which it has' }).click();
    await page.getByRole('checkbox', { name: 'slow' }).waitFor();
    await page.getByLabel('Vendor').selectOption('qwen');
  },
  'the test of a channel': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/channels`);
    await page.getByRole('button', { name: 'Test “channel of rich”' }).click();
    await page.getByText(/^Answered in /).waitFor();
  },
  'the test of a channel that does not answer': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/channels`);
    await page.getByRole('button', { name: 'Test “dead”' }).click();
    await page.getByText(/^No right answer after /).waitFor();
  },
  'the question before a deletion': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/channels`);
    await page.getByRole('button', { name: 'Delete “dead”' }).click();
    await page.getByRole('alertdialog').waitFor();
  },
  'the call log': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/logs`);
    await page.getByRole('table').waitFor();
    await page.getByRole('button', { name: 'More filters' }).click();
  },
  'a call in detail': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/logs`);
    await page.locator('tbody button').first().click();
    await page.getByText(/^Requests to model services/).waitFor();
  },
  'the blocked addresses': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/blocked`);
    await page.getByRole('table').waitFor();
  },
  'the form of a block': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/blocked`);
    await page.getByRole('button', { name: 'Block an address' }).click();
    await page.getByRole('button', { name: 'Block', exact: true }).click();
    await page.getByText('Please enter an address or a network.').waitFor();
  },
  'the visits of a blocked address': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/blocked`);
    await page.getByRole('button', { name: /^Refused visits from/ }).click();
    await page.getByText('Nobody has tried.').waitFor();
  },
  'the passes and the form for more': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/passes`);
    await page.getByRole('table').waitFor();
    await page.getByRole('button', { name: 'Make passes' }).click();
    await page.getByRole('button', { name: 'Make the pass' }).click();
    await page.getByText('Please enter at least one name.').waitFor();
  },
  'the form of a pass': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/passes`);
    await page.getByRole('button', { name: 'Edit “Ming”' }).click();
    await page.getByLabel('Valid for').waitFor();
  },
  'passes just made': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/passes`);
    await page.getByRole('button', { name: 'Make passes' }).click();
    await page.getByLabel('Names').fill(`student ${Date.now()}\nMing`);
    await page.getByRole('button', { name: 'Make 2 passes' }).click();
    await page.getByText(/^Not made: 1/).waitFor();
  },
  'behind a pass’s QR code': async (page) => {
    await page.goto(`${site.url}/setup.html#${passKey}`);
    await page.getByRole('button', { name: 'Enter the chat' }).waitFor();
  },
  'a pass to be typed': async (page) => {
    await page.goto(`${site.url}/setup.html#sk-nobody`);
    await page.getByRole('alert').waitFor();
  },
  'the plans': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/plans`);
    await page.getByRole('table').waitFor();
  },
  'the form of a plan': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/plans`);
    await page.getByRole('button', { name: 'Make a plan' }).click();
    await page.getByRole('button', { name: 'Add hours' }).click();
    await page.getByLabel('To', { exact: true }).fill('');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Each window needs a day, and two different times.').waitFor();
  },
  'the classes': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/classes`);
    await page.getByRole('table').waitFor();
  },
  'the form of a class': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/classes`);
    await page.getByRole('button', { name: 'Make a class' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Please give the class a name.').waitFor();
  },
  'the activation codes, just made': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/codes`);
    await page.getByRole('button', { name: 'Make codes' }).click();
    await page.getByLabel('How many').fill('2');
    await page.getByLabel('Class', { exact: true }).selectOption({ label: '7b' });
    await page.getByRole('button', { name: 'Make the codes' }).click();
    await page.getByText('Codes made: 2').waitFor();
    await page.getByRole('table').waitFor();
  },
  'the form of a batch of codes': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/codes`);
    await page.getByRole('button', { name: 'Make codes' }).click();
    await page.getByLabel('How many').fill('0');
    await page.getByRole('button', { name: 'Make the codes' }).click();
    await page.getByText('Please enter a whole number from 1 to 500.').waitFor();
  },
  'an activation code to redeem': async (page) => {
    await page.goto(`${site.url}/setup.html#K7QM-2RXPW-9TDHF`);
    await page.getByRole('button', { name: 'Get my pass' }).waitFor();
  },
  'an activation code that is not good': async (page) => {
    await page.goto(`${site.url}/setup.html#K7QM-2RXPW-9TDHF`);
    await page.getByRole('button', { name: 'Get my pass' }).click();
    await page.getByRole('alert').waitFor();
  },
  'the question before a new key': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/passes`);
    await page.getByRole('button', { name: 'New key for “Ming”' }).click();
    await page.getByRole('dialog').waitFor();
  },
  'the system’s health, checked': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/health`);
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByText('Everything agrees.').waitFor();
  },
  'where alerts go, wrongly': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/settings`);
    await page.getByLabel('Mail', { exact: true }).fill('nobody');
    await page.getByRole('button', { name: 'Save and send a test' }).click();
    await page.getByText('“nobody” is not an e-mail address.').waitFor();
  },
  'models and prices': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/models`);
    await page.getByRole('region', { name: 'rich' }).waitFor();
  },
  'the form of a model': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/models`);
    await page.getByRole('button', { name: 'Edit “rich”' }).click();
    await page.getByLabel('Name for people').fill('');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Please enter a name.').waitFor();
  },
  'the form of a price': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/models`);
    await page.getByRole('button', { name: /Change the price of rich/ }).click();
    await page.getByLabel('Input', { exact: true }).fill('');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Please enter an amount such as 0.27.').first().waitFor();
  },
  'the import of a price file': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/models`);
    await page.getByRole('button', { name: 'Import a price file' }).click();
    await page.getByRole('dialog').waitFor();
  },
  'the users': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/users`);
    await page.getByRole('table').waitFor();
  },
  'a link for a new password': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/users`);
    await page
      .getByRole('button', { name: /^New password for/ })
      .first()
      .click();
    await page.getByRole('dialog').locator('code').waitFor();
  },
  'the page that sets a new password': async (page) => {
    await page.goto(`${site.url}/reset#token`);
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.locator('[aria-invalid=true]').first().waitFor();
  },
  'the statistics': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/stats`);
    await page.locator('canvas').nth(1).waitFor();
  },
  'the tables behind the statistics': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/stats`);
    await page.getByRole('button', { name: 'Table' }).first().click();
    await page.getByRole('button', { name: 'Table' }).last().click();
    await page.getByRole('columnheader', { name: 'Day' }).waitFor();
  },
  'the costs of a month': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/costs`);
    await page.getByRole('table').waitFor();
  },
  'the audit log': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/audit`);
    await page.getByRole('table').waitFor();
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText(/^The record is whole/).waitFor();
  },
  'a call log in which nothing was found': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/logs?user=nobody`);
    await page.getByText('No call fits these filters.').waitFor();
  },
  'the console’s settings': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/settings`);
    await page.getByLabel('Guests: questions a minute').waitFor();
  },
};

describe('without a fault in light, in dark and on a phone:', () => {
  test.each(Object.entries(STATES))('%s', async (_, reach) => judges.judge(reach));
});
