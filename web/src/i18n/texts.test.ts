import { describe, expect, test } from 'vitest';

import en from './en.json?raw';
import { firstLocale, localeOfTag } from './locale.ts';
import { currentLocale, switchLocale, t } from './texts.ts';
import zhCN from './zh-CN.json?raw';
import zhTW from './zh-TW.json?raw';

type Texts = { [key: string]: string | Texts };

function flatten(texts: Texts, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === 'string') flat.set(prefix + key, value);
    else for (const [inner, text] of flatten(value, `${prefix}${key}.`)) flat.set(inner, text);
  }
  return flat;
}

const files = { en, 'zh-CN': zhCN, 'zh-TW': zhTW };
const all = Object.fromEntries(Object.entries(files).map(([name, raw]) => [name, flatten(JSON.parse(raw) as Texts)]));
const placeholders = (text: string) =>
  [...text.matchAll(/\{(\w+)\}/g)].map(([whole]) => whole).toSorted((a, b) => a.localeCompare(b));

describe('the three languages', () => {
  test.each(['zh-CN', 'zh-TW'])('%s has exactly the keys of en', (locale) => {
    expect(new Set(all[locale]!.keys())).toEqual(new Set(all.en!.keys()));
  });

  test.each(['zh-CN', 'zh-TW'])('%s fills the same values as en', (locale) => {
    for (const [key, text] of all.en!)
      expect([key, placeholders(all[locale]!.get(key)!)]).toEqual([key, placeholders(text)]);
  });

  test('no text is empty', () => {
    for (const texts of Object.values(all))
      for (const [key, text] of texts) expect([key, text.trim()]).not.toEqual([key, '']);
  });

  test('Taiwan’s texts hold no mainland characters or words', () => {
    const mainland =
      /[们这时问为会发错对请输码页开关语库选项录设过后务复说让还没从动种]|登錄|默認|視頻|信息|用戶|軟件|網絡|鼠標|屏幕/;
    const allowed = /[后]台/;
    for (const [key, text] of all['zh-TW']!)
      expect([key, mainland.exec(text.replace(allowed, ''))?.[0]]).toEqual([key, undefined]);
  });

  test('mainland texts hold no Taiwan characters', () => {
    for (const [key, text] of all['zh-CN']!)
      expect([key, /[們這時問為會發錯對請輸碼頁開關語]/.exec(text)?.[0]]).toEqual([key, undefined]);
  });

  test('Chinese texts use full-width punctuation', () => {
    for (const locale of ['zh-CN', 'zh-TW'])
      for (const [key, text] of all[locale]!)
        expect([key, /\p{Script=Han}[,;:!?.]/u.exec(text)?.[0]]).toEqual([key, undefined]);
  });
});

test('a switch changes the texts and the page’s language', async () => {
  await switchLocale('zh-TW');
  expect(t('app.signIn')).toBe('登入');
  expect(document.documentElement.lang).toBe('zh-TW');
  await switchLocale('en');
  expect(t('thinking.done', { seconds: 6 })).toBe('Thought for 6 s');
  expect(currentLocale()).toBe('en');
});

test('an at sign in a text is no link to another text', () => {
  expect(t('account.emailExample')).toBe('name@school.org');
});

describe('the first language', () => {
  test.each([
    ['zh-TW', 'zh-TW'],
    ['zh-Hant-HK', 'zh-TW'],
    ['zh-HK', 'zh-TW'],
    ['zh-Hans-TW', 'zh-TW'],
    ['zh', 'zh-CN'],
    ['zh-CN', 'zh-CN'],
    ['zh-SG', 'zh-CN'],
    ['en-GB', 'en'],
    ['fr', undefined],
    ['zhuang', undefined],
  ])('%s reads %s', (tag, locale) => {
    expect(localeOfTag(tag)).toBe(locale);
  });

  test('is the first of the browser’s that there is, else English', () => {
    expect(firstLocale(['fr-FR', 'zh-TW', 'en'])).toBe('zh-TW');
    expect(firstLocale(['fr-FR'])).toBe('en');
    expect(firstLocale([])).toBe('en');
  });

  test('is the one chosen before', () => {
    localStorage.setItem('hallpass.locale', 'zh-CN');
    expect(firstLocale(['en'])).toBe('zh-CN');
    localStorage.setItem('hallpass.locale', 'xx');
    expect(firstLocale(['en'])).toBe('en');
    localStorage.clear();
  });
});
