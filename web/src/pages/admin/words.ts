// How the console writes what every page has.
import { currentLocale } from '@/i18n/texts.ts';

/** Where there is no value. */
export const NOTHING = '—';

/** Day and time to the second, as the reader's language writes them. @param at ISO 8601. */
export function moment(at: string): string {
  return new Date(at).toLocaleString(currentLocale(), { dateStyle: 'short', timeStyle: 'medium' });
}
