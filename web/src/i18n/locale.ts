// Chooses the language of the pages and remembers the choice. Knows nothing of texts.
import type { Locale } from '@hallpass/shared/errors.ts';

import { readStored, writeStored } from '@/lib/stored.ts';

export type { Locale };

/** In the order of the language menu, each in its own words. */
export const LOCALE_NAMES: Record<Locale, string> = { 'zh-CN': '简体中文', 'zh-TW': '繁體中文（台灣）', en: 'English' };

export const LOCALES = Object.keys(LOCALE_NAMES) as Locale[];

const STORED = 'hallpass.locale';

/** The language chosen before, else the first of the browser's languages that we have, else English. */
export function firstLocale(wanted: readonly string[]): Locale {
  const stored = readStored('local', STORED);
  const chosen = LOCALES.find((locale) => locale === stored);
  return chosen ?? wanted.map(localeOfTag).find((locale) => locale !== undefined) ?? 'en';
}

export function rememberLocale(locale: Locale): void {
  writeStored('local', STORED, locale);
}

/** `zh-Hant`, `zh-HK`, `zh-MO` read Traditional; every other `zh` reads Simplified. */
export function localeOfTag(tag: string): Locale | undefined {
  if (/^zh\b.*\b(hant|tw|hk|mo)\b/i.test(tag)) return 'zh-TW';
  if (/^zh\b/i.test(tag)) return 'zh-CN';
  return /^en\b/i.test(tag) ? 'en' : undefined;
}
