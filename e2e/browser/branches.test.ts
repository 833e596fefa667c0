// What one does with a conversation: other words, other answers, going on, files, prompts, keys, the gauge, a file of it.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFile } from 'node:fs/promises';

import { visit } from '../lib/browser.ts';
import { answered, ask, chooseModel, composer } from '../lib/chat.ts';
import { openSite, type Site } from '../lib/site.ts';

let site: Site;
beforeAll(async () => {
  site = await openSite();
  await site.addModel('good', { words: ['A good', ' answer.'] });
  await site.addModel('cut', { words: ['half', ' an', ' answer'], end: 'cut' });
  const channel = { name: 'eyes', base_url: site.upstream.baseUrl, api_key: 'sk-x', model_id: 'eyes' };
  site.upstream.script('eyes', { words: ['I see a cat.'] });
  await site.admin('POST', '/api/admin/channels', { ...channel, capabilities: ['vision', 'reasoning'] });
});
afterAll(() => site[Symbol.asyncDispose]());

interface Message {
  role: string;
  content: string | { type: string; image_url?: { url: string } }[];
}
const told = () => site.upstream.journal.at(-1)!.body.messages as Message[];

describe('a conversation', () => {
  test('branches at an edited question, and both ways stay', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page } = visitor;
    await chooseModel(page, 'good');
    await ask(page, 'First question');
    await answered(page);
    await ask(page, 'Second question');
    await answered(page);
    await page.getByRole('article').first().hover();
    await page.getByRole('button', { name: 'Ask in other words' }).first().click();
    const field = page.getByRole('textbox', { name: 'Your question, in other words' });
    await field.fill('First, better put');
    await field.press('Enter');
    await page.getByText('First, better put').waitFor();
    await answered(page);
    expect(await page.getByRole('article').count()).toBe(2);
    expect(told()).toEqual([{ role: 'user', content: 'First, better put' }]);
    await page.getByRole('group', { name: 'Version 2 of 2' }).getByRole('button', { name: 'Version before' }).click();
    expect(await page.getByRole('article').count()).toBe(4);
    await page.getByText('Second question').waitFor();
    expect(visitor.faults).toEqual([]);
  });

  test('keeps each answer to one question', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page } = visitor;
    await chooseModel(page, 'good');
    await ask(page, 'Hello');
    await answered(page);
    await page.getByRole('button', { name: 'Answer again' }).click();
    await page.getByRole('group', { name: 'Version 2 of 2' }).waitFor();
    await answered(page);
    expect(told()).toEqual([{ role: 'user', content: 'Hello' }]);
    await page.getByRole('button', { name: 'Version before' }).click();
    await page.getByRole('group', { name: 'Version 1 of 2' }).waitFor();
  });

  test('that was cut says so, and goes on where it stopped', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page } = visitor;
    await chooseModel(page, 'cut');
    await ask(page, 'Hello');
    await page.getByRole('alertdialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('The answer was cut off here. It is not complete.').waitFor();
    site.upstream.script('cut', { words: [', and its', ' other half.'] });
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('half an answer, and its other half.').waitFor();
    expect(await page.getByRole('article').count()).toBe(2);
    expect(told().map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(told()[1]!.content).toBe('half an answer');
    expect(await page.getByText('The answer was cut off here.').count()).toBe(0);
  });

  test('is saved as Markdown', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page } = visitor;
    await chooseModel(page, 'good');
    await ask(page, 'Hello **there**');
    await answered(page);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the chat' }).click();
    const file = await saved;
    expect(file.suggestedFilename()).toMatch(/^chat-\d{4}-\d\d-\d\d-\d{4}\.md$/);
    expect(await readFile(await file.path(), 'utf8')).toBe('## You\n\nHello **there**\n\n## good\n\nA good answer.\n');
  });

  test('is asked about before a reload takes it, and only then', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page } = visitor;
    const asked: string[] = [];
    page.on('dialog', (dialog) => {
      asked.push(dialog.type());
      void dialog.accept();
    });
    await page.reload();
    expect(asked).toEqual([]);
    await chooseModel(page, 'good');
    await ask(page, 'Hello');
    await answered(page);
    await page.getByText('This conversation is kept nowhere. Close the page and it is gone.').waitFor();
    await page.reload();
    expect(asked).toEqual(['beforeunload']);
  });
});

