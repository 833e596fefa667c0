// How the console writes what every page has.
import { currentLocale, t } from '@/i18n/texts.ts';

/** Where there is no value. */
export const NOTHING = '—';

/** Day and time to the second, as the reader's language writes them. @param at ISO 8601. */
export function moment(at: string): string {
  return new Date(at).toLocaleString(currentLocale(), { dateStyle: 'short', timeStyle: 'medium' });
}

export const whole = (value: number) => value.toLocaleString(currentLocale());

/** Dollars, with as many digits as a call of a fraction of a cent needs. */
export function dollars(value: number | null): string {
  if (value === null) return t('log.unpriced');
  const digits = value === 0 || Math.abs(value) >= 1 ? 2 : 6;
  return value.toLocaleString(currentLocale(), {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: 2,
    maximumFractionDigits: digits,
  });
}

export function seconds(ms: number | null): string {
  if (ms === null) return NOTHING;
  const value = (ms / 1000).toLocaleString(currentLocale(), { maximumFractionDigits: ms < 10_000 ? 2 : 1 });
  return t('log.seconds', { value });
}

/** A time that may be a fraction of a second. */
export function duration(ms: number | null): string {
  return ms === null || ms >= 1000 ? seconds(ms) : t('log.milliseconds', { value: whole(Math.round(ms)) });
}
