import { expect, test } from 'bun:test';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createApp } from '../app.ts';
import { createTestApp } from '../testing/test-app.ts';

const FILES: Record<string, string> = {
  'dist/index.html': '<!doctype html><title>Hallpass</title>',
  'dist/favicon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'dist/assets/index-3f9a1b2c.js': 'console.log(1)'.repeat(200),
  'dist/assets/index-3f9a1b2c.js.map': '{}',
  'dist/assets/index-Ab_d-12x.css': 'body{}',
  'dist/assets/plain.js': '1',
  'dist/.env': 'SECRET=1',
  'dist/.git/config': '[core]',
  'secret.txt': 'SECRET',
};

async function openSite(files = FILES) {
  const app = await createTestApp();
  const folder = await mkdtemp(join(tmpdir(), 'hallpass-web-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await Bun.write(join(folder, name), text);
  }
  const script = files['dist/assets/index-3f9a1b2c.js'];
  if (script) await Bun.write(join(folder, 'dist/assets/index-3f9a1b2c.js.gz'), Bun.gzipSync(script));
  const site = createApp(app.ctx, join(folder, 'dist'));
  return {
    folder,
    get: (path: string, headers: Record<string, string> = {}, method = 'GET') =>
      site.request(path, { method, headers }, { ip: '203.0.113.1' }),
    reopen: () => createApp(app.ctx, join(folder, 'dist')),
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

const PAGE_POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

test('S54: every page address serves the application under a strict policy', async () => {
  await using site = await openSite();
  for (const path of [
    '/',
    '/login',
    '/login/oidc',
    '/account',
    '/register',
    '/setup',
    '/setup.html',
    '/reset',
    '/admin',
    '/admin/',
    '/admin/channels',
    '/admin/settings/x',
    '/login/',
    '/?a=b',
  ]) {
    const response = await site.get(path);
    expect([path, response.status, await response.text()]).toEqual([path, 200, FILES['dist/index.html']!]);
    expect(response.headers.get('content-type')).toBe('text/html;charset=utf-8');
    expect(response.headers.get('content-security-policy')).toBe(PAGE_POLICY);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('no-cache');
  }
});

test('files with a hash in their name are kept for ever, others are asked for again', async () => {
  await using site = await openSite();
  const script = await site.get('/assets/index-3f9a1b2c.js');
  expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(script.headers.get('content-type')).toContain('javascript');
  expect((await site.get('/assets/index-Ab_d-12x.css')).headers.get('cache-control')).toContain('immutable');
  for (const path of ['/assets/plain.js', '/favicon.svg']) {
    const first = await site.get(path);
    expect(first.headers.get('cache-control')).toBe('no-cache');
    const etag = first.headers.get('etag')!;
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const again = await site.get(path, { 'if-none-match': known });
      expect([again.status, await again.text()]).toEqual([304, '']);
    }
    expect((await site.get(path, { 'if-none-match': '"other"' })).status).toBe(200);
  }
});

test('a packed twin goes to browsers that understand it', async () => {
  await using site = await openSite();
  const path = '/assets/index-3f9a1b2c.js';
  const packed = await site.get(path, { 'accept-encoding': 'gzip, deflate, br' });
  expect([packed.headers.get('content-encoding'), packed.headers.get('vary')]).toEqual(['gzip', 'accept-encoding']);
  expect(packed.headers.get('content-type')).toContain('javascript');
  expect(new TextDecoder().decode(Bun.gunzipSync(await packed.arrayBuffer()))).toBe(
    FILES['dist/assets/index-3f9a1b2c.js']!,
  );
  for (const accept of ['', 'identity', 'gzip;q=0', 'gzip; q=0.0', 'xgzip']) {
    const plain = await site.get(path, { 'accept-encoding': accept });
    expect([accept, plain.headers.get('content-encoding'), (await plain.text()).length]).toEqual([accept, null, 2_800]);
  }
  expect((await site.get(`${path}.gz`)).status).toBe(404);
});

test('S51, S53: nothing outside the folder, hidden, or meant for developers can be reached', async () => {
  await using site = await openSite();
  await symlink(join(site.folder, 'secret.txt'), join(site.folder, 'dist', 'link.txt'));
  const paths = [
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/assets/../../secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/..\\secret.txt',
    '/....//secret.txt',
    '/assets/%252e%252e/%252e%252e/secret.txt',
    '//secret.txt',
    '/secret.txt',
    '/link.txt',
    '/.env',
    '/.git/config',
    '/.git/',
    '/assets',
    '/assets/',
    '/assets/index-3f9a1b2c.js.map',
    '/index.html%00.js',
    '/favicon.svg%00',
    '/FAVICON.svg',
    '/favicon.svg.',
    '/favicon.svg/x',
    '/favicon.svg::$DATA',
    '/con',
    '/package.json',
    '/web/dist/index.html',
    '/data/hallpass.db',
    '/@fs/etc/passwd',
    '/%c0%ae%c0%ae/secret.txt',
  ];
  const reopened = site.reopen();
  for (const path of paths) {
    const response = await reopened.request(`http://localhost${path}`, {}, { ip: '203.0.113.1' });
    const text = await response.text();
    expect([path, response.status]).toEqual([path, 404]);
    expect(text).not.toContain('SECRET');
    expect(text).not.toContain(site.folder);
  }
});

test('people get a page for an unknown address, programs get JSON, and an API address is JSON always', async () => {
  await using site = await openSite();
  const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'accept-language': 'zh-TW' };
  const page = await site.get('/nothing', browser);
  expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
  const html = await page.text();
  expect(html).toContain('<html lang="zh-TW">');
  expect(html).toContain('找不到這個頁面');
  const style = /<style>(.*)<\/style>/.exec(html)![1]!;
  const hash = new Bun.CryptoHasher('sha256').update(style).digest('base64');
  expect(page.headers.get('content-security-policy')).toContain(`style-src 'self' 'sha256-${hash}'`);
  expect((await (await site.get('/nothing')).json()) as object).toMatchObject({ error: { code: 'not_found' } });
  for (const path of ['/api/nothing', '/v1/nothing', '/key/nothing'])
    expect((await site.get(path, browser)).headers.get('content-type')).toContain('application/json');
  expect(await (await site.get('/<script>alert(1)</script>', browser)).text()).not.toContain('alert');
});

test('pages answer GET and HEAD only', async () => {
  await using site = await openSite();
  const head = await site.get('/', {}, 'HEAD');
  expect([head.status, await head.text()]).toEqual([200, '']);
  for (const path of ['/', '/login', '/favicon.svg']) {
    const refused = await site.get(path, {}, 'POST');
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  }
});

test('without built pages the server says so and the rest works', async () => {
  await using site = await openSite({ 'secret.txt': 'SECRET' });
  const page = await site.get('/', { 'accept-language': 'en' });
  expect(page.status).toBe(503);
  expect(await page.text()).toContain('npm start');
  expect((await site.get('/api/auth/options')).status).toBe(200);
});
