// Pages the server can show without any built file: not found, and not built.
import type { Locale } from '@hallpass/shared/errors.ts';

import { pagePolicy } from './security-headers.ts';

type PlainPage = 'notFound' | 'notBuilt' | 'blocked';

const TEXTS: Record<PlainPage, { status: number; text: Record<Locale, [title: string, text: string]> }> = {
  notFound: {
    status: 404,
    text: {
      'zh-CN': ['找不到这个页面', '请检查网址，或回到首页。'],
      'zh-TW': ['找不到這個頁面', '請檢查網址，或回到首頁。'],
      en: ['We could not find this page', 'Please check the address, or go to the start page.'],
    },
  },
  notBuilt: {
    status: 503,
    text: {
      'zh-CN': ['网页还没有生成', '服务已在运行。请在服务器上执行 npm start，它会先生成网页。'],
      'zh-TW': ['網頁還沒有產生', '服務已在執行。請在伺服器上執行 npm start，它會先產生網頁。'],
      en: [
        'The pages are not built yet',
        'The server is running. Please run npm start on it, which builds the pages first.',
      ],
    },
  },
  blocked: {
    status: 403,
    text: {
      'zh-CN': ['这个网络地址已被停用', '请联系管理员。'],
      'zh-TW': ['這個網路位址已被停用', '請聯絡管理員。'],
      en: ['This network address has been blocked', 'Please ask the administrator.'],
    },
  },
};

const HOME: Record<Locale, string> = { 'zh-CN': '回到首页', 'zh-TW': '回到首頁', en: 'Start page' };

/** The look of the built pages as far as a few lines go: paper, ink, teal. */
const STYLE =
  ':root{color-scheme:light dark;background:#faf7f0;color:#1f2530}a{color:#00615f}@media(prefers-color-scheme:dark){:root{background:#14171d;color:#ebe9e3}a{color:#68cbc9}}body{font:1rem/1.65 system-ui,sans-serif;max-width:26rem;margin:18vh auto;padding:0 1.25rem}h1{font-size:1.6rem;line-height:1.3}';
const POLICY = pagePolicy(STYLE);

export function plainPage(page: PlainPage, locale: Locale): Response {
  const { status, text } = TEXTS[page];
  const [title, sentence] = text[locale];
  const home = page === 'notFound' ? `<p><a href="/">${HOME[locale]}</a></p>` : '';
  const html = `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title} · Hallpass</title><style>${STYLE}</style></head><body><main><h1>${title}</h1><p>${sentence}</p>${home}</main></body></html>\n`;
  return new Response(html, {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY },
  });
}
