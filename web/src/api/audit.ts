// The audit log: who changed or read what.
import type { z } from 'zod';

import type { AuditPage, auditVerdict, AuditView } from '@hallpass/shared/audit.ts';

import { sendJson } from './http.ts';

export type { AuditPage, AuditView };
export type AuditVerdict = z.infer<typeof auditVerdict>;

const AUDIT = '/api/admin/audit';
/** The whole chain is walked. */
const VERIFY_TIMEOUT_MS = 120_000;

/** Newest first. @param action a noun such as `channel`; empty = all. @throws Problem. */
export function listAudit(token: string, action: string, cursor?: string): Promise<AuditPage> {
  const query = new URLSearchParams({ ...(action ? { action } : {}), ...(cursor ? { cursor } : {}) }).toString();
  return sendJson<AuditPage>(query ? `${AUDIT}?${query}` : AUDIT, { token });
}

/** @throws Problem. */
export function verifyAudit(token: string): Promise<AuditVerdict> {
  return sendJson<AuditVerdict>(`${AUDIT}/verify`, { token, timeoutMs: VERIFY_TIMEOUT_MS });
}
