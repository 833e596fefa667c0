// What the chat page says when there is no whole answer: requirement 001's two dialogs, and every other ending.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

import { freePort } from '../../server/testing/server-process.ts';
import { visit } from '../lib/browser.ts';
import { answered, ask, chooseModel, composer, lastAnswer } from '../lib/chat.ts';
import { openSite, type Site } from '../lib/site.ts';

let site: Site;

beforeAll(async () => {
  site = await openSite();
  await site.addModel('good', {});
  await site.addModel('cut', { words: ['half', ' an', ' answer'], end: 'cut' });
  await site.addModel('breaks', { words: ['half', ' an', ' answer'], end: 'error' });
  await site.addModel('silent', { words: [] });
  await site.addModel('slow', { headDelayMs: 60_000 });
  const dead = { name: 'dead', base_url: `http://127.0.0.1:${freePort()}/v1`, api_key: 'sk-x', model_id: 'dead' };
  await site.admin('POST', '/api/admin/channels', dead);
});
afterAll(() => site[Symbol.asyncDispose]());

describe('a limit', () => {
  test('is told in a dialog that counts down, and the question is asked again when it may be', async () => {
    await site.admin('PUT', '/api/admin/config', { guest_rpm: 2 });
    try {
      await using visitor = await visit(site.browser, site.url, { locale: 'zh-CN', clock: true });
      const { page } = visitor;
      await page.getByRole('button', { name: /^模型：/ }).click();
      await page.getByRole('option', { name: 'good' }).click();
      const field = page.getByRole('textbox', { name: '你的问题' });
      for (const question of ['一', '二', '三']) {
        await field.fill(question);
        await field.press('Enter');
        if (question !== '三') await page.getByRole('button', { name: '重新回答' }).waitFor();
      }
      const dialog = page.getByRole('alertdialog', { name: '问得有点快' });
      await dialog.getByText('您超过当前使用限制，请稍后再试').waitFor();
      const retry = dialog.getByRole('button', { name: /^重试（\d+ 秒）$/ });
      const left = async () => Number(/\d+/.exec(await retry.innerText())![0]);
      const first = await left();
      expect(first).toBeLessThanOrEqual(60);
      await page.clock.fastForward(5_000);
      expect(await left()).toBeLessThan(first - 3);
      // Before its time it does nothing, and says why in its own text.
      await retry.click({ force: true });
      expect(await dialog.isVisible()).toBe(true);
      await site.admin('PUT', '/api/admin/config', { guest_rpm: 1000 });
      await page.clock.fastForward(60_000);
      await dialog.getByRole('button', { name: '重试', exact: true }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.locator('.md').nth(2).waitFor();
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
      expect(visitor.faults).toEqual([]);
    } finally {
      await site.admin('PUT', '/api/admin/config', { guest_rpm: 1000 });
    }
  });
});

test('the limit of the signed-in is theirs, not their network’s, and changes while the server runs', async () => {
  const account = { email: 'busy@school.test', password: 'a long enough password' };
  const post = (path: string, body: object) =>
    fetch(site.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  await post('/api/auth/register', account);
  await site.admin('PUT', '/api/admin/config', { user_rpm: 1 });
  try {
    await using visitor = await visit(site.browser, `${site.url}/login`, { locale: 'zh-TW' });
    const { page } = visitor;
    await page.getByLabel('電子郵件').fill(account.email);
    await page.getByLabel('密碼', { exact: true }).fill(account.password);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^模型：/ }).click();
    await page.getByRole('option', { name: 'good' }).click();
    const field = page.getByRole('textbox', { name: '你的問題' });
    await field.fill('一');
    await field.press('Enter');
    await page.getByText(/秒後可以再問$/).waitFor();
    await field.fill('二');
    await field.press('Enter');
    await page.getByRole('alertdialog').getByText('您超過目前的使用限制，請稍後再試').waitFor();
    // A guest at the same address asks on.
    await using guest = await visit(site.browser, site.url);
    await chooseModel(guest.page, 'good');
    await ask(guest.page, 'Hello');
    await answered(guest.page);
    expect(visitor.faults).toEqual([]);
  } finally {
    await site.admin('PUT', '/api/admin/config', { user_rpm: 1000 });
  }
});

