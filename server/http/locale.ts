// Chooses the language of an answer from Accept-Language.
import { type Locale, LOCALES } from '@hallpass/shared/errors.ts';

import { remember } from '../lib/remember.ts';

/** As `localeFromHeader`, remembering the headers seen: browsers and SDKs send few different ones. */
export function createLocales(): (header: string | null) => Locale | undefined {
  const seen = new Map<string, Locale | undefined>();
  return (header) => {
    if (!header || header.length > REMEMBERED_LENGTH) return localeFromHeader(header);
    if (seen.has(header)) return seen.get(header);
    return remember(seen, header, localeFromHeader(header), REMEMBERED_MAX);
  };
}

const REMEMBERED_MAX = 500;
const REMEMBERED_LENGTH = 200;

/**
 * The best of our languages for this header; undefined for none, `*` (what Node's fetch sends) or only unknown ones,
 * so that the classroom's or the default language applies.
 */
export function localeFromHeader(header: string | null | undefined): Locale | undefined {
  if (!header || header.length > 1_000) return undefined;
  const wanted = header
    .split(',')
    .slice(0, 20)
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';');
      const quality = parameters.map((p) => /^\s*q=([\d.]+)$/.exec(p)?.[1]).find(Boolean);
      return { tag: tag.toLowerCase(), quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ tag, quality }) => tag !== '*' && quality > 0)
    .sort((a, b) => b.quality - a.quality);
  for (const { tag } of wanted) {
    const locale = localeOfTag(tag);
    if (locale) return locale;
  }
  return undefined;
}

/** `zh-Hant`, `zh-HK`, `zh-MO` read Traditional; every other `zh` reads Simplified. */
export function localeOfTag(tag: string): Locale | undefined {
  const lower = tag.toLowerCase();
  const exact = LOCALES.find((locale) => locale.toLowerCase() === lower);
  if (exact) return exact;
  if (/^zh-(hant|tw|hk|mo)\b/.test(lower)) return 'zh-TW';
  if (/^zh\b/.test(lower)) return 'zh-CN';
  if (/^en\b/.test(lower)) return 'en';
  return undefined;
}
