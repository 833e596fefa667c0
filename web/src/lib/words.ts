// How the console writes what every page has.
import { currentLocale, t } from '@/i18n/texts.ts';
import { useCurrency } from '@/stores/currency.ts';

/** Where there is no value. */
export const NOTHING = '—';

/** Day and time to the second, as the reader's language writes them. @param at ISO 8601. */
export function moment(at: string): string {
  return new Date(at).toLocaleString(currentLocale(), { dateStyle: 'short', timeStyle: 'medium', ...clock() });
}

/** Taiwan's short form says “early morning 5:26”: a log needs the hours of the day. */
const clock = () => (currentLocale() === 'en' ? {} : { hourCycle: 'h23' as const });

export const whole = (value: number) => value.toLocaleString(currentLocale());

/** An amount of dollars in the currency amounts are shown in; null = no price was known. */
export function money(dollars: number | null): string {
  return dollars === null ? t('log.unpriced') : useCurrency().write(dollars);
}

function seconds(ms: number | null): string {
  if (ms === null) return NOTHING;
  const value = (ms / 1000).toLocaleString(currentLocale(), { maximumFractionDigits: ms < 10_000 ? 2 : 1 });
  return t('log.seconds', { value });
}

/** A time that may be a fraction of a second. */
export function duration(ms: number | null): string {
  return ms === null || ms >= 1000 ? seconds(ms) : t('log.milliseconds', { value: whole(Math.round(ms)) });
}