describe('a model that cannot be reached', () => {
  test('is told in a dialog with "try again", which asks the same question', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page } = visitor;
    await chooseModel(page, 'dead');
    await ask(page, 'Hello');
    const dialog = page.getByRole('alertdialog', { name: 'The model is not answering' });
    await dialog.getByText('The model service is not available right now. Please try again shortly').waitFor();
    const again = page.waitForRequest('**/api/chat/completions');
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await again;
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('No answer came.').waitFor();
    await chooseModel(page, 'good');
    await page.getByRole('button', { name: 'Answer again' }).click();
    await page.getByText('Hello from the scripted upstream.').waitFor();
    expect(await page.getByRole('article').count()).toBe(2);
  });
});

describe('an answer that does not come whole', () => {
  test.each(['cut', 'breaks'])('(%s) is shown as cut and never as finished', async (model) => {
    await using visitor = await visit(site.browser, site.url);
    const { page } = visitor;
    await chooseModel(page, model);
    await ask(page, 'Hello');
    await page.getByRole('alertdialog', { name: 'The answer was cut off' }).waitFor();
    await page.keyboard.press('Escape');
    await answered(page);
    expect(await lastAnswer(page).innerText()).toContain('half an answer');
    expect(await lastAnswer(page).innerText()).toContain('The answer was cut off here. It is not complete.');
    expect(await page.getByRole('alert').allInnerTexts()).toContain('The answer was cut off and is not complete.');
  });

  test('is gone on with from the dialog, in the same answer', async () => {
    await site.addModel('halves', { words: ['First', ' half'], end: 'cut' });
    await using visitor = await visit(site.browser, site.url);
    const { page } = visitor;
    await chooseModel(page, 'halves');
    await ask(page, 'Hello');
    const dialog = page.getByRole('alertdialog', { name: 'The answer was cut off' });
    await dialog.waitFor();
    site.upstream.script('halves', { words: [' and second', ' half.'] });
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await dialog.waitFor({ state: 'detached' });
    await answered(page);
    expect(await lastAnswer(page).innerText()).toContain('First half and second half.');
    expect(await page.getByRole('article').count()).toBe(2);
  });

  test('but is empty says so', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page } = visitor;
    await chooseModel(page, 'silent');
    await ask(page, 'Hello');
    await page.getByText('The model answered with nothing.').waitFor();
  });

  test('while the model is silent the page counts the wait and can stop it', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page } = visitor;
    await chooseModel(page, 'slow');
    await ask(page, 'Hello');
    await page.getByText(/Waiting for the answer… \d s/).waitFor();
    await page.getByRole('button', { name: 'Stop the answer' }).click();
    await page.getByText('You stopped this answer.').waitFor();
    await composer(page).fill('ready for the next question');
  });

  test('because the network went away is cut, and the page says it is offline', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page, context } = visitor;
    await chooseModel(page, 'good');
    await context.setOffline(true);
    await page.getByText('No network.').waitFor();
    await ask(page, 'Hello');
    const dialog = page.getByRole('alertdialog', { name: 'The server cannot be reached' });
    await dialog.waitFor();
    await context.setOffline(false);
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await answered(page);
    expect(await page.getByText('No network.').count()).toBe(0);
  });
});

describe('a page that cannot chat', () => {
  test('says that guests must sign in, and leads there', async () => {
    await site.admin('PUT', '/api/admin/config', { guests_allowed: false });
    try {
      await using visitor = await visit(site.browser, site.url);
      await visitor.page.getByRole('heading', { name: 'Please sign in first' }).waitFor();
      await visitor.page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
      await visitor.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    } finally {
      await site.admin('PUT', '/api/admin/config', { guests_allowed: true });
    }
  });

  test('says that no model is switched on', async () => {
    const other = await openSite();
    try {
      const id = await other.addModel('only', {});
      await other.admin('PUT', `/api/admin/channels/${id}`, { is_enabled: false });
      await using visitor = await visit(other.browser, other.url);
      await visitor.page.getByRole('heading', { name: 'No model is switched on yet' }).waitFor();
      await ask(visitor.page, 'Hello');
      expect(await visitor.page.getByRole('article').count()).toBe(0);
    } finally {
      await other[Symbol.asyncDispose]();
    }
  });
});
