// The contract of /api/admin/blocked-ips (requirement 001 §2.3).
import { z } from 'zod';

/** Most entries of the list; every request to a user's page is compared with it. */
export const BLOCKED_IPS_MAX = 10_000;

export const blockedIpInput = z
  .object({
    /** One address or a network: `192.0.2.7`, `192.168.1.0/24`, `2001:db8::/32`. */
    ip_address: z.string().trim().min(2).max(64),
    reason: z.string().trim().max(500).nullish(),
    /** The block ends by itself; absent or null = it stays. */
    expires_at: z.iso.datetime({ offset: true }).nullish(),
  })
  .strict();
export type BlockedIpInput = z.infer<typeof blockedIpInput>;

export const blockedIpView = z.object({
  id: z.string(),
  ip_address: z.string(),
  /** Whether whoever asks comes from there: the users' pages are closed to them too. */
  covers_you: z.boolean(),
  reason: z.string().nullable(),
  created_at: z.iso.datetime(),
  created_by: z.string().nullable(),
  expires_at: z.iso.datetime().nullable(),
  /** Visits refused so far. Written every few seconds. */
  attempts: z.int(),
  last_attempt_at: z.iso.datetime().nullable(),
});
export type BlockedIpView = z.infer<typeof blockedIpView>;

export const blockedAttemptView = z.object({
  ip: z.string(),
  /** The address of the page or interface that was asked for last. */
  path: z.string(),
  /** Start of the hour the attempts were made in. */
  hour: z.iso.datetime(),
  attempts: z.int(),
  last_at: z.iso.datetime(),
});
