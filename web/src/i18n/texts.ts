// The pages' texts: loads one language at a time, and hands out a `t` whose keys are checked.
import { createI18n } from 'vue-i18n';

import type en from './en.json';
import { type Locale, rememberLocale } from './locale.ts';

type Keys<T, Prefix extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${Prefix}${K}` : Keys<T[K], `${Prefix}${K}.`>;
}[keyof T & string];

/** Every text there is: `chat.greeting`, … */
export type TextKey = Keys<typeof en>;

const LOADERS: Record<Locale, () => Promise<{ default: unknown }>> = {
  'zh-CN': () => import('./zh-CN.json'),
  'zh-TW': () => import('./zh-TW.json'),
  en: () => import('./en.json'),
};

export const i18n = createI18n({ legacy: false, locale: 'en', messages: {}, missingWarn: false, fallbackWarn: false });

const { global } = i18n;

/** Loads a language's texts where needed, then switches every page to it. */
export async function switchLocale(locale: Locale): Promise<void> {
  if (!global.availableLocales.includes(locale)) {
    const loaded = await LOADERS[locale]();
    global.setLocaleMessage(locale, loaded.default as never);
  }
  global.locale.value = locale as never;
  document.documentElement.lang = locale;
}

/** The same, and remembered for the next visit. */
export async function chooseLocale(locale: Locale): Promise<void> {
  rememberLocale(locale);
  await switchLocale(locale);
}

/** The language shown now. Reactive where it is read while rendering. */
export function currentLocale(): Locale {
  return global.locale.value as Locale;
}

/** A text in the language shown now; `{name}` is filled from the values. */
export function t(key: TextKey, values: Record<string, string | number> = {}): string {
  return global.t(key, values);
}
