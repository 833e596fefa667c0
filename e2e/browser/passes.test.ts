// From a list of names to a class that chats: passes made in the console, their QR codes read from a screenshot by a
// decoder, and what a student sees behind the code.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Locator, Page } from 'playwright-core';
import decodeQr from 'qr/decode.js';

import { ADMIN_PASSWORD } from '../../server/testing/server-process.ts';
import { visit } from '../lib/browser.ts';
import { answered, ask, lastAnswer } from '../lib/chat.ts';
import { openSite, type Site } from '../lib/site.ts';

let site: Site;
beforeAll(async () => {
  site = await openSite();
  await site.addModel('m', {});
});
afterAll(() => site[Symbol.asyncDispose]());

async function openPasses(page: Page): Promise<void> {
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(ADMIN_PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Passes' }).waitFor();
}

async function makePasses(page: Page, names: string, budget = '0.5'): Promise<void> {
  await page.getByRole('button', { name: 'Make passes' }).click();
  await page.getByLabel('Names').fill(names);
  await page.getByLabel('Budget in dollars').fill(budget);
  await page.getByLabel('Valid for').selectOption('7 days');
  await page.getByRole('button', { name: /^Make (the pass|\d+ passes)$/ }).click();
  await page.getByText(/^Passes made: /).waitFor();
}

/** What a decoder reads on a screenshot, as a phone's camera would. */
async function scan(qr: Locator): Promise<string> {
  const png = (await qr.screenshot()).toString('base64');
  const page = await site.browser.newPage();
  const { width, height, data } = await page.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width;
    canvas.height = image.height;
    const context = canvas.getContext('2d')!;
    context.drawImage(image, 0, 0);
    return {
      width: image.width,
      height: image.height,
      data: [...context.getImageData(0, 0, image.width, image.height).data],
    };
  }, png);
  await page.close();
  return decodeQr({ width, height, data: Uint8Array.from(data) });
}

describe('an administrator', () => {
  test('pastes names, gets passes, and a student’s phone goes from the QR code to an answer', async () => {
    await using visitor = await visit(site.browser, `${site.url}/admin/passes`, { theme: 'dark' });
    const { page } = visitor;
    await openPasses(page);
    await page.getByText('No pass yet.').waitFor();
    await makePasses(page, '王小明\t7\n\nAnn Lee\n=SUM(A1)\n');
    await page.getByText('Passes made: 3').waitFor();
    const codes = page.getByRole('img', { name: /^QR code of / });
    expect(await codes.count()).toBe(3);
    const link = await scan(codes.first());
    expect(link).toStartWith(`${site.url}/setup.html#sk-hp-`);

    await using student = await visit(site.browser, link, { phone: true });
    await student.page.getByText('王小明').waitFor();
    await student.page.getByText('$0.50 of $0.50').waitFor();
    expect(student.page.url()).toBe(`${site.url}/setup.html`);
    await student.page.getByRole('button', { name: 'Enter the chat' }).click();
    await ask(student.page, 'Hello');
    await answered(student.page);
    expect(await lastAnswer(student.page).innerText()).toContain('Hello from the scripted upstream.');
    await student.page.getByRole('button', { name: 'Menu' }).click();
    await student.page.getByRole('menuitem', { name: 'Put the pass away' }).click();
    expect(await student.page.evaluate(() => sessionStorage.length)).toBe(0);

    await page.getByRole('button', { name: 'Done' }).click();
    expect(await page.content()).not.toContain(link.split('#')[1]!);
    const logged = await page.evaluate(async () => {
      const { token } = JSON.parse(sessionStorage.getItem('hallpass.login')!) as { token: string };
      const response = await fetch('/api/admin/logs', { headers: { authorization: `Bearer ${token}` } });
      return ((await response.json()) as { data: { pass_name: string }[] }).data.map(({ pass_name }) => pass_name);
    });
    expect(logged).toContain('王小明');
    expect(visitor.faults).toEqual([]);
    expect(student.faults).toEqual([]);
  });

  test('makes what can be made of a list, and is told which names have none and why', async () => {
    await using visitor = await visit(site.browser, `${site.url}/admin/passes`);
    const { page } = visitor;
    await openPasses(page);
    await makePasses(page, 'Ben\nAnn Lee\nCarla');
    await page.getByText('Passes made: 2').waitFor();
    expect(await page.getByRole('alert').innerText()).toMatch(/Not made: 1\s+Ann Lee: /);
    await page.getByRole('button', { name: 'Done' }).click();

    await page.getByRole('switch', { name: 'Block “Ben”' }).click();
    await page.getByText('“Ben” is blocked.').waitFor();
    await page.getByRole('button', { name: 'Delete “Carla”' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('“Carla” is deleted.').waitFor();
    expect(await page.getByRole('row', { name: /Carla/ }).count()).toBe(0);
    // The refusal of the taken name is the only fault a browser sees.
    expect(visitor.faults.filter((fault) => !fault.includes('409'))).toEqual([]);
  });

  test('changes a pass: more budget, a longer validity, the same key', async () => {
    await using visitor = await visit(site.browser, `${site.url}/admin/passes`);
    const { page } = visitor;
    await openPasses(page);
    await makePasses(page, 'Frida');
    const key = await page.locator('main .strip .font-mono').innerText();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Edit “Frida”' }).click();
    const form = page.getByRole('dialog', { name: 'Edit “Frida”' });
    expect(await form.getByLabel('Budget in dollars').inputValue()).toBe('0.5');
    await form.getByLabel('Budget in dollars').fill('2,5');
    await form.getByLabel('Valid for').selectOption('180 days');
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByText('“Frida” is saved.').waitFor();
    const told = (await (
      await fetch(`${site.url}/key/info`, { headers: { authorization: `Bearer ${key}` } })
    ).json()) as { info: { max_budget: number; expires: string } };
    expect(told.info.max_budget).toBe(2.5);
    expect(Date.parse(told.info.expires) - Date.now()).toBeGreaterThan(179 * 86_400_000);
    expect(visitor.faults).toEqual([]);
  });

  test('saves the list as CSV in which no name is a formula, and prints nothing but the strips', async () => {
    await using visitor = await visit(site.browser, `${site.url}/admin/passes`);
    const { page } = visitor;
    await openPasses(page);
    const long = '名字非常長'.repeat(20);
    await makePasses(page, `=1+1\nDora\n${long}`);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as CSV' }).click(),
    ]);
    const text = await Bun.file((await download.path())!).text();
    expect(text.split('\r\n')[1]).toStartWith(`'=1+1,sk-hp-`);

    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('#app').isVisible()).toBe(false);
    const codes = page.locator('.print-sheet svg');
    expect(await codes.count()).toBe(3);
    expect(await page.locator('.print-sheet').isVisible()).toBe(true);
    // However long a name is, its code is as large as the others, and read on paper too.
    const widths = await codes.evaluateAll((all) => all.map((code) => code.getBoundingClientRect().width));
    expect(new Set(widths).size).toBe(1);
    expect(await scan(codes.last())).toStartWith(`${site.url}/setup.html#sk-hp-`);
  });
});

