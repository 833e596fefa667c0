// A computer that is left by one and used by the next, and the browsers a scanned code opens (guide "web" §4.3).
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import AxeBuilder from '@axe-core/playwright';

import { launchBrowser, visit } from '../lib/browser.ts';
import { answered, ask, chooseModel } from '../lib/chat.ts';
import { openSite, type Site } from '../lib/site.ts';

const MINUTE_MS = 60_000;
const WECHAT =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.60';

let site: Site;
beforeAll(async () => {
  site = await openSite();
  await site.addModel('good', { words: ['Rain ', 'falls.'] });
  const account = { email: 'idle@example.org', password: 'correct horse battery' };
  const response = await fetch(`${site.url}/api/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(account),
  });
  expect(response.ok).toBe(true);
});
afterAll(() => site[Symbol.asyncDispose]());

describe('a page nobody uses', () => {
  test('asks after 19 minutes, lets the person stay, and signs out a minute after it asked in vain', async () => {
    await using visitor = await visit(site.browser, `${site.url}/login`, { clock: true });
    const { page } = visitor;
    await page.getByLabel('E-mail').fill('idle@example.org');
    await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await chooseModel(page, 'good');
    await ask(page, 'My secret question');
    await answered(page);
    const dialog = page.getByRole('alertdialog', { name: 'Are you still there?' });

    await page.clock.fastForward(18 * MINUTE_MS);
    await page.keyboard.press('Shift');
    await page.clock.fastForward(18 * MINUTE_MS);
    expect(await dialog.isVisible()).toBe(false);
    await page.clock.fastForward(MINUTE_MS + 2_000);
    await dialog.waitFor();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    // Whoever types on without looking stays.
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    expect(await page.getByText('My secret question').isVisible()).toBe(true);

    await page.clock.fastForward(19 * MINUTE_MS + 2_000);
    await dialog.waitFor();
    // Moving the mouse past is no answer.
    await page.mouse.move(300, 300);
    await page.clock.fastForward(MINUTE_MS);
    await page.getByText('You were signed out because nobody used this page for 20 minutes.').waitFor();
    expect(await page.evaluate(() => ({ ...sessionStorage }))).not.toHaveProperty('hallpass.login');
    await page.goBack();
    expect(await page.getByText('My secret question').count()).toBe(0);
    expect(visitor.faults).toEqual([]);
  });

  test('that slept for an hour shows nothing of a guest’s conversation any more', async () => {
    await using visitor = await visit(site.browser, site.url, { clock: true, phone: true });
    const { page } = visitor;
    await chooseModel(page, 'good');
    await ask(page, 'My secret question');
    await answered(page);
    await page.clock.fastForward(60 * MINUTE_MS);
    await page.getByRole('heading', { name: 'What would you like to figure out?' }).waitFor();
    expect(await page.getByText('My secret question').count()).toBe(0);
  });

  test('without a conversation and without a sign-in asks nothing', async () => {
    await using visitor = await visit(site.browser, site.url, { clock: true });
    await visitor.page.clock.fastForward(60 * MINUTE_MS);
    expect(await visitor.page.getByRole('alertdialog').count()).toBe(0);
  });
});

test('in WeChat’s own browser the page says how to open a real one, once', async () => {
  const browser = await launchBrowser();
  const context = await browser.newContext({
    userAgent: WECHAT,
    locale: 'zh-CN',
    viewport: { width: 390, height: 844 },
  });
  const page = await context.newPage();
  await page.goto(site.url);
  const hint = page.getByRole('complementary', { name: '请用浏览器打开' });
  await hint.waitFor();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await hint.getByRole('button', { name: '关闭' }).click();
  await hint.waitFor({ state: 'hidden' });
  await page.reload();
  await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' });
  expect(await hint.count()).toBe(0);
  await browser.close();
});

test('the gauge tells of a budget that is nearly used up, and when it begins anew', async () => {
  site.upstream.script('dear', { words: Array.from({ length: 40 }, () => 'rain ') });
  const channel = { name: 'dear', base_url: site.upstream.baseUrl, api_key: 'sk-upstream-1', model_id: 'dear' };
  await site.admin('POST', '/api/admin/channels', { ...channel, prices: { prompt: 0, completion: 8 } });
  // Forty tokens of the answer are 320,000 nano-dollars, more than half of it.
  await site.admin('PUT', '/api/admin/plans/plan_guest/quota', { budget: 0.000_6, budget_period: '1d' });
  await using visitor = await visit(site.browser, site.url, { phone: true });
  const { page } = visitor;
  await chooseModel(page, 'dear');
  await ask(page, 'Hello');
  await answered(page);
  const gauge = page.locator('[data-gauge]');
  await gauge.waitFor();
  expect(await gauge.innerText()).toMatch(/46% of the budget left · new on \w+ \d+/);
});
