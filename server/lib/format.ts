// Words a person reads in a refusal: instants and amounts, in the caller's language.
import type { Locale } from '@hallpass/shared/errors.ts';
import { nanosToDollars } from '@hallpass/shared/money.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** Such as `Mon 23 Nov, 08:00` or `11月23日周一 08:00`, in the zone given. */
export function formatInstant(at: number, timeZone: string, locale: Locale): string {
  const key = `${locale} ${timeZone}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, {
      timeZone,
      month: 'short',
      day: 'numeric',
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    if (formats.size < 1_000) formats.set(key, format);
  }
  return format.format(at);
}

/** Dollars with as many decimals as a small amount needs: `$0.5`, `$0.000012`. */
export function formatNanos(nanos: number): string {
  return `$${nanosToDollars(nanos).toLocaleString('en', { maximumSignificantDigits: 6, useGrouping: false })}`;
}
