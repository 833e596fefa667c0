// Between a block and its form: what is wrong with the fields, what is sent.
import type { BlockedIpInput } from '@/api/blocked-ips.ts';
import type { FieldErrors } from '@/composables/use-form.ts';
import { t } from '@/i18n/texts.ts';

export interface BlockValues {
  address: string;
  reason: string;
  /** As a `datetime-local` field writes it, in this browser's zone; empty = for good. */
  until: string;
}

export function checkBlock({ address, until }: BlockValues, now: number): FieldErrors<BlockValues> {
  const end = until === '' ? Infinity : new Date(until).getTime();
  return {
    address: address.trim() ? undefined : t('blocked.needAddress'),
    until: end > now ? undefined : t('blocked.needFuture'),
  };
}

export function toBlockBody({ address, reason, until }: BlockValues): BlockedIpInput {
  return {
    ip_address: address.trim(),
    ...(reason.trim() ? { reason: reason.trim() } : {}),
    ...(until ? { expires_at: new Date(until).toISOString() } : {}),
  };
}
