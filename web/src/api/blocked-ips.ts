// Blocked addresses (requirement 001 §2.3).
import type { z } from 'zod';

import type { blockedAttemptView, BlockedIpInput, BlockedIpView } from '@hallpass/shared/blocked-ips.ts';

import { sendJson } from './http.ts';

export type { BlockedIpInput, BlockedIpView };
export type BlockedAttempt = z.infer<typeof blockedAttemptView>;

const BLOCKED = '/api/admin/blocked-ips';

/** @throws Problem. */
export function listBlockedIps(token: string): Promise<BlockedIpView[]> {
  return sendJson<BlockedIpView[]>(BLOCKED, { token });
}

/** @throws Problem. */
export function blockIp(token: string, body: BlockedIpInput): Promise<BlockedIpView> {
  return sendJson<BlockedIpView>(BLOCKED, { method: 'POST', body, token });
}

/** @throws Problem. */
export async function unblockIp(token: string, id: string): Promise<void> {
  await sendJson(`${BLOCKED}/${encodeURIComponent(id)}`, { method: 'DELETE', token });
}

/** The latest refused visits, by hour. @throws Problem. */
export function listBlockedAttempts(token: string, id: string): Promise<BlockedAttempt[]> {
  return sendJson<BlockedAttempt[]>(`${BLOCKED}/${encodeURIComponent(id)}/attempts`, { token });
}
