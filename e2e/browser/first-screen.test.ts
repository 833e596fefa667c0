// The first screen is in the page itself: it stands in the reader's words before the application has come.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import AxeBuilder from '@axe-core/playwright';

import { type Visitor, visit } from '../lib/browser.ts';
import { answered, ask, composer, lastAnswer } from '../lib/chat.ts';
import { openSite, type Site } from '../lib/site.ts';

let site: Site;
beforeAll(async () => {
  site = await openSite();
  await site.addModel('good', { words: ['Rain.'] });
});
afterAll(() => site[Symbol.asyncDispose]());

/** A visitor whose application is held back until told. */
async function early(locale: 'en-US' | 'zh-CN' | 'zh-TW', phone: boolean, path = '/') {
  const visitor: Visitor = await visit(site.browser, 'about:blank', { locale, phone });
  const { promise, resolve } = Promise.withResolvers<void>();
  await visitor.page.route('**/assets/*.js', async (route) => {
    await promise;
    await route.continue();
  });
  await visitor.page.goto(site.url + path, { waitUntil: 'commit' });
  return { visitor, page: visitor.page, release: resolve };
}

test.each([
  ['en-US', 'What would you like to figure out?', false],
  ['zh-CN', '今天想弄懂什么？', true],
  ['zh-TW', '今天想弄懂什麼？', true],
] as const)('in %s it stands there, and nothing moves when the application comes', async (locale, greeting, phone) => {
  const { visitor, page, release } = await early(locale, phone);
  await using _ = visitor;
  const heading = page.getByRole('heading', { level: 2, name: greeting });
  await heading.waitFor();
  expect(
    (await new AxeBuilder({ page }).disableRules(['page-has-heading-one', 'region']).analyze()).violations,
  ).toEqual([]);
  const places = async () => Promise.all([heading, page.locator('textarea')].map((one) => one.boundingBox()));
  await page.evaluate(() => document.fonts.ready);
  const before = await places();
  release();
  await page.getByRole('button', { name: /^(Model: |模型)/ }).waitFor();
  const after = await places();
  for (const [index, box] of before.entries()) {
    expect(Math.abs(box!.y - after[index]!.y)).toBeLessThan(4);
    expect(Math.abs(box!.x - after[index]!.x)).toBeLessThan(4);
  }
  expect(visitor.faults).toEqual([]);
});

test('what the application will ask first is asked before it has come, and once', async () => {
  const { visitor, page, release } = await early('en-US', true);
  await using _ = visitor;
  const asked = () => visitor.requests.map((url) => new URL(url).pathname).filter((path) => path.startsWith('/api/'));
  await page.getByRole('heading', { level: 2 }).waitFor();
  const first = ['/api/chat/models', '/api/chat/limits'];
  expect(asked()).toEqual(first);
  release();
  await page.getByRole('button', { name: /^Model: / }).waitFor();
  expect(asked()).toEqual(first);
});

test('what is typed before the application has come is kept, and so is the focus', async () => {
  const { visitor, page, release } = await early('en-US', true);
  await using _ = visitor;
  await page.locator('textarea').fill('Why is the sky');
  await page.locator('textarea').focus();
  release();
  const field = page.getByRole('textbox', { name: 'Your question' });
  await page.getByRole('button', { name: /^Model: / }).waitFor();
  await page.keyboard.type(' blue?');
  expect(await field.inputValue()).toBe('Why is the sky blue?');
});

test('a question sent before the application has come is asked once it has', async () => {
  const { visitor, page, release } = await early('en-US', true);
  await using _ = visitor;
  await page.locator('textarea').fill('Why is the sky blue?');
  await page.locator('textarea').press('Enter');
  release();
  await answered(page);
  expect(await lastAnswer(page).innerText()).toContain('Rain.');
  expect(await page.getByText('Why is the sky blue?').count()).toBe(1);
  expect(await composer(page).inputValue()).toBe('');
});

test('what is written on after Enter is not sent', async () => {
  const { visitor, page, release } = await early('en-US', true);
  await using _ = visitor;
  await page.locator('textarea').fill('Why is the sky');
  await page.locator('textarea').press('Enter');
  await page.locator('textarea').fill('Why is the sky blue');
  release();
  await page.getByRole('button', { name: /^Model: / }).waitFor();
  expect(await composer(page).inputValue()).toBe('Why is the sky blue');
  expect(await page.getByRole('article').count()).toBe(0);
});

test.each([true, false])(
  'a question sent while the models are on their way waits for them: they come: %p',
  async (come) => {
    await using visitor = await visit(site.browser, 'about:blank');
    const { page } = visitor;
    const { promise, resolve } = Promise.withResolvers<void>();
    await page.route('**/api/chat/models', async (route) => {
      await promise;
      await (come ? route.continue() : route.abort());
    });
    await page.goto(site.url);
    const send = page.getByRole('button', { name: 'Send' });
    await ask(page, 'Why?');
    await page.locator('button[aria-busy=true]').waitFor();
    expect(await send.getAttribute('title')).toBe('Models are still loading');
    resolve();
    if (come) {
      await answered(page);
      expect(await composer(page).inputValue()).toBe('');
      return;
    }
    await page.locator('button[type=submit][title="No model is available"]').waitFor();
    expect(await composer(page).inputValue()).toBe('Why?');
    expect(await page.getByRole('article').count()).toBe(0);
  },
);

test('other pages do not begin with it', async () => {
  const { visitor, page, release } = await early('en-US', false, '/login');
  await using _ = visitor;
  await page.getByText('Hallpass').first().waitFor();
  expect(await page.locator('textarea').isVisible()).toBe(false);
  release();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
});
