// An instant as a refusal names it: the weekday and the time, or the date when it is further away.
import type { Locale } from '@hallpass/shared/errors.ts';

import { remember } from './remember.ts';

const WEEKDAY_MS = 6 * 86_400_000;
const FORMATS_MAX = 500;
const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * `Monday 08:00`, `周一 08:00`, `週一 08:00`; past or more than six days away `30 November 08:00`, `11月30日 08:00`,
 * with the year when it is another one.
 */
export function whenText(at: number, now: number, timeZone: string, locale: Locale): string {
  const isNear = at >= now && at - now <= WEEKDAY_MS;
  const part = (options: Intl.DateTimeFormatOptions) => formatOf(locale, timeZone, options).format(at);
  const time = part({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  if (isNear) return `${part({ weekday: locale === 'en' ? 'long' : 'short' })} ${time}`;
  const yearOf = formatOf('en', timeZone, { year: 'numeric' });
  const year: Intl.DateTimeFormatOptions = yearOf.format(at) === yearOf.format(now) ? {} : { year: 'numeric' };
  return `${part({ ...year, month: 'long', day: 'numeric' })} ${time}`;
}

function formatOf(locale: Locale, timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone} ${Object.keys(options).join()}`;
  return (
    formats.get(key) ??
    remember(
      formats,
      key,
      new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, { ...options, timeZone }),
      FORMATS_MAX,
    )
  );
}
