// A channel of each wire format, added in the console and tested there: the upstream that answers speaks nothing else.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { Page } from 'playwright-core';

import { startGeminiUpstream } from '../../server/testing/scripted-gemini.ts';
import { startMessagesUpstream } from '../../server/testing/scripted-messages.ts';
import { startResponsesUpstream } from '../../server/testing/scripted-responses.ts';
import { visit } from '../lib/browser.ts';
import { signInToConsole } from '../lib/console.ts';
import { openSite, type Site } from '../lib/site.ts';

let site: Site;
const gemini = startGeminiUpstream();
const responses = startResponsesUpstream();
const messages = startMessagesUpstream();

beforeAll(async () => {
  site = await openSite();
});
afterAll(async () => {
  for (const upstream of [gemini, responses, messages]) upstream[Symbol.dispose]();
  await site[Symbol.asyncDispose]();
});

const KEY = 'sk-key-of-the-school-aaaa';

/** What an upstream saw last. */
interface Asked {
  headers: Record<string, string>;
  body: Record<string, unknown>;
}
const FORMATS = [
  {
    option: 'Google Gemini',
    name: 'Ours of Gemini',
    model: 'gemini-3.8-flash',
    baseUrl: gemini.baseUrl,
    asked: () => ({ ...gemini.journal.at(-1)!, at: gemini.journal.at(-1)!.target }),
    at: '/v1beta/models/gemini-3.8-flash:generateContent',
    credential: ['x-goog-api-key', KEY],
    body: { contents: [{ role: 'user' }] },
  },
  {
    option: 'OpenAI Responses',
    name: 'Ours of Responses',
    model: 'gpt-inside',
    baseUrl: responses.baseUrl,
    asked: () => ({ ...responses.journal.at(-1)!, at: responses.journal.at(-1)!.path }),
    at: '/v1/responses',
    credential: ['authorization', `Bearer ${KEY}`],
    body: { model: 'gpt-inside', store: false },
  },
  {
    option: 'Anthropic Messages',
    name: 'Ours of Messages',
    model: 'claude-inside',
    baseUrl: messages.baseUrl,
    asked: () => ({ ...messages.journal.at(-1)!, at: messages.journal.at(-1)!.path }),
    at: '/v1/messages',
    credential: ['x-api-key', KEY],
    body: { model: 'claude-inside', messages: [{ role: 'user' }] },
  },
] as const;

async function add(page: Page, { option, name, model, baseUrl }: (typeof FORMATS)[number]): Promise<void> {
  await page.getByRole('button', { name: 'Add a channel' }).click();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Base URL').fill(baseUrl);
  await page.getByLabel('Wire format').selectOption(option);
  await page.getByLabel('API key', { exact: true }).fill(KEY);
  await page.getByLabel('Model ID').fill(model);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText(`“${name}” is saved.`).waitFor();
}

test.each(FORMATS.map((format) => [format.option, format] as const))(
  'an administrator adds a channel that speaks %s, and its test is answered',
  async (_option, format) => {
    await using visitor = await visit(site.browser, `${site.url}/admin/channels`);
    const { page } = visitor;
    await signInToConsole(site, page);
    await page.goto(`${site.url}/admin/channels`);
    await add(page, format);
    await page.getByRole('button', { name: `Test “${format.name}”` }).click();
    const dialog = page.getByRole('dialog', { name: `Test “${format.name}”` });
    await dialog.getByText(/^Answered in [\d,]+ ms$/).waitFor();
    expect(await dialog.getByRole('listitem').innerText()).toContain('Hello from the scripted upstream.');
    const { at, headers, body }: Asked & { at: string } = format.asked();
    expect(at).toBe(format.at);
    expect(headers[format.credential[0]]).toBe(format.credential[1]);
    expect(body).toMatchObject(format.body);
    await page.keyboard.press('Escape');

    // What was chosen is there when the form is opened again.
    await page.getByRole('button', { name: `Edit “${format.name}”` }).click();
    const select = page.getByLabel('Wire format');
    expect(await select.locator('option:checked').innerText()).toBe(format.option);
    expect(visitor.faults).toEqual([]);
  },
);