describe('behind the link', () => {
  test('a student copies the key and the address', async () => {
    const made = (await (
      await fetch(`${site.url}/key/generate`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${await adminLogin()}` },
        body: JSON.stringify({ key_alias: 'Emil', models: ['m'] }),
      })
    ).json()) as { key: string };
    await using visitor = await visit(site.browser, `${site.url}/setup.html#${made.key}`);
    const { page } = visitor;
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
    await page.getByRole('button', { name: 'Copy the key' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await clipboard()).toBe(made.key);
    await page.getByRole('button', { name: 'Copy the base URL' }).click();
    await page.waitForFunction(async (url) => (await navigator.clipboard.readText()) === url, `${site.url}/v1`);
    await page.goto(`${site.url}/account`);
    await page.waitForURL(/\/login/);
  });

  test('another link opened in the same tab shows its own pass, and leaves no key in the address bar', async () => {
    const first = String((await site.admin('POST', '/key/generate', { key_alias: 'Fritz' })).key);
    const second = String((await site.admin('POST', '/key/generate', { key_alias: 'Greta' })).key);
    await using visitor = await visit(site.browser, `${site.url}/setup.html#${first}`);
    const { page } = visitor;
    await page.getByText('Fritz').waitFor();
    for (const [key, name] of [
      [second, 'Greta'],
      [second, 'Greta'],
      [first, 'Fritz'],
    ]) {
      await page.goto(`${site.url}/setup.html#${key}`);
      await page.waitForFunction(() => location.hash === '');
      await page.getByText(name!).waitFor();
      expect(await page.getByText(name === 'Greta' ? 'Fritz' : 'Greta').count()).toBe(0);
    }
  });

  test('a pass that is none is said so, and another can be typed', async () => {
    await using visitor = await visit(site.browser, `${site.url}/setup.html#sk-hp-nobody-nothing`);
    const { page } = visitor;
    await page.getByRole('alert').waitFor();
    expect(await page.evaluate(() => location.hash)).toBe('');
    await page.getByLabel('Pass').fill('two words');
    await page.getByRole('button', { name: 'Use this pass' }).click();
    await page.getByText('This does not look like a pass.').waitFor();
  });
});

async function adminLogin(): Promise<string> {
  const response = await fetch(`${site.url}/api/auth/admin/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: ADMIN_PASSWORD }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}