describe('files', () => {
  /** A drawn picture with a camera's words in it. */
  const PNG = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );

  test('a picture goes to a model that sees, drawn anew; one that does not is not sent it', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page } = visitor;
    const chooser = page.locator('input[type=file]');
    await chooseModel(page, 'good');
    await chooser.setInputFiles({ name: 'cat.png', mimeType: 'image/png', buffer: PNG });
    await page.getByText('This model cannot see pictures. Choose one that does.').waitFor();
    await page.getByRole('button', { name: /^Model: / }).click();
    await page.getByRole('option', { name: /eyes.*sees images · thinks first/s }).click();
    await chooser.setInputFiles({ name: '../ca\u202Et.png', mimeType: 'image/png', buffer: PNG });
    await page.getByRole('img', { name: 'cat.png' }).waitFor();
    await ask(page, 'What is it?');
    await page.getByText('I see a cat.').waitFor();
    const [, image] = told()[0]!.content as { type: string; image_url: { url: string } }[];
    expect(image!.type).toBe('image_url');
    expect(image!.image_url.url).toStartWith('data:image/jpeg;base64,');
    expect(visitor.faults).toEqual([]);
  });

  test('a text file goes with the question; what is none is refused', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page } = visitor;
    await chooseModel(page, 'good');
    const chooser = page.locator('input[type=file]');
    await chooser.setInputFiles({ name: 'x.bin', mimeType: '', buffer: Buffer.from([0xff, 0, 1]) });
    await page.getByText('This file is not plain text.').waitFor();
    const essay = { name: 'essay.txt', mimeType: 'text/plain', buffer: Buffer.from('Once upon a time') };
    await chooser.setInputFiles([essay, { ...essay, name: 'gone.txt' }]);
    await page.getByRole('button', { name: 'Remove gone.txt' }).click();
    await ask(page, 'Check it');
    await answered(page);
    expect(told()[0]!.content).toBe('essay.txt\n```\nOnce upon a time\n```\n\nCheck it');
  });
});

describe('by keyboard', () => {
  test('"/" offers quick prompts, chosen with arrows and Enter', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page } = visitor;
    await page.getByRole('button', { name: /^Model: / }).waitFor();
    await composer(page).focus();
    await page.keyboard.type('/');
    await page.getByRole('listbox', { name: 'Quick prompts' }).waitFor();
    await page.keyboard.press('ArrowDown');
    const active = await composer(page).getAttribute('aria-activedescendant');
    expect(await page.locator(`[id="${active}"]`).getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Enter');
    expect(await composer(page).inputValue()).toBe('Give me only a hint, not the answer: ');
    expect(await page.getByRole('article').count()).toBe(0);
    await composer(page).fill('/qu');
    await page.keyboard.press('Escape');
    await page.getByRole('listbox').waitFor({ state: 'hidden' });
    expect(visitor.faults).toEqual([]);
  });

  test('the help sheet tells the shortcuts, and they work', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page } = visitor;
    await chooseModel(page, 'good');
    await composer(page).focus();
    await page.keyboard.press('Control+/');
    const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await sheet.getByText('Copy the last answer').waitFor();
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    await ask(page, 'Hello');
    await answered(page);
    await page.keyboard.press('Control+Shift+R');
    await page.getByRole('group', { name: 'Version 2 of 2' }).waitFor();
    await answered(page);
    await page.keyboard.press('Control+Shift+O');
    expect(await page.getByRole('article').count()).toBe(0);
  });
});

test('the gauge shows what is left before anybody is refused, and that it comes back', async () => {
  await site.admin('PUT', '/api/admin/config', { guest_rpm: 3 });
  try {
    await using visitor = await visit(site.browser, site.url, { phone: true });
    const { page } = visitor;
    await chooseModel(page, 'good');
    await ask(page, 'Hello');
    await page.locator('[data-gauge]').waitFor();
    expect(await page.locator('[data-gauge]').innerText()).toMatch(/^(\d of 3 questions left · all|Next question)/);
  } finally {
    await site.admin('PUT', '/api/admin/config', { guest_rpm: 1000 });
  }
});
