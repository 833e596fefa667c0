// How the numbers of a call are written.
import type { CallLogEntry } from '@/api/call-log.ts';
import { currentLocale, t } from '@/i18n/texts.ts';

import { NOTHING } from '../words.ts';
import { STATUS_TEXTS } from './log-filter.ts';

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

/** Who asked: a person, a seat or a pass; an address where there is nobody. */
export function whoAsked({ username, seat_name, pass_name, ip_address }: CallLogEntry): string {
  return username ?? seat_name ?? pass_name ?? ip_address ?? NOTHING;
}

export function statusText(status: string): string {
  const known = STATUS_TEXTS as Partial<Record<string, (typeof STATUS_TEXTS)[keyof typeof STATUS_TEXTS]>>;
  const key = known[status];
  return key ? t(key) : status;
}

/** Green, red or neither. */
export function toneOf(status: string): 'good' | 'bad' | 'quiet' {
  if (status === 'success') return 'good';
  return status === 'error' || status === 'cut' ? 'bad' : 'quiet';
}
