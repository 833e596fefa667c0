// Mermaid on demand: nothing of it before it is asked for, and nothing a diagram holds runs or is fetched.
import { afterAll, beforeAll, expect, test } from 'bun:test';

import { elsewhere, visit } from '../lib/browser.ts';
import { answered, ask, chooseModel } from '../lib/chat.ts';
import { openSite, type Site } from '../lib/site.ts';

const fenced = (text: string) => ({ words: [`\`\`\`mermaid\n${text}\n\`\`\`\n`] });

let site: Site;
beforeAll(async () => {
  site = await openSite();
  await site.addModel('draws', fenced('flowchart LR\n  A[Sun] --> B[Air] --> C[Eye]'));
  await site.addModel('broken', fenced('flowchart LR\n  A[[[ --> '));
  const hostile = [
    '%%{init: {"securityLevel": "loose", "htmlLabels": true}}%%',
    'flowchart LR',
    '  A["<img src=https://evil.example/x onerror=parent.hacked=1>"] --> B["<script>parent.hacked=1</script>"]',
    '  click A "javascript:parent.hacked=1"',
    '  click B href "https://evil.example/" _self',
    '  style A fill:url(https://evil.example/y)',
  ];
  await site.addModel('hostile', fenced(hostile.join('\n')));
});
afterAll(() => site[Symbol.asyncDispose]());

test('a diagram is drawn when asked for, and its library comes only then', async () => {
  await using visitor = await visit(site.browser, site.url);
  const { page } = visitor;
  await chooseModel(page, 'draws');
  await ask(page, 'Draw it');
  await answered(page);
  await page.getByRole('button', { name: 'Draw the diagram' }).waitFor();
  expect(visitor.requests.filter((url) => /mermaid|diagram/.test(url))).toEqual([]);
  await page.getByRole('button', { name: 'Draw the diagram' }).click();
  await page.frameLocator('iframe').locator('svg').getByText('Sun').waitFor();
  await page.waitForFunction(() => (document.querySelector('iframe')?.clientHeight ?? 0) > 39);
  expect(visitor.faults).toEqual([]);
  await page.getByRole('button', { name: 'Hide the diagram' }).click();
  expect(await page.locator('iframe').count()).toBe(0);
});

test('one that is none says so', async () => {
  await using visitor = await visit(site.browser, site.url);
  const { page } = visitor;
  await chooseModel(page, 'broken');
  await ask(page, 'Draw it');
  await answered(page);
  await page.getByRole('button', { name: 'Draw the diagram' }).click();
  await page.getByText('This diagram cannot be drawn').waitFor();
});

test('S34, S35: a hostile one runs nothing, fetches nothing and leads nowhere', async () => {
  await using visitor = await visit(site.browser, site.url);
  const { page } = visitor;
  await chooseModel(page, 'hostile');
  await ask(page, 'Draw it');
  await answered(page);
  await page.getByRole('button', { name: 'Draw the diagram' }).click();
  const drawn = page.frameLocator('iframe').locator('svg');
  await Promise.any([drawn.waitFor(), page.getByText('This diagram cannot be drawn').waitFor()]);
  for (const link of await drawn.locator('a, .clickable').all())
    await link.click({ force: true }).catch(() => undefined);
  await page.waitForTimeout(300);
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  expect(elsewhere(visitor).filter((url) => !url.startsWith('chrome-error'))).toEqual([]);
  expect(page.url()).toBe(`${site.url}/`);
});

test('the frame reaches no storage and no page, and nobody else may frame it', async () => {
  const response = await fetch(`${site.url}/diagram.html`);
  const policy = response.headers.get('content-security-policy')!;
  for (const part of ["default-src 'none'", 'sandbox allow-scripts', "frame-ancestors 'self'"])
    expect(policy).toContain(part);
  expect(policy).not.toMatch(/unsafe-eval|allow-same-origin|connect-src/);
});
