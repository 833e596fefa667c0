// How much a first visit loads, and that nothing heavy comes before it is needed.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { gzipSync } from 'node:zlib';

import { visit } from '../lib/browser.ts';
import { answered, ask } from '../lib/chat.ts';
import { signInToConsole } from '../lib/console.ts';
import { openSite, type Site } from '../lib/site.ts';

/** Guide "web": what a weak tablet on a school's network can bear. */
const INITIAL_JS_MAX = 150_000;

/** HTTP/1.1 fetches six at a time, each group a round trip. */
const CONSOLE_FILES_MAX = 12;

const ASSETS = new URL('../../web/dist/assets', import.meta.url).pathname;

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site[Symbol.asyncDispose]());

test('the first visit loads at most 150 kB of JavaScript, packed', async () => {
  await using visitor = await visit(site.browser, site.url);
  await visitor.page.getByRole('button', { name: /^Model: / }).waitFor();
  const scripts = [...new Set(visitor.requests.filter((url) => url.endsWith('.js')))];
  let bytes = 0;
  for (const url of scripts) bytes += gzipSync(await (await fetch(url)).bytes(), { level: 9 }).byteLength;
  process.stdout.write(`initial JavaScript of /: ${scripts.length} files, ${bytes} bytes gzip\n`);
  expect(scripts.length).toBeGreaterThan(2);
  expect(bytes).toBeLessThanOrEqual(INITIAL_JS_MAX);
  expect(scripts.filter((url) => /markdown|katex|highlight/i.test(url))).toEqual([]);
});

test('the server sends them packed, and lets the browser keep them', async () => {
  const html = await (await fetch(site.url)).text();
  const [script] = /\/assets\/[^"]+\.js/.exec(html)!;
  const response = await fetch(site.url + script, { headers: { 'accept-encoding': 'br' }, decompress: false });
  expect(response.headers.get('content-encoding')).toBe('br');
  expect(response.headers.get('cache-control')).toContain('immutable');
});

test('what checks bodies on the server is in no file of the pages', async () => {
  const files = await Array.fromAsync(new Bun.Glob('*.js').scan({ cwd: ASSETS, absolute: true }));
  expect(files.length).toBeGreaterThan(20);
  const withSchemas = await Promise.all(files.map(async (path) => (await Bun.file(path).text()).includes('ZodError')));
  expect(withSchemas).not.toContain(true);
});

test('a page of the console is a dozen files, not a file for every icon', async () => {
  await using visitor = await visit(site.browser, site.url);
  await signInToConsole(site, visitor.page);
  const before = visitor.requests.length;
  await visitor.page.goto(`${site.url}/admin/users`);
  await visitor.page.getByRole('table').waitFor();
  const scripts = visitor.requests.slice(before).filter((url) => url.endsWith('.js'));
  expect(new Set(scripts).size).toBeLessThanOrEqual(CONSOLE_FILES_MAX);
});

test('formulas and colours are loaded only by an answer that has them', async () => {
  await site.addModel('plain', { words: ['Just words.'] });
  await using visitor = await visit(site.browser, site.url);
  await ask(visitor.page, 'Hello');
  await answered(visitor.page);
  await visitor.page.locator('.md').waitFor();
  expect(visitor.requests.filter((url) => /katex|highlight/i.test(url))).toEqual([]);
});

test('the page can be installed, and nothing private is ever kept for later', async () => {
  await using visitor = await visit(site.browser, site.url);
  const { page, context } = visitor;
  await page.getByRole('button', { name: /^Model: / }).waitFor();
  const devtools = await context.newCDPSession(page);
  const { errors } = await devtools.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  // A private window installs nothing; that is the only thing in the way.
  expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(['in-incognito']);
  const kept = await page.evaluate(async () => ({
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    caches: await caches.keys(),
    databases: await indexedDB.databases(),
  }));
  expect(kept).toEqual({ workers: 0, caches: [], databases: [] });
  const limits = await fetch(`${site.url}/api/chat/limits`);
  expect(limits.headers.get('cache-control')).toBe('no-store');
});
